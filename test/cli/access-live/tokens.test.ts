import type { JsonObject } from "../../../access";
import type { Asking } from "../../../cli/access-live/asking";
import type { LiveObject } from "../../../cli/access-live/objects";
import { readTokens } from "../../../cli/access-live/read-tokens";

const LOGINS: readonly LiveObject[] = [
  { type: "vault_userpass_auth_backend_user", values: { mount: "userpass", username: "jo", token_policies: ["a"] } },
  {
    type: "vault_kubernetes_auth_backend_role",
    values: { backend: "kubernetes", role_name: "app", token_policies: ["b"] },
  },
  {
    type: "vault_jwt_auth_backend_role",
    values: { backend: "jwt-ci", role_name: "job", token_policies: ["c"], token_no_default_policy: true },
  },
];
const ALIASES = new Map([
  ["jo-id", [{ mount: "userpass", name: "jo" }]],
  ["pod-id", [{ mount: "kubernetes", name: "0f3c" }]],
]);

/** A Vault with one token beside the one that asks. */
async function whyOf(token: JsonObject): Promise<unknown> {
  const facts = { display_name: "t", entity_id: "", orphan: true, meta: null, ...token };
  const ask = {
    read: async () => ({ accessor: "own" }),
    list: async () => ["own", "other"],
    token: async (accessor: string) =>
      accessor === "own" ? { policies: ["root"], path: "x" } : { accessor, ...facts },
    each: <T, R>(items: readonly T[], _: string, work: (item: T) => Promise<R>) => Promise.all(items.map(work)),
  } as unknown as Asking;
  const found = await readTokens(ask, LOGINS, { aliases: ALIASES });
  expect(found.length).toBeLessThan(2);
  return found[0]?.values.why;
}

const CHILD = { path: "auth/token/create", orphan: false };

test.each<[string, JsonObject]>([
  ["a person's login", { path: "auth/userpass/login/jo", policies: ["a", "default"], entity_id: "jo-id" }],
  ["a workload's login", { path: "auth/kubernetes/login", policies: ["b", "default"], meta: { role: "app" } }],
  ["a pipeline's login", { path: "auth/jwt-ci/login", policies: ["c"], meta: { role: "job" } }],
  ["a child of a person's token", { ...CHILD, policies: ["a", "default"], entity_id: "jo-id" }],
  ["a child of a workload's token", { ...CHILD, policies: ["b"], entity_id: "pod-id" }],
  ["a token that can do nothing", { ...CHILD, policies: ["default"], orphan: true }],
  ["another token that only reads this", { ...CHILD, policies: ["access-reader"], orphan: true, period: 3600 }],
])("%s is what a login gives", async (_, token) => {
  expect(await whyOf(token)).toBeUndefined();
});

test.each<[string, JsonObject, RegExp]>([
  ["the root token", { path: "auth/token/root", policies: ["root"] }, /^a root token/],
  ["a root token of a person's", { ...CHILD, policies: ["root"], entity_id: "jo-id" }, /^a root token/],
  ["an orphan", { path: "auth/token/create-orphan", policies: ["a"] }, /does not end with another token/],
  [
    "an orphan of a person's",
    { ...CHILD, policies: ["a"], orphan: true, entity_id: "jo-id" },
    /does not end with another/,
  ],
  [
    "a periodic child",
    { ...CHILD, policies: ["a"], period: 60, entity_id: "jo-id" },
    /does not end with another token/,
  ],
  ["a child of nobody's", { ...CHILD, policies: ["a"] }, /no login of its entity gives a$/],
  [
    "a child with another's policy",
    { ...CHILD, policies: ["a", "c"], entity_id: "jo-id" },
    /no login of its entity gives c$/,
  ],
  ["a child of somebody who has gone", { ...CHILD, policies: ["default"], entity_id: "gone" }, /gives default$/],
  [
    "a login that gave more",
    { path: "auth/userpass/login/jo", policies: ["a", "x", "y"] },
    /does not give x, y any more/,
  ],
  [
    "a login without default that had it",
    { path: "auth/jwt-ci/login", policies: ["c", "default"], meta: { role: "job" } },
    /default/,
  ],
  ["a login of a user who has gone", { path: "auth/userpass/login/ex", policies: ["default"] }, /^its login has gone/],
  [
    "a login of a role that has gone",
    { path: "auth/kubernetes/login", policies: ["b"], meta: { role: "ex" } },
    /has gone/,
  ],
  ["a login that notes no role", { path: "auth/kubernetes/login", policies: ["b"] }, /^its login has gone/],
  [
    "a login of another method",
    { path: "auth/approle/login", policies: ["default"], meta: { role_name: "x" } },
    /has gone/,
  ],
])("%s is more than a login gives", async (_, token, why) => {
  expect(await whyOf(token)).toMatch(why);
});
