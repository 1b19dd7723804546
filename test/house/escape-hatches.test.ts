import ts from "typescript";
import { nodes, parse, place, sourceFiles, textOf } from "../helpers/source";

/**
 * Every way around cdktf's and the bindings' types, and why it is there. One that is not listed fails; so does one that
 * is no more.
 */
const ESCAPE_HATCHES: readonly { readonly file: string; readonly call: string; readonly reason: string }[] = [
  {
    file: "constructs/handed-over.ts",
    call: "overrideLogicalId",
    reason: "The variable has the name that people put after TF_VAR_, whatever construct it is in.",
  },
  {
    file: "constructs/handed-over.ts",
    call: 'addOverride("ephemeral")',
    reason: "cdktf's variable has no `ephemeral`, which came with Terraform 1.10.",
  },
  {
    file: "constructs/providers.ts",
    call: 'addOverride("terraform.required_version")',
    reason: "cdktf has no setting for it.",
  },
  {
    file: "constructs/providers.ts",
    call: "addOverride(`terraform.required_providers.${name}.version`)",
    reason: "The prebuilt bindings ask for the version that they were made from; we run the one that we test.",
  },
];

const SHIPPED = ["model", "policies", "constructs", "stacks", "access", "cli", "config"];
const WAYS_AROUND = [
  "addOverride",
  "overrideLogicalId",
  "resetOverrideLogicalId",
  "rawOverrides",
  "addMoveTarget",
  "moveTo",
  "moveFromId",
  "importFrom",
];

function hatches(file: string): string[] {
  return [...nodes(parse(file))].filter(ts.isCallExpression).flatMap(({ expression, arguments: [first] }) => {
    const name = ts.isPropertyAccessExpression(expression)
      ? expression.name.text
      : ts.isElementAccessExpression(expression)
        ? expression.argumentExpression.getText().slice(1, -1)
        : "";
    if (!WAYS_AROUND.includes(name)) return [];
    return [name === "addOverride" ? `${name}(${first?.getText() ?? ""})` : name];
  });
}

test("every escape hatch is one of the list, and every one of the list is there", () => {
  const found = sourceFiles(...SHIPPED).flatMap((file) => hatches(file).map((call) => ({ file, call })));
  expect(found).toEqual(ESCAPE_HATCHES.map(({ file, call }) => ({ file, call })));
});

test("every escape hatch has a reason", () => {
  for (const { reason } of ESCAPE_HATCHES) expect(reason.split(" ").length).toBeGreaterThan(3);
});

test("no operator's object may be used from every namespace", () => {
  const wildcards = sourceFiles(...SHIPPED).flatMap((file) =>
    [...nodes(parse(file))]
      .filter(
        (node): node is ts.PropertyAssignment =>
          ts.isPropertyAssignment(node) &&
          /allowedNamespaces|bound_?service_?account_?name(space)?s/i.test(node.name.getText()),
      )
      .filter(
        ({ name, initializer }) => /allowedNamespaces/.test(name.getText()) || initializer.getText().includes("*"),
      )
      .map((node) => place(file, node)),
  );
  expect(wildcards).toEqual([]);
});

test("what is dangerous is called so: no check of a certificate is turned off", () => {
  const off = sourceFiles(...SHIPPED).filter((file) =>
    /skip_?tls_?verify['"]?\s*[:=]\s*true|rejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED/i.test(
      textOf(file),
    ),
  );
  expect(off).toEqual([]);
});

test("no type is thrown away: neither `any` nor a comment that silences the compiler", () => {
  const silenced = sourceFiles(...SHIPPED).flatMap((file) => [
    ...[...nodes(parse(file))]
      .filter((node) => node.kind === ts.SyntaxKind.AnyKeyword)
      .map((node) => place(file, node)),
    ...(/@ts-(ignore|nocheck|expect-error)/.test(textOf(file)) ? [file] : []),
  ]);
  expect(silenced).toEqual([]);
});
