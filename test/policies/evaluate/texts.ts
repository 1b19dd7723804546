import fc from "fast-check";

const paths = [
  '"secret/a"',
  '"secret/*"',
  '"secret/+/d"',
  '"/secret/b"',
  "secret",
  '""',
  '"+*"',
  '"secret/{{identity.entity.id}}"',
  '"secret/{{"',
  '"a${b}"',
  '"a\\"b"',
  '"path"',
];
const values = [
  '"read"',
  '["read"]',
  '["read", "list",]',
  '["create" "read"]',
  "[]",
  '["deny", "read"]',
  '["Read"]',
  "[,]",
  '"write"',
  '"deny"',
  "true",
  "60",
  '"60s"',
  "60s",
  "0",
  '"1d"',
  "-5",
  "1.5",
  "{}",
  '{ "a" = [] }',
  '{ "a" = ["x", 1, true] "b" = [] }',
  "{ a = [], }",
  '{ "a" = "x" }',
  '[{"a" = "b"}]',
  "null",
  "<<EOT\nread\nEOT\n",
];
const keys = [
  "capabilities",
  "policy",
  "comment",
  "allowed_parameters",
  "denied_parameters",
  "required_parameters",
  "min_wrapping_ttl",
  "max_wrapping_ttl",
  "subscribe_event_types",
  '"capabilities"',
  "mfa_methods",
  "extra",
  "true",
];
const spaces = [
  "",
  " ",
  "\n",
  "\t",
  "\r\n",
  " # note\n",
  " // note\r\n",
  "/* a\n b */",
  "\r",
  "# a\rb\n",
  "\ufeff",
  "/*/",
];

const space = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(" ", "\n", "") },
  { weight: 2, arbitrary: fc.constantFrom(...spaces) },
);
const likely = fc.constantFrom(
  'capabilities = ["read"]',
  'capabilities = ["create", "update"]',
  'capabilities = ["deny"]',
  "capabilities = []",
  'policy = "read"',
  'policy = "sudo"',
  'comment = "why"',
  'allowed_parameters = { "a" = ["x", 1, true], "B" = [] }',
  'denied_parameters { "*" = [] }',
  'required_parameters = ["a"]',
  'min_wrapping_ttl = "1h30m"',
  "max_wrapping_ttl = 90000",
  'subscribe_event_types = ["*"]',
);
const attribute = fc.oneof(
  { weight: 9, arbitrary: likely },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...keys),
        space,
        fc.constantFrom("=", "=", "=", "", ":"),
        space,
        fc.constantFrom(...values),
      )
      .map((parts) => parts.join("")),
  },
);
const body = fc
  .array(
    fc
      .tuple(
        space,
        attribute,
        fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom("\n", "\n", ",", " ") },
          { weight: 1, arbitrary: fc.constantFrom(";", "") },
        ),
      )
      .map((parts) => parts.join("")),
    { maxLength: 3 },
  )
  .map((lines) => lines.join(""));
const path = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('"secret/a"', '"secret/*"', '"secret/+/d"', '"/secret/b"') },
  { weight: 1, arbitrary: fc.constantFrom(...paths) },
);
const word = fc.oneof(
  { weight: 12, arbitrary: fc.constant("path") },
  { weight: 1, arbitrary: fc.constantFrom('"path"', "Path", "name", "paths", "") },
);
const block = fc
  .tuple(
    space,
    word,
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(" ", "\n", "") }, { weight: 1, arbitrary: fc.constant(" = ") }),
    path,
    space,
    fc.oneof({ weight: 12, arbitrary: fc.constant("{") }, { weight: 1, arbitrary: fc.constantFrom("= {", "") }),
    body,
    space,
    fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom("}", "},") },
      { weight: 1, arbitrary: fc.constantFrom("", "}}") },
    ),
  )
  .map((parts) => parts.join(""));
const hcl = fc
  .tuple(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom("", 'name = "n"\n') },
      { weight: 1, arbitrary: fc.constant("name = 3\n") },
    ),
    fc.array(block, { maxLength: 3 }),
    space,
  )
  .map(([name, blocks, end]) => name + blocks.join("\n") + end);

const jsonBody = fc.oneof(
  fc.constantFrom<unknown>(
    { capabilities: ["read"] },
    { capabilities: ["create", "deny"] },
    { policy: "write" },
    {},
    { capabilities: [] },
    { capabilities: ["update"], allowed_parameters: { a: ["x"], b: [] } },
  ),
  fc.constantFrom<unknown>(
    { allowed_parameters: { a: [] } },
    { capabilities: "read" },
    { capabilities: ["read", true] },
    { capabilities: [["read"]] },
    [{ capabilities: ["read"] }],
    [],
    "read",
    null,
    { comment: "why", capabilities: ["list"] },
    { capabilities: ["read"], denied_parameters: { a: [{ b: "c" }] } },
    { capabilities: ["read"], extra: 1 },
    { capabilities: ["read"], max_wrapping_ttl: 60 },
  ),
);
const jsonRules = fc
  .array(fc.tuple(fc.constantFrom("secret/a", "secret/*", "secret/+/d", "path", "capabilities", ""), jsonBody), {
    maxLength: 3,
  })
  .map((all) => `{${all.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(", ")}}`);
const json = fc
  .tuple(
    space,
    fc.constantFrom("path", "path", "path", "name"),
    fc.oneof(
      jsonRules,
      fc.array(jsonRules, { maxLength: 2 }).map((all) => `[${all.join(",")}]`),
    ),
    fc.constantFrom(
      "}",
      "}",
      "}",
      ',"name": "n"}',
      ',"path": {"secret/b": {"capabilities": ["list"]}}}',
      "} x",
      ",}",
      "",
    ),
  )
  .map(([before, key, value, end]) => `${before}{"${key}": ${value}${end}`);

/** Texts of policies, most of them nearly right: HCL and JSON with the forms that readers disagree on. */
export const policyTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: hcl },
  { weight: 1, arbitrary: json },
);
