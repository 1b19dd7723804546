import { renderStack } from "./render-stack";
import type { StackJson } from "./synth";

const stack = (block: object): StackJson => ({
  terraform: {},
  provider: {},
  resource: { vault_policy: { shop: block as { [name: string]: unknown } } },
});
const rendered = (block: object) => renderStack(stack(block)).split("vault_policy.shop:\n")[1];

test.each<[string, object, string]>([
  [
    "a policy as the lines that it has",
    { policy: 'path "x" {\n  capabilities = ["read"]\n}\n' },
    '  policy: |\n    path "x" {\n      capabilities = ["read"]\n    }\n',
  ],
  ["a text of lines without a last line break", { text: "a\nb" }, "  text: |-\n    a\n    b\n"],
  ["a blank line without spaces", { text: "a\n\nb\n" }, "  text: |\n    a\n\n    b\n"],
  [
    "JSON in a text as what it holds",
    { data_json: '{"b":[1,2],"a":{"c":"x"}}' },
    "  data_json: !json\n    a:\n      c: x\n    b: [1, 2]\n",
  ],
  [
    "values of a chart in a list as what they hold",
    { values: ['{"a":{"b":1}}'] },
    "  values:\n    - !json\n      a:\n        b: 1\n",
  ],
  ["what only looks like JSON as the text that it is", { text: "{not json" }, '  text: "{not json"\n'],
  [
    "objects in a list",
    { list: [{ b: 1, a: { c: 2 } }, {}] },
    "  list:\n    - a:\n        c: 2\n      b: 1\n    - {}\n",
  ],
  ["empty objects and lists", { a: {}, b: [] }, "  a: {}\n  b: []\n"],
  [
    "texts that YAML would take for something else in quotes",
    { a: "true", b: "12", c: "", d: "x: y", e: "x #y", f: "no", g: "- x", h: "*" },
    '  a: "true"\n  b: "12"\n  c: ""\n  d: "x: y"\n  e: "x #y"\n  f: "no"\n  g: "- x"\n  h: "*"\n',
  ],
  [
    "plain texts without quotes",
    { a: "kvv2/data/x", b: "${var.x}", c: "http://vault:8200", d: "~/.kube/config" },
    "  a: kvv2/data/x\n  b: ${var.x}\n  c: http://vault:8200\n  d: ~/.kube/config\n",
  ],
  [
    "no metadata of cdktf's, and no null",
    { "//": { metadata: { path: "/x" } }, a: null, b: [{ c: null, d: 1 }] },
    "  b:\n    - d: 1\n",
  ],
])("renders %s", (_, block, text) => {
  expect(rendered(block)).toBe(text);
});

test("renders the same text in whatever order objects are written", () => {
  expect(renderStack(stack({ a: { b: 1, c: 2 }, d: 3 }))).toBe(renderStack(stack({ d: 3, a: { c: 2, b: 1 } })));
});

test("renders what is removed, ephemeral, variable and of a provider", () => {
  const json: StackJson = {
    terraform: { required_version: ">= 1.11.0" },
    provider: { vault: [{ skip_child_token: true }] },
    variable: { address: { type: "string" } },
    ephemeral: { random_password: { ann: { length: 32 } } },
    removed: [{ from: "vault_kv_secret_v2.shop", lifecycle: { destroy: false } }],
  };
  expect(renderStack(json)).toBe(
    [
      "provider.vault:\n  skip_child_token: true\n",
      'terraform:\n  required_version: ">= 1.11.0"\n',
      "variable:\n  address:\n    type: string\n",
      "ephemeral.random_password.ann:\n  length: 32\n",
      "removed.vault_kv_secret_v2.shop:\n  from: vault_kv_secret_v2.shop\n  lifecycle:\n    destroy: false\n",
    ].join("\n"),
  );
});
