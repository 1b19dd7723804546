import { KvPath, type Environment, type Platform, type SecretSet } from "../../model";
import type { Terraform } from "../terraform";

/** A secret set that stays when values are deleted. */
interface LeftSet {
  readonly path: KvPath;
  /** After "leaves …:". */
  readonly why: string;
}

/** What becomes of secret sets when values are deleted; those of a server that goes with all in it are left out. */
export interface PlacedSets {
  /** Those that Terraform placed, by environment. */
  readonly placed: ReadonlyMap<string, readonly KvPath[]>;
  /** Those of the config that it did not. */
  readonly left: readonly LeftSet[];
}

/** A state as `terraform show -json` prints it, as far as it is looked at. */
interface State {
  readonly values?: {
    readonly root_module?: {
      readonly resources?: readonly { readonly type: string; readonly values: Readonly<Record<string, unknown>> }[];
    };
  };
}

/**
 * Which secret sets of some environments Terraform's states say were placed, and which of the config were not: one that
 * was in Vault before is another's, whatever the config says. Throws OpsErrors.
 */
export async function placedSets(
  { sets }: Platform,
  environments: readonly Environment[],
  terraform: Pick<Terraform, "state">,
): Promise<PlacedSets> {
  const placed = new Map<string, KvPath[]>();
  const left: LeftSet[] = [];
  for (const { name, stack } of environments) {
    const { values } = JSON.parse(await terraform.state(stack)) as State;
    const paths = (values?.root_module?.resources ?? [])
      .filter(({ type }) => type === "vault_kv_secret_v2")
      .map((resource) => new KvPath(String(resource.values.mount), String(resource.values.name)));
    placed.set(name, paths);
    const known = new Set(paths.map(String));
    for (const tenant of sets)
      if (tenant.environment === name && !known.has(tenant.path.toString()))
        left.push({ path: tenant.path, why: WHY[tenant.secretSet] });
  }
  return { placed, left };
}

const WHY: { readonly [state in SecretSet["secretSet"]]: string } = {
  managed: "Terraform's state does not have it, so it was not placed by it",
  existing: "the config calls it existing",
  retired: "the config calls it retired, so Terraform has forgotten it",
};

/** The sets, a line each, as a person reads them before the name is typed in. */
export function setLines({ placed, left }: PlacedSets): string[] {
  return [
    ...[...placed.values()].flat().map((path) => `deletes every version of ${path.toString()}`),
    ...left.map(({ path, why }) => `leaves ${path.toString()}: ${why}`),
  ];
}

/** What stays of the sets, at the end. */
export function leftLine({ left }: PlacedSets): string {
  return `left: ${left.map(({ path, why }) => `${path.toString()} (${why})`).join("; ")}.`;
}
