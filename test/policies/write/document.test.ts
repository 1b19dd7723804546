import {
  CAPABILITIES,
  PolicyDocument,
  sortCapabilities,
  type Capability,
  type PolicyRule,
} from "../../../policies/write/document";
import { PolicyError } from "../../../policies/write/errors";

const read: readonly Capability[] = ["read"];

function problemsOf(...rules: PolicyRule[]): PolicyError {
  try {
    PolicyDocument.of(...rules);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a policy document", () => {
  test("renders to one canonical text: sorted, one blank line between rules, a line break at the end", () => {
    const document = PolicyDocument.of(
      { path: "kvv2/metadata/sample/*", capabilities: ["list", "read"] },
      { path: "kvv2/data/sample/*", capabilities: ["update", "read", "create"], comment: "values \n\nof the sample" },
      { path: "auth/token/lookup-self", capabilities: read },
    );
    expect(document.render()).toBe(`path "auth/token/lookup-self" {
  capabilities = ["read"]
}

# values
#
# of the sample
path "kvv2/data/sample/*" {
  capabilities = ["create", "read", "update"]
}

path "kvv2/metadata/sample/*" {
  capabilities = ["read", "list"]
}
`);
  });

  test("is the same text in whatever order rules and capabilities come, and however a path's are spread", () => {
    const one = PolicyDocument.of({ path: "b", capabilities: ["read", "list"] }, { path: "a", capabilities: read });
    const other = PolicyDocument.of(
      { path: "a", capabilities: read },
      { path: "b", capabilities: ["list"] },
      { path: "b", capabilities: ["read", "list"] },
    );
    expect(other.render()).toBe(one.render());
  });

  test("sorts paths by code unit, not by a language's alphabet", () => {
    const paths = ["a", "B", "a/b", "a-b", "é", "Z"].map((path) => ({ path, capabilities: read }));
    expect(PolicyDocument.of(...paths).rules.map((r) => r.path)).toEqual(["B", "Z", "a", "a-b", "a/b", "é"]);
  });

  test("unites the comments of one path, each line once", () => {
    const document = PolicyDocument.of(
      { path: "a", capabilities: read, comment: "x" },
      { path: "a", capabilities: read, comment: "y\nx  " },
      { path: "a", capabilities: ["list"] },
    );
    expect(document.rules).toEqual([{ path: "a", capabilities: ["read", "list"], comment: "x\ny" }]);
  });

  test("never changes: its rules cannot be written to", () => {
    const document = PolicyDocument.of({ path: "a", capabilities: read });
    expect(() => Object.assign(document.rules[0] ?? {}, { path: "b" })).toThrow(TypeError);
  });

  test("without rules is not rendered, since Vault refuses an empty text", () => {
    expect(() => PolicyDocument.of().render()).toThrow(PolicyError);
  });

  test.each([
    ["a name", "kvv2/data/sample/node"],
    ["a slash at the end", "kvv2/metadata/sample/"],
    ["* at the end", "kvv2/data/sample/*"],
    ["a bare prefix", "kvv2/data/sample*"],
    ["* alone", "*"],
    ["+ as a segment", "kvv2/+/sample/+"],
    ["+ inside a name", "auth/userpass/users/a+b@example.com"],
    ["a template", "identity/entity/id/{{identity.entity.id}}"],
    [
      "a template of an alias",
      "kvv2/data/{{identity.entity.aliases.auth_kubernetes_1a2b.metadata.service_account_namespace}}/*",
    ],
    ["a template of a group", "kvv2/data/{{identity.groups.names.crew.id}}"],
    ["spaces and letters of other languages", "kvv2/data/my app/é"],
    ["one $ or %", "kvv2/data/$a/%b"],
  ])("writes a path with %s", (_, path) => {
    expect(PolicyDocument.of({ path, capabilities: read }).render()).toContain(`path "${path}" {`);
  });

  test.each([
    ["nothing in it", "", "name the path"],
    ["a Terraform interpolation", "kvv2/${var.a}", "Terraform would interpolate"],
    ["a Terraform directive", "kvv2/%{if}", "Terraform would interpolate"],
    ["a quote", 'a"b', "quotes and backslashes"],
    ["a backslash", "a\\b", "quotes and backslashes"],
    ["a line break", "a\nb", "control characters"],
    ["a null", "a\u0000b", "control characters"],
    ["a line separator", "a\u2028b", "control characters"],
    ["half a surrogate pair", "a\ud800b", "broken Unicode"],
    ["a character that HCL keeps for itself", "a\ue123", "broken Unicode"],
    ["a leading slash", "/kvv2/data", "leading slash"],
    ["an empty segment", "kvv2//data", "segment is empty"],
    ["a space at its end", "kvv2/data ", "space"],
    ["a space at its beginning", " kvv2/data", "space"],
    ["* inside", "kvv2/*/data", "plain character to Vault"],
    ["** at the end", "kvv2/**", "plain character to Vault"],
    ["+*", "kvv2/+*", 'Vault forbids "+*"'],
    ["+* after a name", "kvv2/a+*", 'Vault forbids "+*"'],
    ["+ at the beginning of a name", "kvv2/+a", "whole segment"],
    ["an open template", "a/{{identity.entity.id", "close every {{"],
    ["a closed template that was never opened", "a/identity}}", "close every {{"],
    ["a template that Vault does not know", "a/{{identity.name}}", "silently drops"],
    ["a template of time", "a/{{time.now}}", "silently drops"],
  ])("refuses a path with %s", (_, path, hint) => {
    const error = problemsOf({ path, capabilities: read });
    expect(error.message).toContain(hint);
    expect(error.problems).toEqual([expect.objectContaining({ where: "path of a rule", given: JSON.stringify(path) })]);
  });

  test("refuses a rule without capabilities, and capabilities that Vault does not know", () => {
    expect(problemsOf({ path: "a", capabilities: [] }).message).toContain("given none");
    expect(problemsOf({ path: "a", capabilities: ["read", "write" as Capability] }).message).toContain('given "write"');
  });

  test.each([
    ["in one rule", [{ path: "a", capabilities: ["deny", "read"] as Capability[] }]],
    [
      "spread over two",
      [
        { path: "a", capabilities: ["deny"] as Capability[] },
        { path: "a", capabilities: read },
      ],
    ],
  ])("refuses deny beside another capability on one path, %s", (_, rules) => {
    expect(problemsOf(...rules).problems).toEqual([
      expect.objectContaining({ where: 'rule on "a"', given: "read, deny" }),
    ]);
  });

  test("takes deny alone, also twice", () => {
    const deny: PolicyRule = { path: "a", capabilities: ["deny"] };
    expect(PolicyDocument.of(deny, deny).render()).toContain('["deny"]');
  });

  test.each(["${a}", "%{a}", "a\rb", "\u0007"])("refuses the comment %j", (comment) => {
    expect(problemsOf({ path: "a", capabilities: read, comment }).problems[0]?.where).toContain("comment");
  });

  test("lists everything that is wrong at once, with where, given, accepted and a hint", () => {
    const error = problemsOf(
      { path: "/a", capabilities: [] },
      { path: "b${c}", capabilities: read, comment: "${d}" },
      { path: "fine", capabilities: read },
    );
    expect(error.problems).toHaveLength(4);
    expect(error.message.split("\n")).toHaveLength(4);
    expect(error.message).toMatch(/^path of a rule: given "\/a"; accepted: .+\. Hint: drop the leading slash/);
  });

  test("knows every capability of Vault 1.21, in the order in which they are written", () => {
    expect(sortCapabilities([...CAPABILITIES].reverse())).toEqual(CAPABILITIES);
    expect(sortCapabilities(["list", "read", "list"])).toEqual(["read", "list"]);
  });
});
