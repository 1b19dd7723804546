import ts from "typescript";
import { nodes, parse, sourceFiles } from "../helpers/source";

/** What an adopter imports is used outside of this project. */
const PUBLIC = /^(constructs|model)\//;

test("nothing is exported that nobody imports", () => {
  const files = sourceFiles("").filter((file) => file.endsWith(".ts"));
  const trees = files.map((file) => [file, parse(file)] as const);
  const users = new Map<string, Set<string>>();
  for (const [file, tree] of trees)
    for (const node of nodes(tree))
      if (ts.isIdentifier(node) && !ts.isExportSpecifier(node.parent))
        users.set(node.text, (users.get(node.text) ?? new Set()).add(file));
  const exported = trees.flatMap(([file, tree]) =>
    tree.statements
      .filter(
        (each) => ts.canHaveModifiers(each) && each.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
      )
      .flatMap((each) =>
        ts.isInterfaceDeclaration(each) || ts.isTypeAliasDeclaration(each)
          ? [] // part of the signature of something that is exported
          : ts.isVariableStatement(each)
            ? each.declarationList.declarations.map(({ name }) => name.getText())
            : [(each as ts.DeclarationStatement).name?.getText() ?? ""],
      )
      .map((name) => [file, name] as const),
  );
  const unused = exported
    .filter(([file]) => !PUBLIC.test(file) && !file.startsWith("test/"))
    .filter(([file, name]) => name !== "" && [...(users.get(name) ?? [])].every((user) => user === file));
  expect(unused.map(([file, name]) => `${file}: ${name}`)).toEqual([]);
});
