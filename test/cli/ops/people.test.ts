import { personMeant } from "../../../cli/ops/users/people";
import type { VaultClient } from "../../../cli/vault";
import { named, resolvePlatform } from "../../../model";
import { withOidc } from "../../helpers/oidc-config";

const platform = resolvePlatform(withOidc);
const vault = named(platform.vaults, "prod");
const entity = (id: string, name: string) => ({ id, name, disabled: false, policies: [], group_ids: [], aliases: [] });
const ann = entity("e-1", "ann");
const other = entity("e-2", "entity_7f");

/** A Vault with the user `ann`, whose provider knows these, by `sub`. */
function session(known: Readonly<Record<string, typeof ann>>, own: typeof ann | null = ann) {
  const there: Record<string, unknown> = {
    "auth/userpass/users/ann": {},
    "identity/entity/name/ann": own ?? undefined,
  };
  const client = {
    read: async () => ({ "oidc/": { type: "oidc", accessor: "a-oidc" } }),
    readIfPresent: async (path: string) => there[path],
    write: async (_: string, { alias_name: sub }: { alias_name: string }) => ({ data: known[sub] }),
    list: async () => ["ann"],
  };
  return { platform, vault, client: client as unknown as VaultClient };
}

describe("who is meant, where a Vault has users and people of an identity provider", () => {
  test.each([
    ["a user", " Ann ", {}, undefined, "ann", ann],
    ["whom the provider knows", "auth0|5F7c", { "auth0|5F7c": other }, undefined, "auth0|5F7c", other],
    ["one person who logs in both ways", "ann", { ann }, undefined, "ann", ann],
    ["of two, the user", "ann", { ann: other }, "userpass", "ann", ann],
    ["of two, the other", "ann", { ann: other }, "oidc", "ann", other],
  ] as const)("%s", async (_, given, known, login, name, expected) =>
    expect(await personMeant(session(known), given, login)).toEqual({ name, entity: expected }),
  );

  test("of two, nobody without a word of which", async () => {
    await expect(personMeant(session({ ann: other }), "ann")).rejects.toThrow(
      'NAME: given "ann", which is two in Vault prod: the user ann with a password (entity ann, e-1), and whom the ' +
        "identity provider knows by this sub (entity entity_7f, e-2); accepted: one of them, by --login userpass or " +
        "--login oidc. For both, run it once for each.",
    );
    await expect(personMeant(session({ ann: other }, null), "ann")).rejects.toThrow(/which is two/);
  });

  test("nobody whom the provider does not know, where that is what is said", () =>
    expect(personMeant(session({}), "ann", "oidc")).rejects.toThrow(
      /^NAME: given "ann"; accepted with --login oidc: the sub of somebody who has logged in to Vault prod/,
    ));
});
