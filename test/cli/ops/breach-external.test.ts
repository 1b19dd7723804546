import { planForUser } from "../../../cli/ops/breach/plan";
import { chooseSuspect } from "../../../cli/ops/breach/suspect";
import { lookAtUser } from "../../../cli/ops/breach/user-facts";
import type { VaultClient } from "../../../cli/vault";
import { named, resolvePlatform } from "../../../model";
import { withOidc } from "../../helpers/oidc-config";
import production from "../../../config/production";
import { scriptedIo } from "../up/scripted-io";

const platform = resolvePlatform(withOidc);
const vault = named(platform.vaults, "prod");
const SUB = "auth0|5F7c";

describe("a breach of somebody whom an identity provider knows", () => {
  test.each([
    [SUB, SUB],
    [" mei_t@acme.example ", "mei_t@acme.example"],
    ["AAAikzqFV", "AAAikzqFV"],
    ["Amara.Okafor", "amara.okafor"],
  ])("--user %j is %j", (user, name) =>
    expect(chooseSuspect(platform, { user, vault: "prod" })).toEqual({ kind: "user", name, vault: "prod" }),
  );
  test.each(["", "a b", "a'; rm", "`x`", "x\u001b[0m"])("--user %j is nobody's", (user) =>
    expect(() => chooseSuspect(platform, { user, vault: "prod" })).toThrow(/accepted: a user's name/),
  );
  test("where a Vault has no provider, a name is a user's", () =>
    expect(() => chooseSuspect(resolvePlatform(production), { user: SUB, vault: "prod" })).toThrow(
      /accepted: a user's name/,
    ));

  const entity = {
    id: "e-2",
    name: "entity_7f",
    disabled: false,
    policies: [],
    group_ids: ["g-1", "g-2"],
    aliases: [{ name: SUB, mount_path: "auth/oidc/", mount_accessor: "a-oidc" }],
  };
  const asked: string[] = [];
  const there: Record<string, unknown> = {
    "identity/group/name/storefront-on-call": { id: "g-1", name: "storefront-on-call", policies: [] },
    "identity/group/name/planted": { id: "g-2", name: "planted", policies: [] },
  };
  const client = {
    read: async (path: string) => (path === "sys/auth" ? { "oidc/": { type: "oidc", accessor: "a-oidc" } } : {}),
    readIfPresent: async (path: string) => (asked.push(path), there[path]),
    write: async (_: string, { alias_name: sub }: { alias_name: string }) => ({
      data: sub === SUB ? entity : undefined,
    }),
    list: async (path: string) => (path === "identity/group/name" ? ["storefront-on-call", "planted"] : []),
  } as unknown as VaultClient;
  const look = () => lookAtUser(scriptedIo(), { platform, vault, client }, SUB);

  test("asks for no entity by the sub, and calls no group of the provider's another than the config's", async () => {
    const said = (await look()).remarks.join("\n");
    expect(asked.filter((path) => path.includes(SUB))).toEqual([]);
    expect(said).toContain("is also in `planted`, which the config does not say");
    expect(said).not.toContain("storefront-on-call");
    expect(said).not.toContain("The config has no user");
    expect(said).not.toContain("becomes the entity");
  });

  test("ends at the provider, and keeps the lock", async () => {
    const after = planForUser(platform, "prod", SUB, await look()).after.join("\n");
    expect(after).toContain("take them out at the identity provider, and keep the disabled entity `entity_7f` for ");
    expect(after).toContain(`\`npm run ops -- users enable '${SUB}'\``);
    expect(after).not.toContain("vault delete");
  });
});
