import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import ts from "typescript";

/** The project's folder. */
export const ROOT = join(__dirname, "../..");

/** Folders that no commit holds. */
const NOT_COMMITTED = ["node_modules", ".git", "cdktf.out", ".tmp", "coverage", "dist", "state"];

/** Every file that a commit may hold, from the project's folder on, with slashes. */
export function projectFiles(under = ""): string[] {
  return readdirSync(join(ROOT, under), { withFileTypes: true })
    .filter(({ name }) => !NOT_COMMITTED.includes(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? projectFiles(posix.join(under, entry.name))
        : entry.isFile()
          ? [posix.join(under, entry.name)]
          : [],
    )
    .sort();
}

/** Every TypeScript file in some folders. */
export function sourceFiles(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) => projectFiles(folder)).filter((file) => file.endsWith(".ts"));
}

/** A file's text, with the line ends of Unix. */
export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), "utf8").replaceAll("\r\n", "\n");
}

const parsed = new Map<string, ts.SourceFile>();

/** A file as TypeScript reads it. */
export function parse(file: string): ts.SourceFile {
  const known = parsed.get(file);
  if (known) return known;
  const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ES2022, true);
  parsed.set(file, source);
  return source;
}

/** Every node of a file, from the top. */
export function nodes(node: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (each: ts.Node): void => {
    found.push(each);
    // getChildren would go through every token.
    ts.forEachChild(each, visit);
  };
  visit(node);
  return found;
}

/** `file:line` of a node, to click on. */
export function place(file: string, node: ts.Node): string {
  const source = node.getSourceFile();
  return `${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;
}

/** What a file imports, in whichever way: statements, re-exports, types, `require` and `import()`. */
export function imports(file: string): string[] {
  const found: string[] = [];
  const take = (node: ts.Node | undefined) => {
    if (node && ts.isStringLiteralLike(node)) found.push(node.text);
  };
  for (const node of nodes(parse(file))) {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) take(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node)) take(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
    else if (ts.isExternalModuleReference(node)) take(node.expression);
    else if (
      ts.isCallExpression(node) &&
      (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        node.expression.getText() === "require" ||
        node.expression.getText() === "require.resolve")
    )
      take(node.arguments[0]);
  }
  return found;
}

/** The file of ours that a relative import means; undefined for a package. */
export function resolveImport(file: string, specifier: string, files: ReadonlySet<string>): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = relative(ROOT, join(ROOT, file, "..", specifier))
    .split(sep)
    .join("/");
  const candidates = [path, `${path}.ts`, `${path}.json`, `${path}.mjs`, `${path}.js`, posix.join(path, "index.ts")];
  return candidates.find((each) => files.has(each)) ?? path;
}
