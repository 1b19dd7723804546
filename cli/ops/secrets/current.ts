import type { SecretSet } from "../../../model";
import type { KvClient, KvSubkeys } from "../../vault";
import { OpsError, UsageError } from "../errors";

/** Throws a UsageError for a set that is leaving: nobody would read what is written. */
export function refuseRetired({ app, environment, secretSet }: SecretSet): void {
  if (secretSet === "retired")
    throw new UsageError(
      `ENV: given "${environment}", where ${app} is retired; accepted: an environment where it is not.`,
    );
}

/**
 * A set's key names, and the version that a patch of it is bound to. Throws an OpsError where there is no version to
 * add to.
 */
export async function currentSubkeys(kv: KvClient, tenant: SecretSet): Promise<KvSubkeys> {
  const subkeys = await kv.subkeys(tenant.path);
  const name = tenant.path.toString();
  if (!subkeys)
    throw new OpsError(
      `there is no secret set ${name}: ` +
        (tenant.secretSet === "existing"
          ? "the config calls it existing, so no stack places it, and whoever has it must write it"
          : `apply the stack of environment ${tenant.environment}, which places it`) +
        ", then run this again.",
    );
  if (subkeys.deleted)
    throw new OpsError(
      `version ${subkeys.version} of ${name} is deleted, and the other keys with it: take that back ` +
        `(vault kv undelete -mount=${tenant.path.mount} -versions=${subkeys.version} ` +
        `${tenant.path.path}), then run this again.`,
    );
  return subkeys;
}
