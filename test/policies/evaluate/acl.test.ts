import type { Capability } from "../../../policies/write/document";
import { PolicyError } from "../../../policies/write/errors";
import { Acl, type Decision, type Operation } from "../../../policies/evaluate/acl";
import { readPolicy } from "../../../policies/evaluate/read";
import { aclFrom, aclOf, hcl } from "./lists";

const first = `
path "dev/*" { policy = "sudo" }
path "stage/*" { policy = "write" }
path "stage/aws/*" { policy = "read" capabilities = ["update", "sudo"] }
path "stage/aws/policy/*" { policy = "sudo" }
path "prod/*" { policy = "read" }
path "prod/aws/*" { policy = "deny" }
path "own/*" { policy = "deny" }
path "foo/bar" { capabilities = ["read", "create", "sudo"] }
path "baz/quux" { capabilities = ["read", "create", "patch"] }
path "seg/+/one" { capabilities = ["read"] }
path "+/one/at/front" { capabilities = ["read"] }
path "seg/one/at/end/+" { capabilities = ["read"] }
path "seg/one/at/end/v2/+/" { capabilities = ["read"] }
path "seg/+/wild/+/*" { capabilities = ["read"] }
path "seg/+/glob/+/end*" { capabilities = ["read"] }
path "1/2/*" { capabilities = ["create"] }
path "1/2/+" { capabilities = ["read"] }
path "1/2/+/+" { capabilities = ["update", "recover"] }
`;
const second = `
path "dev/hide/*" { policy = "deny" }
path "stage/aws/policy/*" { policy = "deny" capabilities = ["read", "update", "sudo"] }
path "prod/*" { policy = "write" }
path "own/seal" { policy = "sudo" }
path "foo/bar" { capabilities = ["deny"] }
path "baz/quux" { capabilities = ["deny"] }
`;

// The situations of TestACL_Single and TestACL_Layered in vault/acl_test.go, told in our own policies.
describe("one policy", () => {
  const acl = aclOf(first);
  test.each<[Operation, string, boolean]>([
    ["read", "nothing", false],
    ["read", "dev/foo", true],
    ["update", "dev/foo", true],
    ["delete", "stage/foo", true],
    ["list", "stage/aws/foo", true],
    ["update", "stage/aws/foo", true],
    ["delete", "stage/aws/foo", false],
    ["update", "stage/aws/policy/foo", true],
    ["delete", "prod/foo", false],
    ["read", "prod/foo", true],
    ["list", "prod/foo", true],
    ["read", "prod/aws/foo", false],
    ["read", "foo/bar", true],
    ["list", "foo/bar", false],
    ["update", "foo/bar", false],
    ["create", "foo/bar", true],
    ["patch", "baz/quux", true],
    ["update", "baz/quux", false],
    ["read", "seg/foo/bar/one", false],
    ["read", "seg/foo/one", true],
    ["read", "seg/one/at/frond", false],
    ["read", "seg/one/at/front", true],
    ["read", "seg/one/at/end/foo", true],
    ["read", "seg/one/at/end/foo/", false],
    ["read", "seg/one/at/end/v2/foo/", true],
    ["read", "seg/one/wild/at/foo/", true],
    ["read", "seg/one/wild/at/end", true],
    ["read", "seg/one/wild/at", false],
    ["read", "seg/one/glob/at/ending/x", true],
    ["read", "seg/one/glob/at/en", false],
    ["read", "1/2/3/4", false],
    ["read", "1/2/3", true],
    ["update", "1/2/3", false],
    ["update", "1/2/3/4", true],
    ["recover", "1/2/3/4", true],
    ["create", "1/2/3/4/5", true],
  ])("%s %s: %s", (operation, path, allowed) => {
    expect(acl.allows(operation, path).allowed).toBe(allowed);
  });

  test.each<[string, Capability[]]>([
    ["dev", ["deny"]],
    ["dev/", ["create", "delete", "list", "read", "sudo", "update"]],
    ["stage/aws/test", ["list", "read", "sudo", "update"]],
    ["//stage/aws/test", ["list", "read", "sudo", "update"]],
    ["own/thing", ["deny"]],
    ["nothing", ["deny"]],
  ])("sys/capabilities on %s answers %j", (path, answer) => {
    expect(acl.capabilities(path)).toEqual(answer);
  });
});

