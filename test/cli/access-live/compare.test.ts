import { Access, changesBetween, check, nameOf, stackOf, type JsonObject, type Stack } from "../../../access";
import type { Asking } from "../../../cli/access-live/asking";
import { compareWithVault } from "../../../cli/access-live/compare";
import { canonical, endpoint, isCompared, keyOf, referenceTo, type LiveObject } from "../../../cli/access-live/objects";
import { valuesOf } from "../../../cli/access-live/stack-values";
import type { Json } from "../../../resource-types";
import { productionStacks, sampleStacks, type Stacks } from "../../access/fixture";

const ALL_READ = { isUnread: () => false } as unknown as Asking;

const read = (stacks: Stacks, vault: string): Stack[] =>
  Object.entries(stacks)
    .map(([name, json]) => stackOf(name, json as JsonObject))
    .filter(({ metadata }) => (metadata.vault ?? vault) === vault);

/** What would be in a Vault that is as its stacks say. */
function liveOf(stacks: readonly Stack[]): LiveObject[] {
  return stacks.flatMap(({ resources }) =>
    [...resources]
      .filter(([type]) => isCompared(type))
      .flatMap(([type, byId]) => [...byId.values()].map((each) => ({ type, values: valuesOf(each).values }))),
  );
}

const CASES = [
  ["the sample", () => read(sampleStacks(), "main")],
  ["production, nonprod", () => read(productionStacks(), "nonprod")],
  ["production, prod", () => read(productionStacks(), "prod")],
] as const;

/** The same kind of value, and another. */
function other(value: Json): Json {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  if (Array.isArray(value)) return [...(value as Json[]), "planted"];
  if (value !== null && typeof value === "object") return { ...value, planted: "planted" };
  return `${value}-planted`;
}

describe.each(CASES)("%s beside a Vault", (_, stacksOf) => {
  const stacks = stacksOf();
  const live = liveOf(stacks);
  /** By the names that reports give to resources. */
  const references = new Map(
    stacks.flatMap(({ resources }) =>
      [...resources.values()].flatMap((byId) =>
        [...byId.values()].map((each) => [nameOf(each), referenceTo(each.type, valuesOf(each).values)] as const),
      ),
    ),
  );

  test("that is as it says: nothing differs, and the stacks stay as they are", () => {
    const { differences, stacks: head, notUnderstood } = compareWithVault(stacks, live, ALL_READ);
    expect(differences).toEqual([]);
    expect(notUnderstood).toEqual([]);
    expect(changesBetween(new Access(stacks), new Access(head))).toEqual([]);
    expect(check(new Access(head))).toEqual(check(new Access(stacks)));
    expect(live.length).toBeGreaterThan(40);
  });

  test("no argument of any resource is other in Vault without a difference that names it", () => {
    const planted: string[] = [];
    const named: string[] = [];
    // The first argument of each at once, then the second, and so on.
    for (let i = 0; live.some(({ values }) => Object.keys(values).length > i); i++) {
      const head = live.map((object): LiveObject => {
        const { type, values } = object;
        const [name, value] = Object.entries(values)[i] ?? [];
        const changed = name === undefined ? values : { ...values, [name]: other(value!) };
        // An argument of its name makes it another resource.
        if (name === undefined || keyOf(type, changed) !== keyOf(type, values)) return object;
        planted.push(`${referenceTo(type, values)}: ${name}`);
        return { type, values: changed };
      });
      for (const { state, where, differs } of compareWithVault(stacks, head, ALL_READ).differences)
        for (const { name } of differs) named.push(`${references.get(where)}: ${name}${state.slice(9)}`);
    }
    expect(named.sort()).toEqual(planted.map((each) => `${each} in Vault`).sort());
    expect(planted.length).toBeGreaterThan(60);
  });

  test.each([0, 1])("no resource is gone without a difference, nor from the access (%#)", (half) => {
    const gone = live.filter((_each, i) => i % 2 === half).map(({ type, values }) => referenceTo(type, values));
    const rest = live.filter((_each, i) => i % 2 !== half);
    const { differences, stacks: head } = compareWithVault(stacks, rest, ALL_READ);
    const said = differences.filter(({ state }) => state === "not in Vault");
    expect(said.map(({ where }) => references.get(where)).sort()).toEqual(gone.sort());
    expect(liveOf(head)).toHaveLength(rest.length);
  });

  test("what could not be read stays as the stacks say it", () => {
    const refused = { isUnread: () => true } as unknown as Asking;
    const { differences, stacks: head } = compareWithVault(stacks, [], refused);
    expect(differences).toEqual([]);
    expect(changesBetween(new Access(stacks), new Access(head))).toEqual([]);
  });
});

