import { readPolicy, type ParsedRule } from "../../../policies/evaluate/read";
import { factsOf, refusalOf } from "./lists";

const rule = (body: string): string => `path "a" { ${body} }`;

describe("the reader of policies, in HCL", () => {
  test("reads the canonical form, with the place of every rule", () => {
    const text =
      '# why\npath "kvv2/data/sample/*" {\n  capabilities = ["create", "read"]\n}\n\npath "b" {\n  ' +
      'capabilities = ["deny"]\n}\n';
    expect(readPolicy(text).rules).toEqual<ParsedRule[]>([
      { path: "kvv2/data/sample/*", capabilities: ["create", "read"], limits: [] },
      { path: "b", capabilities: ["deny"], limits: [] },
    ]);
  });

  test.each([
    ["no space at all", 'path"a"{capabilities=["read"]}'],
    ["line breaks anywhere", 'path\n"a"\n{\ncapabilities\n=\n[\n"read"\n]\n}'],
    ["tabs and carriage returns", 'path\t"a" {\r\n\tcapabilities = ["read"]\r\n}\r\n'],
    ["commas after members and rules", 'path "a" { capabilities = ["read",], },'],
    ["comments of three kinds", '/* one\n two */ path "a" { # three\n capabilities = [ // four\n "read" /**/ ] }'],
    ["quoted keys", '"path" "a" { "capabilities" = ["read"] }'],
    ["a comment as an attribute", 'path "a" { comment = "why \\"so\\"" capabilities = ["read"] }'],
    ["a name, which has no effect", 'name = "other"\npath "a" { capabilities = ["read"] }'],
    ["a capability twice", rule('capabilities = ["read", "read"]')],
  ])("takes %s", (_, text) => {
    expect(factsOf(text)).toEqual([["a", "read"]]);
  });

  test("ends a comment at a line feed only: to Vault a lone carriage return is part of the comment", () => {
    expect(factsOf('# note\rpath "a" { capabilities = ["read"] }\npath "b" { capabilities = ["list"] }')).toEqual([
      ["b", "list"],
    ]);
  });

  test.each([
    ["", ""],
    ["capabilities = []", ""],
    ['capabilities = ["read", "deny"]', "deny"],
    ['policy = "deny"', "deny"],
    ['policy = "read"', "read list"],
    ['policy = "write"', "create read update delete list"],
    ['policy = "sudo"', "create read update delete list sudo"],
    ['policy = "read"\ncapabilities = ["patch"]', "read patch list"],
    ['policy = "deny"\ncapabilities = ["read"]', "deny"],
    [
      'capabilities = ["subscribe", "recover", "sudo", "list", "delete", "patch", "update", "read", "create"]',
      "create read update patch delete list sudo subscribe recover",
    ],
    ['capabilities = ["deny"]\nrequired_parameters = ["x"]', "deny"],
    [
      'capabilities = ["read"]\nallowed_parameters = {}\ndenied_parameters {}\nrequired_parameters ' +
        "= []\nmin_wrapping_ttl = 0",
      "read",
    ],
  ])("reads the body %j as: %s", (body, capabilities) => {
    const [read] = readPolicy(rule(body)).rules;
    expect(read?.capabilities.join(" ")).toBe(capabilities);
    expect(read?.limits).toEqual([]);
  });

  test.each([
    ['allowed_parameters = { "a" = ["x", 1, true, { "b" = "c" }, ["d"]], "B" = [] }', "allowed_parameters"],
    ['allowed_parameters { "a" = [] }', "allowed_parameters"],
    ['denied_parameters = { "*" = [] }', "denied_parameters"],
    ['required_parameters = ["a"]', "required_parameters"],
    ["min_wrapping_ttl = 60", "min_wrapping_ttl"],
    ['min_wrapping_ttl = "90"', "min_wrapping_ttl"],
    ['max_wrapping_ttl = "1h30m"', "max_wrapping_ttl"],
    ['max_wrapping_ttl = "2d"', "max_wrapping_ttl"],
    ['max_wrapping_ttl = "1.5h"', "max_wrapping_ttl"],
    ['subscribe_event_types = ["kv*"]', "subscribe_event_types"],
  ])("keeps that %s narrows the rule", (body, limit) => {
    expect(readPolicy(rule(`capabilities = ["read"]\n${body}`)).rules[0]?.limits).toEqual([limit]);
  });

  test("keeps several blocks on one path apart, in order: they add up later", () => {
    expect(factsOf('path "a" { capabilities = ["read"] }\npath "a" { capabilities = ["list"] }')).toEqual([
      ["a", "read"],
      ["a", "list"],
    ]);
  });

  test("takes paths that Vault takes and our own writer refuses", () => {
    expect(factsOf('path "/a*b/+c" {}').concat(factsOf('path "a//b" {}'))).toEqual([
      ["/a*b/+c", ""],
      ["a//b", ""],
    ]);
  });

  test("takes a day for longer than 23 hours and shorter than 25", () => {
    expect(factsOf(rule('min_wrapping_ttl = "23h" max_wrapping_ttl = "1d"'))).toHaveLength(1);
    expect(factsOf(rule('min_wrapping_ttl = "1d" max_wrapping_ttl = "25h"'))).toHaveLength(1);
    expect(refusalOf(rule('min_wrapping_ttl = "1d" max_wrapping_ttl = "23h"')).message).toContain("Vault refuses");
  });

  test("finds no rules in comments alone", () => {
    expect(factsOf("# nothing\n")).toEqual([]);
  });

  test.each([
    ["an empty text", "", "line 1, column 1", "empty policy text"],
    ["another top-level key", 'paths "a" {}', "line 1, column 1", "a rule is path"],
    ["a key in capitals", 'Path "a" {}', "line 1, column 1", "a rule is path"],
    ["a path without a label", "path {}", "line 1, column 1", "double quotes"],
    ["a path as an attribute", 'path = { "a" = {} }', "line 1, column 1", "double quotes"],
    ["a path without quotes", "path a {}", "line 1, column 6", "double quotes"],
    ["an assigned block", 'path "a" = {}', "line 1, column 10", "write path"],
    ["two labels", 'path "a" "b" {}', "line 1, column 10", "write path"],
    ["an empty path", 'path "" {}', "line 1, column 6", "name the path"],
    ["a path that is a slash alone", 'path "/" {}', "line 1, column 6", "name the path"],
    [
      "what stands after comments of two lines",
      '/* a\n b */ /* c\n */ rule "a" {}',
      "line 3, column 5",
      "a rule is path",
    ],
    ["+*", 'path "a/+*" {}', "line 1, column 6", 'forbids "+*"'],
    ["a template left open", 'path "a/{{b" {}', "line 1, column 6", "close every {{"],
    ["a template of time", 'path "a/{{ time.now }}" {}', "line 1, column 6", "changes with the time"],
    ["a template of a later time", 'path "{{time.now.plus.1h}}" {}', "line 1, column 6", "changes with the time"],
    ["a block that is not closed", 'path "a" {\n', "line 2, column 1", "a rule is path"],
    ["a brace too many", 'path "a" {}\n}', "line 2, column 1", "a rule is path"],
    ["an interpolation", 'path "a${b}" {}', "line 1, column 8", "a meaning of their own"],
    ["a Terraform directive", 'path "a%{b}" {}', "line 1, column 8", "a meaning of their own"],
    ["a here-document", "path <<EOT\na\nEOT\n{}", "line 1, column 6", "here-document"],
    ["a text over two lines", 'path "a\nb" {}', "line 1, column 6", "close it"],
    ["a tab in a text", 'path "a\tb" {}', "line 1, column 8", "\\t"],
    ["an escape of another kind", 'path "a\\x41" {}', "line 1, column 8", "the character itself"],
    ["a comment that does not end", "/* path", "line 1, column 1", "*/"],
    ["a slash that is no comment", "/ path", "line 1, column 1", "quote texts"],
    ["a byte order mark", '\ufeffpath "a" {}', "line 1, column 1", "quote texts"],
    ["a null", "# ok\n# \u0000", "line 2, column 3", "remove the character"],
    ["half a surrogate pair", "# \ud800", "line 1, column 3", "remove the character"],
    ["a semicolon", 'path "a" { policy = "read"; }', "line 1, column 27", "quote texts"],
    ["a capability without quotes", rule("capabilities = [read]"), "line 1, column 28", "double quotes"],
    ["capabilities that are one text", rule('capabilities = "read"'), "line 1, column 27", "does not guess"],
    ["an unknown capability", rule('capabilities = ["write"]'), "line 1, column 28", "lower case"],
    ["a capability in capitals", rule('capabilities = ["Read"]'), "line 1, column 28", "lower case"],
    ["a capability that is a number", rule("capabilities = [1]"), "line 1, column 28", "lower case"],
    ["no comma between capabilities", rule('capabilities = ["read" "list"]'), "line 1, column 35", "commas"],
    ["a comma too many in a list", rule('capabilities = ["read",,]'), "line 1, column 35", "double quotes"],
    [
      "capabilities twice",
      rule('capabilities = ["read"]\ncapabilities = ["list"]'),
      "line 2, column 1",
      "give it once",
    ],
    [
      "capabilities twice, once in quotes",
      rule('capabilities = ["read"]\n"capabilities" = ["list"]'),
      "line 2, column 1",
      "give it once",
    ],
    ["an unknown key", rule('capability = ["read"]'), "line 1, column 12", "other keys"],
    ["a key that every object has", rule('constructor = ["read"]'), "line 1, column 12", "other keys"],
    ["control_group", rule('control_group = { factor "a" {} }'), "line 1, column 12", "Enterprise"],
    ["mfa_methods", rule('mfa_methods = ["a"]'), "line 1, column 12", "Enterprise"],
    ["a key that is true", rule("true = 1"), "line 1, column 12", "a rule is path"],
    ["an old policy of another name", rule('policy = "admin"'), "line 1, column 21", "capabilities"],
    ["an old policy that is no text", rule("policy = true"), "line 1, column 21", "does not guess"],
    ["an old policy named like a method", rule('policy = "toString"'), "line 1, column 21", "capabilities"],
    ["a comment that is no text", rule("comment = []"), "line 1, column 22", "does not guess"],
    ["a name that is no text", "name = 3", "line 1, column 1", "no effect"],
    ["parameters that are a list", rule('allowed_parameters = ["a"]'), "line 1, column 33", "does not guess"],
    ["a parameter that is no list", rule('denied_parameters = { "a" = "b" }'), "line 1, column 40", "does not guess"],
    [
      "a parameter twice, whatever its case",
      rule('denied_parameters = { "a" = [] "A" = [] }'),
      "line 1, column 43",
      "unite",
    ],
    ["required parameters that are an object", rule("required_parameters = {}"), "line 1, column 34", "does not guess"],
    ["a required parameter that is a number", rule("required_parameters = [1]"), "line 1, column 35", "does not guess"],
    ["a label on an attribute", rule('allowed_parameters "a" {}'), "line 1, column 31", "drop the text"],
    [
      "a time without a unit that is known",
      rule('min_wrapping_ttl = "5 minutes"'),
      "line 1, column 31",
      "does not guess",
    ],
    ["a negative time", rule("min_wrapping_ttl = -5"), "line 1, column 31", "does not guess"],
    ["an octal number", rule("min_wrapping_ttl = 010"), "line 1, column 31", "plain decimals"],
    ["a number with a unit outside quotes", rule("min_wrapping_ttl = 60s"), "line 1, column 31", "plain decimals"],
    [
      "a longest time below the shortest",
      rule('min_wrapping_ttl = "2m" max_wrapping_ttl = 60'),
      "line 1, column 1",
      "Vault refuses",
    ],
  ])("refuses %s, and says where", (_, text, where, hint) => {
    const [problem] = refusalOf(text).problems;
    expect(problem?.where).toBe(`policy, ${where}`);
    expect(problem?.hint).toContain(hint);
    expect([problem?.given, problem?.accepted].every(Boolean)).toBe(true);
  });

  test("lists everything that is wrong with rules at once, in order, under the name given", () => {
    expect(() => readPolicy('path "" {}\npath "a" { policy = 1 other = 2 }', "app-admin")).toThrow(
      /^app-admin, line 1, column 6: .+\napp-admin, line 2, column 21: .+\napp-admin, line 2, column 23: /,
    );
  });
});