describe("two policies", () => {
  const acl = aclOf(first, second);
  test.each<[Operation, string, boolean, string[]]>([
    ["read", "dev/foo", true, ["p0"]],
    ["read", "dev/hide/foo", false, ["p1"]],
    ["update", "stage/aws/foo", true, ["p0"]],
    ["update", "stage/aws/policy/foo", false, ["p1"]],
    ["delete", "prod/foo", true, ["p1"]],
    ["read", "prod/foo", true, ["p0", "p1"]],
    ["read", "prod/aws/foo", false, ["p0"]],
    ["read", "own/status", false, ["p0"]],
    ["update", "own/seal", true, ["p1"]],
    ["read", "foo/bar", false, ["p1"]],
    ["create", "foo/bar", false, ["p1"]],
    ["patch", "baz/quux", false, ["p1"]],
    ["read", "nothing", false, []],
  ])("%s %s: %s, because of %j", (operation, path, allowed, policies) => {
    const swapped = Acl.of([
      { name: "p1", policy: readPolicy(second) },
      { name: "p0", policy: readPolicy(first) },
    ]);
    expect(acl.allows(operation, path)).toMatchObject({ allowed, policies });
    expect(swapped.allows(operation, path).allowed).toBe(allowed);
  });

  test("on the same path add up, and name who gives what", () => {
    const both = aclOf(hcl({ "kv/foo": "read update", "kv/x": "read" }), hcl({ "kv/foo": "read", "kv/y": "read" }));
    expect(both.capabilities("kv/foo")).toEqual(["read", "update"]);
    expect(both.allows("read", "kv/foo").policies).toEqual(["p0", "p1"]);
    expect(both.allows("update", "kv/foo").policies).toEqual(["p0"]);
    expect(both.allows("delete", "kv/foo").policies).toEqual([]);
  });

  test("blocks on one path within a policy add up too, and its name is given once", () => {
    const acl = aclOf(
      'path "a" { capabilities = ["read"] }\npath "a" { capabilities = ["read", "list"] }\npath ' +
        '"/a" { capabilities = ["update"] }',
    );
    expect(acl.capabilities("a")).toEqual(["list", "read", "update"]);
    expect(acl.allows("read", "a").policies).toEqual(["p0"]);
  });
});

describe("deny", () => {
  test("on the very same path silences every other policy, in either order", () => {
    for (const texts of [
      [hcl({ "a/*": "read" }), hcl({ "a/*": "deny" })],
      [hcl({ "a/*": "deny" }), hcl({ "a/*": "read" })],
    ]) {
      expect(aclOf(...texts).capabilities("a/b")).toEqual(["deny"]);
    }
  });

  test("on a wider path loses to a narrower grant", () => {
    const acl = aclFrom({ "kvv2/*": "deny", "kvv2/data/app": "read" });
    expect(acl.allows("read", "kvv2/data/app")).toMatchObject({ allowed: true, reason: "granted" });
    expect(acl.allows("read", "kvv2/data/other")).toMatchObject({ allowed: false, reason: "denied", policies: ["p0"] });
  });

  test("is not what a rule without capabilities is, but that hides wider rules too", () => {
    const acl = aclFrom({ "a/*": "read", "a/b": "" });
    expect(acl.capabilities("a/b")).toEqual(["deny"]);
    expect(acl.allows("read", "a/b")).toMatchObject({ reason: "capability missing", policies: [] });
    expect(aclOf(hcl({ "a/b": "" }), hcl({ "a/b": "read" })).capabilities("a/b")).toEqual(["read"]);
  });
});

describe("a narrower rule that gives less", () => {
  test("decides alone: what the wider one gives is gone", () => {
    const acl = aclFrom({ "kvv2/data/*": "create read update", "kvv2/data/app/*": "read" });
    expect(acl.allows("update", "kvv2/data/app/x")).toMatchObject({ allowed: false, reason: "capability missing" });
    expect(acl.allows("update", "kvv2/data/other")).toMatchObject({ allowed: true });
  });
});

