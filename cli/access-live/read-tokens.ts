import type { JsonObject } from "../../access";
import type { Json } from "../../resource-types";
import type { Asking } from "./asking";
import { canonical, endpoint, type LiveObject } from "./objects";
import type { IdentitySide } from "./read-identity";
import { READER } from "./reader-policy";

/** Source: `auth/token/lookup-accessor` of Vault 1.21. */
interface TokenFacts {
  readonly accessor: string;
  readonly display_name: string;
  readonly path: string;
  readonly policies: readonly string[];
  readonly entity_id: string;
  readonly orphan: boolean;
  /** Seconds; absent of one that is not renewed for ever. */
  readonly period?: number;
  readonly meta: Readonly<Record<string, string>> | null;
}

/**
 * The tokens that hold more than a login gives today: made without a login, or by a login that has gone or gave more.
 * The token of this run is left out, and so are those that can only read what it reads. Batch tokens have no accessor,
 * and no Vault can list them.
 */
export async function readTokens(
  ask: Asking,
  objects: readonly LiveObject[],
  { aliases }: Pick<IdentitySide, "aliases">,
): Promise<LiveObject[]> {
  const own = (await ask.read("auth/token/lookup-self"))?.accessor;
  const accessors = (await ask.list("auth/token/accessors")).filter((accessor) => accessor !== own);
  const given = policiesOfLogins(objects);
  const tokens = await ask.each(accessors, "looking at tokens", async (accessor) => {
    const token = (await ask.token(accessor)) as unknown as TokenFacts | undefined;
    const why = token && suspicion(token, given, aliases);
    return token && why !== undefined ? [tokenObject(token, why)] : [];
  });
  return tokens.flat();
}

/** Policies by login: `<mount>/login/<user>`, or `<mount> <role>`. */
type Given = ReadonlyMap<string, ReadonlySet<string>>;

function policiesOfLogins(objects: readonly LiveObject[]): Given {
  return new Map(
    objects.flatMap(({ type, values }): [string, ReadonlySet<string>][] => {
      const { token_policies: policies, token_no_default_policy: without } = canonical(type, values);
      const login = loginOf(values);
      const all = [...texts(policies), ...(without === true ? [] : ["default"])];
      return login === undefined ? [] : [[login, new Set(all)]];
    }),
  );
}

function loginOf({ mount, username, backend, role_name: role }: JsonObject): string | undefined {
  if (username !== undefined) return `${String(mount)}/login/${String(username)}`;
  return role === undefined ? undefined : `${String(backend)} ${String(role)}`;
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** What every token may have: nothing that anybody gains by. */
const HARMLESS: ReadonlySet<string> = new Set(["default", READER]);

/** Why a token is not what a login gives; undefined: it is. */
function suspicion(token: TokenFacts, given: Given, aliases: IdentitySide["aliases"]): string | undefined {
  const { path, policies, meta, orphan, period, entity_id: entity } = token;
  const beyond = (allowed: ReadonlySet<string>) => policies.filter((each) => !allowed.has(each));
  if (policies.includes("root")) return "a root token: it may do everything";
  const [, mount, user] = /^auth\/(.+?)\/(?:login(\/.+)?|oidc\/callback)$/.exec(path) ?? [];
  if (mount !== undefined) {
    const allowed = given.get(user === undefined ? `${mount} ${meta?.role ?? ""}` : `${mount}/login${user}`);
    if (!allowed) return "its login has gone, and it lives on";
    const more = beyond(allowed);
    return more.length > 0 ? `its login does not give ${more.join(", ")} any more` : undefined;
  }
  if (beyond(HARMLESS).length === 0 && entity === "") return undefined;
  if (orphan || period) return "no login made it, and it does not end with another token";
  const ofEntity = (aliases.get(entity) ?? []).flatMap((alias) =>
    [...given].filter(
      ([login]) => login === `${alias.mount}/login/${alias.name}` || login.startsWith(`${alias.mount} `),
    ),
  );
  const more = beyond(new Set(ofEntity.flatMap(([, each]) => [...each])));
  return more.length > 0 ? `no login made it, and no login of its entity gives ${more.join(", ")}` : undefined;
}

function tokenObject({ accessor, display_name: name, policies, path, orphan, period }: TokenFacts, why: string) {
  const values = { why, policies, made_at: path, no_parent: orphan, ...(period && { period }) };
  return endpoint(`auth/token/accessors/${name}/${accessor}`, values);
}
