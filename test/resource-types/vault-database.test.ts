import { resourceType, type PlannedAction, type PlannedChange } from "../../resource-types";

/** What the gate says of a change of a resource: severity and words. */
function said(type: string, action: PlannedAction, after: object, before: object = {}): string[] {
  const change = { address: `${type}.it`, type, action, before, after, unknown: {}, drift: false } as PlannedChange;
  return resourceType(type)!
    .change(change)
    .map(([severity, says]) => `${severity}: ${says}`);
}

const CONNECTION = "vault_database_secret_backend_connection";
const DYNAMIC = "vault_database_secret_backend_role";
const STATIC = "vault_database_secret_backend_static_role";
const at = { backend: "database", name: "orders" };
const to = (url: string) => ({ postgresql: { connection_url: url } });

test("a new static role changes a password at once: whoever has it is cut off", () => {
  expect(said(STATIC, "create", { ...at, username: "report" })).toEqual([
    "warning: database role database/orders changes the password of report at once",
  ]);
});

test("a connection that goes takes the only password along", () => {
  expect(said(CONNECTION, "delete", {}, at)[0]).toMatch(/^error: database database\/orders is destroyed/);
});

test.each([
  ["any role", { allowed_roles: ["*"] }, "error: database database/orders allows *"],
  ["no TLS", to("postgresql://x@db:1/a?sslmode=disable"), "warning: database database/orders is without TLS"],
])("a connection with %s is said", (_, settings, says) => {
  expect(said(CONNECTION, "create", { ...at, ...settings })).toContain(says);
});

test("a connection to another server is a matter of trust", () => {
  const [one, other] = ["a", "b"].map((host) => ({ ...at, ...to(`postgresql://x@${host}:1/a?sslmode=verify-full`) }));
  expect(said(CONNECTION, "update", other!, one).join("\n")).toMatch(/^error: .*postgresql/m);
});

test("credentials that do something else, stay or live longer are said; that they live shorter is not", () => {
  const before = { ...at, creation_statements: ["a"], revocation_statements: ["a"], default_ttl: 60, max_ttl: 120 };
  const after = { ...at, creation_statements: ["b"], revocation_statements: ["b"], default_ttl: 90, max_ttl: 60 };
  const words = said(DYNAMIC, "update", after, before).join("\n");
  for (const each of ["creation_statements", "revocation_statements", "default_ttl grows"])
    expect(words).toContain(each);
  expect(words).not.toContain("max_ttl");
});

test("an operator's key that goes costs new credentials", () => {
  const key = { backend: "transit", name: "vso" };
  expect(said("vault_transit_secret_backend_key", "delete", {}, key)[0]).toMatch(/^warning: key transit\/vso/);
});