describe("a decision", () => {
  test("names the rule that decided, as filled in", () => {
    const decision = aclFrom({ "/a/*": "read", "a/b/*": "list" }).allows("read", "a/c");
    expect(decision).toEqual<Decision>({
      allowed: true,
      reason: "granted",
      rule: {
        pattern: { path: "a/*", kind: "prefix" },
        capabilities: ["read"],
        limits: [],
        from: [{ policy: "p0", capabilities: ["read"] }],
      },
      policies: ["p0"],
      unsupported: [],
    });
  });

  test.each<[Operation, string[]]>([
    ["read", ["allowed_parameters", "min_wrapping_ttl"]],
    ["create", ["allowed_parameters", "min_wrapping_ttl"]],
    ["patch", ["allowed_parameters", "min_wrapping_ttl"]],
    ["list", ["min_wrapping_ttl"]],
    ["delete", ["min_wrapping_ttl"]],
    ["update", []],
  ])("to %s says which limits of the request's contents are unsupported: %j", (operation, unsupported) => {
    const limits = 'allowed_parameters = { "a" = [] } min_wrapping_ttl = 5 subscribe_event_types = ["*"]';
    const decision = aclOf(
      `path "a" { capabilities = ["create", "read", "patch", "list", "delete"] ${limits} }`,
    ).allows(operation, "a");
    expect(decision).toMatchObject({ allowed: operation !== "update", unsupported });
  });

  test("unites the limits of policies on one path, and drops them where one denies", () => {
    const limited = 'path "a" { capabilities = ["update"] required_parameters = ["x"] }';
    const other = 'path "a" { capabilities = ["update"] denied_parameters = { "*" = [] } }';
    expect(aclOf(limited, other, hcl({ a: "read" })).allows("read", "a").unsupported).toEqual([
      "denied_parameters",
      "required_parameters",
    ]);
    expect(aclOf(limited, hcl({ a: "deny" })).allows("update", "a")).toMatchObject({
      reason: "denied",
      unsupported: [],
      rule: { limits: [] },
    });
  });

  test.each<[Operation, string, string, string]>([
    ["update", "sys/rotate", "update", "sudo missing"],
    ["update", "sys/rotate", "update sudo", "granted"],
    ["read", "sys/audit", "read", "sudo missing"],
    ["update", "sys/audit/file", "update", "sudo missing"],
    ["read", "sys/auditing", "read", "granted"],
    ["read", "sys/auth", "read", "granted"],
    ["update", "sys/auth/userpass", "update", "sudo missing"],
    ["read", "sys/auth/userpass/tune", "sudo read", "granted"],
    ["list", "auth/token/accessors", "list", "sudo missing"],
    ["list", "auth/token/accessors/", "list sudo", "granted"],
    ["update", "auth/token/revoke-orphan", "update", "sudo missing"],
    ["update", "auth/token/create", "update", "granted"],
    ["read", "sys/mounts", "read", "granted"],
    ["read", "sys/rotate", "update", "capability missing"],
  ])("to %s %s with %s says: %s", (operation, path, capabilities, reason) => {
    expect(aclFrom({ [path]: capabilities }).allows(operation, path).reason).toBe(reason);
  });
});

describe("templated policies", () => {
  const policy = readPolicy(
    hcl({
      "kv/{{identity.entity.name}}/*": "read",
      "kv/{{identity.groups.names.crew.id}}/*": "update",
      "kv/x": "list",
    }),
  );
  const entity = { id: "e", name: "anna" };

  test("reach what their identity fills in, and drop what it cannot", () => {
    const acl = Acl.of([{ name: "p", policy }], { entity });
    expect(acl.capabilities("kv/anna/a")).toEqual(["read"]);
    expect(acl.capabilities("kv/bob/a")).toEqual(["deny"]);
    expect(acl.capabilities("kv/x")).toEqual(["list"]);
    expect(acl.dropped).toEqual([{ policy: "p", path: "kv/{{identity.groups.names.crew.id}}/*" }]);
    expect(acl.rules.map((r) => r.pattern.path)).toEqual(["kv/anna/*", "kv/x"]);
  });

  test("add up where they fill in to the same path", () => {
    const acl = Acl.of([{ name: "p", policy }], { entity, groups: [{ id: "anna", name: "crew" }] });
    expect(acl.capabilities("kv/anna/a")).toEqual(["read", "update"]);
  });

  test("turn into patterns when a value holds what patterns are made of, as in Vault", () => {
    const name = (value: string, rules = policy): Acl =>
      Acl.of([{ name: "p", policy: rules }], { entity: { id: "e", name: value } }, "1.21.1");
    expect(name("+").capabilities("kv/bob/a")).toEqual(["read"]);
    const last = readPolicy(hcl({ "kv/{{identity.entity.name}}": "read" }));
    expect(name("*", last).capabilities("kv/bob/a")).toEqual(["read"]);
  });

  test("are refused when a value makes +*, for which Vault answers no request of the token", () => {
    const text = hcl({ "kv/{{identity.entity.name}}*": "read" });
    const refused = () =>
      Acl.of([{ name: "p", policy: readPolicy(text) }], { entity: { id: "e", name: "+" } }, "1.21.1");
    expect(refused).toThrow(/policy p, rule on .+ given "kv\/\+\*"/);
  });
});

describe("no policy at all", () => {
  test("denies everything", () => {
    expect(Acl.of([]).capabilities("a")).toEqual(["deny"]);
    expect(Acl.of([]).allows("read", "a")).toMatchObject({
      allowed: false,
      reason: "no rule",
      rule: undefined,
      policies: [],
    });
  });

  test("named root is judged", () => {
    expect(() => Acl.of([{ name: "root", policy: readPolicy("{}") }])).toThrow(PolicyError);
  });
});
