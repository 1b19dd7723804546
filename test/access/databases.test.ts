import { databaseConfig } from "../helpers/database-config";
import { accessOf, at, checkOf, stacksOf, type Mutable, type Stacks } from "./fixture";

const [DEV, ACCESS, OPERATOR] = ["small-dev", "small-access-main", "small-operator-local"];
const DYNAMIC = "vault_database_secret_backend_role.shop_database_orders_dynamic";
const CONNECTION = "vault_database_secret_backend_connection.database_orders--dev";
const KEY = "vault-secrets-operator-local";
const CACHE = "vault_policy.token-cache_local";
const ROLE = "vault_kubernetes_auth_backend_role.token-cache_local_operator_role";
const BINDING = "kubernetes_manifest.shop_binding_database_orders_dynamic-secret";

/** What the proofs say when something is changed. */
function saidOf(change: (stacks: Stacks) => void): string[] {
  const stacks = stacksOf(databaseConfig());
  change(stacks);
  return checkOf(stacks).failures.map(({ proof, says }) => `${proof}: ${says}`);
}

describe("databases in the proofs", () => {
  it("hold as they are synthesized", () => {
    expect(checkOf(stacksOf(databaseConfig())).failures).toEqual([]);
  });

  it("are read by their app in their environment alone, and by nobody else", () => {
    const access = accessOf(stacksOf(databaseConfig()));
    const readers = access.sets
      .filter(({ database }) => database)
      .map((set) => [
        set.name,
        access.identities.filter((each) => access.why(each, set, "read").length > 0).map(({ name }) => name),
      ]);
    expect(Object.fromEntries(readers)).toEqual({
      "database/creds/shop-dev.orders": ["workload local/shop-dev/shop-vault-operator-sa"],
      "database/creds/shop-qa.orders": ["workload local/shop-qa/shop-vault-operator-sa"],
      "database/static-creds/report-dev.orders": ["workload local/report-dev/report-vault-operator-sa"],
      "database/static-creds/report-qa.orders": ["workload local/report-qa/report-vault-operator-sa"],
    });
  });

  it("say that whoever runs the platform can change what they are, and gets none", () => {
    const access = accessOf(stacksOf(databaseConfig()));
    const admin = access.identities.find(({ name }) => name === "person platform-admin")!;
    const set = access.sets.find(({ name }) => name === "database/creds/shop-dev.orders")!;
    expect(access.why(admin, set, "settings").length).toBeGreaterThan(0);
    expect(access.why(admin, set, "read")).toEqual([]);
  });

  const policyWith =
    (rule: string, capability = "read") =>
    (stacks: Stacks) => {
      at(stacks, DEV!, "vault_policy.shop_workload_policy").policy +=
        `\npath "${rule}" {\n  capabilities = ["${capability}"]\n}\n`;
    };
  it.each<[string, (stacks: Stacks) => void, string]>([
    ["another app's credentials", policyWith("database/static-creds/report-dev.orders"), "isolation: "],
    ["another environment's credentials", policyWith("database/creds/shop-qa.orders"), "isolation: "],
    ["every role's credentials", policyWith("database/creds/*"), "isolation: "],
    ["another environment's connection", (s) => (at(s, DEV!, DYNAMIC).db_name = "orders.qa"), "isolation: "],
    [
      "a role that another environment has",
      (s) => swap(at(s, DEV!, DYNAMIC), "orders_dev_rw", "orders_qa_rw"),
      "isolation: ",
    ],
    ["other statements", (s) => (at(s, DEV!, DYNAMIC).creation_statements = ["SELECT 1"]), "trust: "],
    ["a connection for any role", (s) => (at(s, ACCESS!, CONNECTION).allowed_roles = ["*"]), "isolation: "],
    ["another server", (s) => swap(at(s, ACCESS!, CONNECTION).postgresql, "db.example", "evil.example"), "trust: "],
    ["no TLS", (s) => swap(at(s, ACCESS!, CONNECTION).postgresql, "verify-full", "disable"), "trust: "],
    ["a password", (s) => (at(s, ACCESS!, CONNECTION).postgresql.password = "x"), "supported: "],
    ["another engine", (s) => (at(s, ACCESS!, CONNECTION).plugin_name = "mysql-database-plugin"), "supported: "],
    [
      "a binding to another role",
      (s) => (at(s, DEV!, BINDING).manifest.spec.path = "creds/shop-qa.orders"),
      "binding: ",
    ],
    ["another type of credentials", (s) => (at(s, DEV!, BINDING).manifest.spec.allowStaticCreds = true), "binding: "],
    ["parameters", (s) => (at(s, DEV!, BINDING).manifest.spec.params = { a: "b" }), "supported: "],
    ["a second user of the operator's key", policyWith(`transit/decrypt/${KEY}`, "update"), "privilege-escalation: "],
    [
      "an operator that may use every key",
      (s) => swap(at(s, ACCESS!, `${CACHE}_operator_policy`), `transit/decrypt/${KEY}`, "transit/decrypt/*"),
      "least-privilege: ",
    ],
    [
      "another in the operator's place",
      (s) => (at(s, ACCESS!, ROLE).bound_service_account_names = ["shop-vault-operator-sa"]),
      "privilege-escalation: ",
    ],
    [
      "a key that can be taken",
      (s) => (at(s, ACCESS!, "vault_transit_secret_backend_key.token-cache_local_key").exportable = true),
      "supported: ",
    ],
    [
      "tokens that are kept as they are",
      (s) => swap(at(s, OPERATOR!, "helm_release.operator_release"), "direct-encrypted", "direct-unencrypted"),
      "supported: ",
    ],
    [
      "tokens that another Vault encrypts",
      (s) => {
        const release = at(s, OPERATOR!, "helm_release.operator_release");
        release.values = [String(release.values[0]).replace(/"address":"[^"]*"/, '"address":"https://evil.example"')];
      },
      "supported: ",
    ],
    ["a role of no app", (s) => (at(s, DEV!, DYNAMIC).name = "by-hand"), "supported: "],
  ])("find %s", (_, change, proof) => {
    expect(saidOf(change).filter((said) => said.startsWith(proof))).not.toEqual([]);
  });
});

/** Puts a text in the place of another in every text of an object. */
function swap(object: Mutable, from: string, to: string): void {
  Object.assign(object, JSON.parse(JSON.stringify(object).replaceAll(from, to)));
}
