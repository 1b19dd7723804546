import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PolicyDocument } from "../../policies/write";
import { requiredPermissions, type AppliedResource, type Purpose } from "../../resource-types";
import type { VaultServer } from "./servers";

/** The resources of a synthesized stack. */
export function resourcesOf(outdir: string, stack: string): AppliedResource[] {
  const json = JSON.parse(readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8")) as {
    resource?: Record<string, Record<string, AppliedResource["attributes"]>>;
  };
  return Object.entries(json.resource ?? {}).flatMap(([type, instances]) =>
    Object.values(instances).map((attributes) => ({ type, attributes })),
  );
}

/**
 * A token that may do what the least rules of these resources say, and nothing else but what Vault's `default` policy
 * lets anyone.
 */
export async function leastToken(
  server: VaultServer,
  name: string,
  resources: readonly AppliedResource[],
  purpose: Purpose,
  options: { readonly collections?: boolean } = {},
): Promise<string> {
  const policy = PolicyDocument.of(...requiredPermissions(resources, purpose, options)).render();
  await server.ok("PUT", `sys/policies/acl/${purpose}-${name}`, { body: { policy } });
  const made = await server.ok<{ auth: { client_token: string } }>("POST", "auth/token/create", {
    body: { policies: [`${purpose}-${name}`], ttl: "10m" },
  });
  return made.auth.client_token;
}