test("arguments that are not compared decide nothing, or are nobody's to read", () => {
  const names = [...read(sampleStacks(), "main"), ...read(productionStacks(), "prod")].flatMap(({ resources }) =>
    [...resources]
      .filter(([type]) => isCompared(type))
      .flatMap(([, byId]) => [...byId.values()])
      .flatMap((resource) => {
        const { values } = valuesOf(resource);
        return Object.keys(resource.values).filter((name) => values[name] === undefined);
      }),
  );
  expect([...new Set(names)].sort()).toEqual([
    "allow_overwrite",
    "bound_claims_type", // "string", which is the default
    "depends_on",
    "description",
    "lifecycle",
    "password_wo",
    "password_wo_version",
  ]);
});

describe("what is in Vault alone", () => {
  const stacks = read(sampleStacks(), "main");
  const withMore = (...more: LiveObject[]) => compareWithVault(stacks, [...liveOf(stacks), ...more], ALL_READ);

  test("is a resource of the access stack, by a name that tells so", () => {
    const policy = 'path "kvv2/data/*" {\n  capabilities = ["read"]\n}\n';
    const { stacks: head, differences } = withMore(
      { type: "vault_policy", values: { name: "planted", policy } },
      {
        type: "vault_userpass_auth_backend_user",
        values: { mount: "userpass", username: "p", token_policies: ["planted"] },
      },
    );
    expect(differences.map(({ state, where }) => `${state}: ${where}`)).toEqual([
      "only in Vault: vault_policy.only-in-vault_planted in sample-access-main",
      "only in Vault: vault_userpass_auth_backend_user.only-in-vault_userpass-p in sample-access-main",
    ]);
    const [change] = changesBetween(new Access(stacks), new Access(head));
    expect(change).toMatchObject({ who: "person p", gained: ["read"] });
    expect(change!.by.join()).toContain("vault_policy.only-in-vault_planted in sample-access-main");
  });

  test("is a finding where its kind is not understood", () => {
    const { stacks: head } = withMore(endpoint("auth/a/role/r", {}));
    expect(check(new Access(head)).failures.map(({ subject }) => subject)).toEqual([
      "vault_generic_endpoint.only-in-vault_auth-a-role-r in sample-access-main",
    ]);
  });

  test("cannot pass for another resource by a name that looks like an expression", () => {
    const own = "${vault_policy.userpass_own-password.name}";
    const { stacks: head } = withMore(
      { type: "vault_userpass_auth_backend_user", values: { mount: "userpass", username: "p", token_policies: [own] } },
      { type: "vault_policy", values: { name: own, policy: 'path "*" {\n  capabilities = ["sudo", "read"]\n}\n' } },
    );
    const access = new Access(head);
    const [login] = access.identities.find(({ name }) => name === "person p")!.logins;
    expect(login!.holdings.map(({ policy }) => policy)).toEqual(["default"]);
    expect([...new Set(access.unsupported.map(({ where }) => where))]).toEqual([
      "vault_policy.only-in-vault_-vault_policy-userpass_own-password-name- in sample-access-main",
      "vault_userpass_auth_backend_user.only-in-vault_userpass-p in sample-access-main",
    ]);
  });

  test("cannot write into a terminal", () => {
    const { stacks: head } = withMore({ type: "vault_identity_group", values: { name: "a\u001b[2Jb", policies: [] } });
    const [, group] = [...new Access(head).vaults[0]!.groups].filter(({ name }) => /^a|^sample-admin$/.test(name));
    expect(group!.name).toBe("a�[2Jb");
  });

  test("is no difference where a login makes it, but is one where it is not as the stacks say", () => {
    const values = { name: "0f3c", mount_accessor: "vault_auth_backend kubernetes", canonical_id: "made" };
    const type = "vault_identity_entity_alias";
    expect(withMore({ type, values, isExpected: true }).differences).toEqual([]);
    const live = liveOf(stacks).map((each) =>
      each.type === type ? { type, values: { ...each.values, canonical_id: "made" }, isExpected: true } : each,
    );
    expect(compareWithVault(stacks, live, ALL_READ).differences).toHaveLength(6);
  });

  test("two of one name are both there", () => {
    const alias = { name: "p", mount_accessor: "gone", canonical_id: "gone" };
    const { differences } = withMore(
      { type: "vault_identity_entity_alias", values: alias },
      { type: "vault_identity_entity_alias", values: { ...alias, name: "P" } },
    );
    expect(differences.map(({ where }) => where.split(" ")[0])).toEqual([
      "vault_identity_entity_alias.only-in-vault_gone-p",
      "vault_identity_entity_alias.only-in-vault_gone-p-2",
    ]);
  });
});

