import ts from "typescript";
import { imports, nodes, parse, projectFiles, resolveImport, sourceFiles, textOf } from "../helpers/source";

/** The import rule: which folder may import which. The linter has the same table. */
const MAY_IMPORT: { readonly [folder: string]: readonly string[] } = {
  model: [],
  config: ["model"],
  "policies/write": ["model"],
  "policies/evaluate": ["policies/write/index.ts", "model"],
  "resource-types": ["policies/write/index.ts", "policies/evaluate/index.ts", "model"],
  constructs: ["model", "policies/write/index.ts"],
  stacks: ["constructs", "model", "policies/write/index.ts", "resource-types/index.ts"],
  access: ["resource-types/index.ts", "policies/write/index.ts", "policies/evaluate/index.ts", "model"],
  cli: [
    "access",
    "resource-types/index.ts",
    "policies/write/index.ts",
    "policies/evaluate/index.ts",
    "model",
    "config",
    "constructs",
    "stacks/index.ts",
  ],
  ci: ["cli", "access", "model"],
};

const files = new Set(projectFiles());
const folders = Object.keys(MAY_IMPORT);

test("the linter holds the very same table", () => {
  const config = ts.createSourceFile("eslint.config.mjs", textOf("eslint.config.mjs"), ts.ScriptTarget.ES2022, true);
  const declaration = [...nodes(config)].find(
    (node): node is ts.VariableDeclaration => ts.isVariableDeclaration(node) && node.name.getText() === "mayImport",
  )!;
  const table = (declaration.initializer as ts.ObjectLiteralExpression).properties.map((property) => {
    const { name, initializer } = property as ts.PropertyAssignment;
    return [
      (name as ts.Identifier | ts.StringLiteral).text,
      (initializer as ts.ArrayLiteralExpression).elements.map((element) => (element as ts.StringLiteral).text),
    ] as const;
  });
  expect(Object.fromEntries(table)).toEqual(MAY_IMPORT);
});

test.each(folders)("%s imports what the table allows, and nothing else of ours", (folder) => {
  const allowed = [folder, ...MAY_IMPORT[folder]!];
  const beyond = sourceFiles(folder).flatMap((file) =>
    imports(file).flatMap((specifier) => {
      const target = resolveImport(file, specifier, files);
      return target === undefined || allowed.some((each) => target === each || target.startsWith(`${each}/`))
        ? []
        : [`${file} imports ${target}`];
    }),
  );
  expect(beyond).toEqual([]);
});

test("nothing that ships imports a test", () => {
  const shipped = [...sourceFiles(...folders), "main.ts"];
  expect(
    shipped.filter((file) =>
      imports(file).some((specifier) => resolveImport(file, specifier, files)?.startsWith("test/")),
    ),
  ).toEqual([]);
});

test("every relative import means a file that is there", () => {
  const dangling = sourceFiles(...folders).flatMap((file) =>
    imports(file).flatMap((specifier) => {
      const target = resolveImport(file, specifier, files);
      return target && !files.has(target) ? [`${file}: ${specifier}`] : [];
    }),
  );
  expect(dangling).toEqual([]);
});

test("providers are imported by resource: a package root loads every resource, and triples the start-up time", () => {
  const roots = sourceFiles("").flatMap((file) =>
    imports(file)
      .filter((specifier) => /^@cdktf\/provider-[a-z]+(\/lib)?\/?$/.test(specifier))
      .map((specifier) => `${file}: ${specifier}`),
  );
  expect(roots).toEqual([]);
});

test("the model is pure: no cdktf, no process and no files", () => {
  const impure = sourceFiles("model").flatMap((file) => [
    ...imports(file)
      .filter(
        (specifier) =>
          !specifier.startsWith(".") &&
          // Of crypto: whether a text is a certificate.
          !["fastest-levenshtein", "node:crypto", "node:net", "node:path"].includes(specifier),
      )
      .map((specifier) => `${file} imports ${specifier}`),
    ...(/\bprocess\./.test(textOf(file)) ? [`${file} asks the process`] : []),
  ]);
  expect(impure).toEqual([]);
});

test("policies, resource types and access know nothing of cdktf", () => {
  expect(
    sourceFiles("policies", "resource-types", "access").filter((file) =>
      imports(file).some((specifier) => /^(cdktf|constructs|@cdktf)(\/|$)/.test(specifier)),
    ),
  ).toEqual([]);
});

test("nothing imports in a circle", () => {
  const graph = new Map(
    sourceFiles(...folders).map((file) => [
      file,
      imports(file).flatMap((specifier) => resolveImport(file, specifier, files) ?? []),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) return void circles.push([...way.slice(way.indexOf(file)), file].join(" → "));
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of [...graph.keys()]) if (!isBarrel(file)) visit(file, []);
  expect(circles).toEqual([]);
});

/** An index that only re-exports. */
function isBarrel(file: string): boolean {
  return file.endsWith("/index.ts") && parse(file).statements.every(ts.isExportDeclaration);
}
