import ts from "typescript";
import { nodes, parse, place, sourceFiles } from "../helpers/source";

const FOLDERS = ["model", "policies", "constructs", "stacks", "access", "cli"];
const LIBRARY = ["model", "policies", "constructs", "stacks"];

/** What is said in docstrings of a node: its own, or its statement's. */
function docstring(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .map((each) => each.getText())
    .join("\n");
}

const isExported = (node: ts.Node) =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

test.each(FOLDERS)("everything that a file in %s exports has a docstring", (folder) => {
  const without = sourceFiles(folder).flatMap((file) => {
    const exported = parse(file).statements.filter(
      (statement) => isExported(statement) && !ts.isExportDeclaration(statement),
    );
    // Of overloads one is enough.
    const said = new Set(exported.filter((statement) => docstring(statement) !== "").map(nameOf));
    return exported
      .filter((statement) => docstring(statement) === "" && !said.has(nameOf(statement)))
      .map((statement) => `${place(file, statement)} ${nameOf(statement)}`);
  });
  expect(without).toEqual([]);
});

function nameOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText()).join(", ");
  return (statement as unknown as ts.NamedDeclaration).name?.getText() ?? "default";
}

/** Interfaces and types that a caller fills in, beside those of model/config/. */
const FILLED_IN = /(Props|Config|Options)$/;

/** The optional fields that a caller may leave out, in a file. */
function optionalFields(file: string): ts.PropertySignature[] {
  const declarations = parse(file).statements.filter(
    (statement) => ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement),
  );
  return declarations
    .filter(({ name }) => file.startsWith("model/config/") || FILLED_IN.test(name.text))
    .flatMap((declaration) =>
      [...nodes(declaration)].filter(
        (node): node is ts.PropertySignature => ts.isPropertySignature(node) && node.questionToken !== undefined,
      ),
    );
}

const defaults = (field: ts.PropertySignature) =>
  ts.getJSDocTags(field).filter(({ tagName }) => tagName.text === "default");

// Not in cli/: there such types are what a command's words, or a server's answer, are read into.
test.each(LIBRARY)("every field in %s that a caller may leave out says what happens then", (folder) => {
  const fields = sourceFiles(folder).flatMap((file) =>
    optionalFields(file).map((field) => [place(file, field), field] as const),
  );
  const silent = fields
    .filter(
      ([, field]) =>
        defaults(field).length !== 1 ||
        /^(undefined)?$/.test(ts.getTextOfJSDocComment(defaults(field)[0]!.comment)?.trim() ?? ""),
    )
    .map(([where, field]) => `${where} ${field.name.getText()}`);
  expect(silent).toEqual([]);
});

test("fields that a caller may leave out are found", () => {
  const found = sourceFiles(...LIBRARY).flatMap(optionalFields);
  expect(found.length).toBeGreaterThan(50);
});

test("every prop of a construct is readonly", () => {
  const writable = sourceFiles("constructs", "model").flatMap((file) =>
    [...nodes(parse(file))]
      .filter(
        (node): node is ts.PropertySignature =>
          ts.isPropertySignature(node) &&
          ts.isInterfaceDeclaration(node.parent) &&
          (FILLED_IN.test(node.parent.name.text) || file.startsWith("model/")),
      )
      .filter((node) => !(node.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword))
      .map((node) => `${place(file, node)} ${node.name.getText()}`),
  );
  expect(writable).toEqual([]);
});