test.each<[string, JsonObject, JsonObject]>([
  ["vault_policy", { name: "a", policy: "x\n" }, { name: "a", policy: "x" }],
  [
    "vault_userpass_auth_backend_user",
    { token_policies: ["A", "b"] },
    { token_policies: ["b", "a"], token_type: "default" },
  ],
  ["vault_userpass_auth_backend_user", { username: "a" }, { username: "a", token_ttl: 0, token_bound_cidrs: [] }],
  ["vault_jwt_auth_backend_role", { bound_claims: { a: "y, x" } }, { bound_claims: { a: ["x", "y"] }, max_age: 0 }],
  ["vault_auth_backend", { tune: [{ max_lease_ttl: "8h", token_type: null }] }, { tune: { max_lease_ttl: 28_800 } }],
  ["vault_auth_backend", { path: "a/" }, { path: "a", tune: { token_type: "default-service", default_lease_ttl: 0 } }],
  [
    "vault_kv_secret_backend_v2",
    { delete_version_after: 3600 },
    { delete_version_after: "1h0m0s", cas_required: false },
  ],
  ["vault_jwt_auth_backend", { bound_issuer: "x" }, { bound_issuer: "x", namespace_in_state: true }],
  [
    "vault_kubernetes_auth_backend_config",
    { kubernetes_ca_cert: "-----BEGIN CERTIFICATE-----\nx\n" },
    { kubernetes_ca_cert: "-----BEGIN CERTIFICATE-----\nx", pem_keys: [], disable_iss_validation: false },
  ],
])("a stack and a Vault say the same of a %s (%#)", (type, stack, vault) => {
  expect(canonical(type, vault)).toEqual(canonical(type, stack));
});

test.each<[string, JsonObject, JsonObject]>([
  ["vault_jwt_auth_backend", { bound_issuer: "x" }, { bound_issuer: "x", namespace_in_state: false }],
  ["vault_jwt_auth_backend_role", {}, { bound_claims_type: "glob" }],
  ["vault_kubernetes_auth_backend_role", {}, { alias_name_source: "serviceaccount_name" }],
  ["vault_kubernetes_auth_backend_role", {}, { something_new: "x" }],
  ["vault_auth_backend", {}, { tune: { token_type: "batch" } }],
  ["vault_audit", { options: {} }, { options: { log_raw: "true" } }],
])("a stack and a Vault do not say the same of a %s (%#)", (type, stack, vault) => {
  expect(canonical(type, vault)).not.toEqual(canonical(type, stack));
});
