import { textOf, type Stack, type Unsupported } from "../../access";
import { typesOf } from "../../resource-types";
import type { Asking } from "./asking";
import type { LiveObject } from "./objects";
import { readIdentity, type IdentitySide } from "./read-identity";
import { readLogins, readPolicies } from "./read-logins";
import { readServer } from "./read-server";
import { readTokens } from "./read-tokens";
import { READER, readerPolicy } from "./reader-policy";

/** All that is read of a running Vault. */
export interface VaultNow extends Pick<IdentitySide, "madeByLogins" | "entities" | "groups"> {
  readonly objects: readonly LiveObject[];
  readonly notUnderstood: readonly Unsupported[];
}

/** Reads a Vault. `kv`: the mounts that its stacks make. */
export async function readVault(ask: Asking, kv: readonly string[]): Promise<VaultNow> {
  const server = await readServer(ask, kv);
  const policies = await readPolicies(ask);
  const logins = await readLogins(ask, server.auth);
  const identity = await readIdentity(ask, server.auth);
  const tokens = await readTokens(ask, logins.objects, identity);
  const own = readerPolicy(kv).trim();
  return {
    objects: [
      ...server.objects,
      // The policy of the token that this is done with, as docs/access.md has it, is nobody's gain.
      ...policies.filter(({ values }) => values.name !== READER || String(values.policy).trim() !== own),
      ...logins.objects,
      ...identity.objects,
      ...tokens,
    ],
    notUnderstood: [...server.notUnderstood, ...logins.notUnderstood],
    madeByLogins: identity.madeByLogins,
    entities: identity.entities,
    groups: identity.groups,
  };
}

/** The paths of the kv-v2 mounts that stacks make. */
export function mountsOf(stacks: readonly Stack[]): string[] {
  return stacks.flatMap((stack) =>
    typesOf("mount").flatMap((type) =>
      [...(stack.resources.get(type)?.values() ?? [])]
        .filter(({ values }) => String(values.type).startsWith("kv"))
        .flatMap(({ values }) => textOf(stack, values.path) ?? []),
    ),
  );
}
