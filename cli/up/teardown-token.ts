import { randomBytes } from "node:crypto";
import type { Vault } from "../../model";
import { PolicyDocument, type Capability, type PolicyRule } from "../../policies/write";
import type { SecretValue, VaultClient } from "../vault";
import { OpsError } from "../ops/errors";

/** A token that outlives the people, policies and auth methods that it takes away. */
export interface TeardownToken {
  readonly token: SecretValue;
  /** Deletes its policy, and then revokes it: the policy of everybody, `default`, is enough for that. */
  end(): Promise<void>;
}

/** Names that this file gives to policies and a group; those of a run that was killed are found by them. */
const NAME = /^teardown-[0-9a-f]{8}(-key)?$/;
/** How long it lives, for a platform of many stacks. */
const TTL = "2h";

/**
 * What a teardown may do in a Vault: see and delete what the access stack and the environments make there, and nothing
 * of the values; with `deleteSecrets` the metadata of secret sets too, which takes every version. It makes and changes
 * nothing.
 */
export function teardownRules(
  { root }: Pick<Vault, "root">,
  authMounts: readonly string[],
  deleteSecrets: boolean,
): PolicyRule[] {
  const rule = (comment: string, path: string, capabilities: string): PolicyRule => ({
    comment,
    path,
    capabilities: capabilities.split(" ") as readonly Capability[],
  });
  const mayDelete = deleteSecrets ? " delete" : "";
  return [
    rule("mounts", "sys/mounts", "read"),
    rule("mounts", `sys/mounts/${root.mount}`, `read${mayDelete}`),
    rule("mounts", `sys/mounts/${root.mount}/tune`, "read"),
    rule("mounts", `${root.mount}/config`, "read"),
    rule("auth methods", "sys/auth", "read"),
    rule("auth methods", "sys/auth/*", "read delete sudo"),
    rule("auth methods", "sys/mounts/auth/*", "read"),
    ...authMounts.map((mount) => rule("users, roles and configuration", `auth/${mount}/*`, "read list delete")),
    rule("policies, its own too", "sys/policies/acl/*", "read delete"),
    rule("people", "identity/*", "create read update list delete"),
    rule("audit devices", "sys/audit", "read sudo"),
    rule("audit devices", "sys/audit/*", "delete sudo"),
    rule("secret sets", `${root.metadata()}/*`, `read list${mayDelete}`),
    ...(deleteSecrets ? ["", "/"] : []).map((end) =>
      rule("whether other secrets are in the mount", `${root.mount}/metadata${end}`, "list"),
    ),
  ];
}

/**
 * Makes a teardown token with the rights of a person who may write policies and people (platform-admin). Such a person
 * has no right to make tokens; so a second policy, of a group that has this person alone and is there for one request,
 * lets it make this one (Vault lets nobody change the own entity). The token has no parent, since the person's own ends
 * with the auth method that made it. Everything is in Vault's audit log, under the person's name.
 *
 * Throws an OpsError when the client's token belongs to no entity, and VaultErrors.
 */
export async function makeTeardownToken(client: VaultClient, rules: readonly PolicyRule[]): Promise<TeardownToken> {
  const { entity_id: entity } = await client.read<{ entity_id: string }>("auth/token/lookup-self");
  if (!entity)
    throw new OpsError(
      "VAULT_TOKEN: given a token that belongs to no person and is no root token; accepted: a login " +
        "of a member of platform-admin. Unset it, and run this again.",
    );
  await forgetKilledRuns(client);
  const name = `teardown-${randomBytes(4).toString("hex")}`;
  const key = `${name}-key`;
  await client.write(`sys/policies/acl/${name}`, { policy: PolicyDocument.of(...rules).render() });
  await client.write(`sys/policies/acl/${key}`, {
    policy: PolicyDocument.of({
      comment: "for one request of a teardown",
      path: "auth/token/create-orphan",
      capabilities: ["create", "update", "sudo"],
    }).render(),
  });
  let token: SecretValue;
  try {
    await client.write("identity/group", { name: key, policies: [key], member_entity_ids: [entity] });
    const { auth } = await client.write("auth/token/create-orphan", {
      policies: [name],
      ttl: TTL,
      explicit_max_ttl: TTL,
      renewable: false,
      display_name: "teardown",
    });
    token = auth!.token;
  } finally {
    await client.delete(`identity/group/name/${key}`);
    await client.delete(`sys/policies/acl/${key}`);
  }
  const own = { token };
  return {
    token,
    end: async () => {
      await client.delete(`sys/policies/acl/${name}`, own);
      await client.write("auth/token/revoke-self", {}, own);
    },
  };
}

/** Takes away what a killed run left: its group, and its policies, without which its token can do nothing. */
async function forgetKilledRuns(client: VaultClient): Promise<void> {
  for (const stale of (await client.list("identity/group/name")).filter((group) => NAME.test(group)))
    await client.delete(`identity/group/name/${stale}`);
  for (const stale of (await client.list("sys/policies/acl")).filter((policy) => NAME.test(policy)))
    await client.delete(`sys/policies/acl/${stale}`);
}
