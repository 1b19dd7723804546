import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { format } from "prettier";
import ts from "typescript";

/**
 * `npm run docs`: writes the pages that are made from docstrings, and nothing else of docs/: a page per exported
 * construct, constructs/README.md and docs/configuration.md. test/house/docs.test.ts holds them up to date.
 */

/** The project's folder. */
const ROOT = join(__dirname, "..");

/** The folder whose files are all made here. */
export const PAGES = "docs/constructs";

/** Files of model/config/, in the order of a config. */
const CONFIG = [
  ...["platform", "vault", "login", "cluster", "environment", "app", "shared-set", "generated"],
  ...["people", "pipelines", "backend", "waivers", "adopted"],
];

const ENTRIES = ["constructs/index.ts", "model/duration.ts", ...CONFIG.map((name) => `model/config/${name}.ts`)];

/** Types only of our own files and of the language: those of the bindings would take ten times as long. */
function load(): ts.Program {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    lib: ["lib.es5.d.ts"],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, from, _redirect, given) =>
    literals.map(({ text }) =>
      text.startsWith(".") ? ts.resolveModuleName(text, from, given, host) : { resolvedModule: undefined },
    );
  return ts.createProgram(
    ENTRIES.map((file) => join(ROOT, file)),
    options,
    host,
  );
}

/** What stands in a docstring: its text, and its tags by name. */
interface Said {
  readonly text: string;
  readonly tags: { readonly [tag: string]: string };
}

function said(node: ts.Node): Said {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const written = (comment: ts.JSDoc["comment"]) =>
    (ts.getTextOfJSDocComment(comment) ?? "")
      .replace(/\{@link ([^}]+)\}/g, "`$1`")
      // A `<name>` outside of code would be read as HTML.
      .replace(/`[^`]*`|</g, (found) => (found === "<" ? "&lt;" : found));
  return {
    text: docs.map(({ comment }) => written(comment)).join("\n\n"),
    tags: Object.fromEntries(
      docs.flatMap(({ tags }) => tags ?? []).map(({ tagName, comment }) => [tagName.text, written(comment)]),
    ),
  };
}

const cell = (text: string) => text.replace(/\s+/g, " ").replaceAll("|", "\\|").trim();
const code = (text: string) => `\`${cell(text.replace(/\breadonly /g, ""))}\``;
const table = (heads: readonly string[], rows: readonly (readonly string[])[]) =>
  rows.length === 0
    ? ""
    : `${[heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")}\n`;

const isField = (node: ts.Node) => ts.isPropertySignature(node) || ts.isMethodSignature(node);

/** Rows of fields; of a field whose type is written out in place, its fields under it. */
function fieldRows(checker: ts.TypeChecker, fields: readonly ts.Node[], prefix = ""): string[][] {
  return fields.filter(isField).flatMap((field) => {
    const name = `${prefix}${field.name.getText()}${ts.isMethodSignature(field) ? "()" : ""}`;
    const { text, tags } = said(field);
    const fallback = field.questionToken ? cell(tags.default ?? "") : "required";
    const inside = field.type && ts.isTypeLiteralNode(field.type) ? field.type.members : [];
    const named = inside.some(isField);
    const type = named ? "an object of" : code(field.type?.getText() ?? "");
    return [
      [`\`${name}\``, type, fallback, cell(text || typeText(checker, field.type))],
      ...(named ? fieldRows(checker, [...inside], `${name}.`) : []),
    ];
  });
}

const FIELDS = ["field", "type", "default", "what it is"];

/** The first sentence of what a field's type, or one in it, says of itself: for a field that has nothing to add. */
function typeText(checker: ts.TypeChecker, type: ts.Node | undefined): string {
  if (!type) return "";
  if (ts.isTypeReferenceNode(type)) {
    const symbol = checker.getSymbolAtLocation(type.typeName);
    const declared = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const [declaration] = declared?.declarations ?? [];
    const text = declaration && ts.isStatement(declaration) ? said(declaration).text : "";
    if (text) return firstSentence(text);
  }
  return ts.forEachChild(type, (child) => typeText(checker, child) || undefined) ?? "";
}

const firstSentence = (text: string) => cell(/^[^]*?[.:](?=\s|$)/.exec(text)?.[0].replace(/:$/, ".") ?? text);

/** The fields of an interface, those that it extends too. */
function fieldsOf(checker: ts.TypeChecker, type: ts.Type): ts.Node[] {
  return checker.getPropertiesOfType(type).flatMap(({ declarations }) => declarations?.[0] ?? []);
}

/** A type alias: its variants, each with its fields, or what it is written as. */
function aliasText(checker: ts.TypeChecker, { type }: ts.TypeAliasDeclaration): string {
  const variants: readonly ts.TypeNode[] = ts.isUnionTypeNode(type) ? type.types : [type];
  const literals = variants.filter(ts.isTypeLiteralNode);
  if (literals.length < variants.length) return `${code(type.getText())}\n`;
  return literals
    .map(({ members }) => {
      const [first] = members;
      const tag = first && ts.isPropertySignature(first) && first.type && ts.isLiteralTypeNode(first.type) && first;
      const rows = fieldRows(
        checker,
        members.filter((member) => member !== tag),
      );
      return `${tag ? `${code(tag.getText().replace(";", ""))}\n\n` : ""}${table(FIELDS, rows)}`;
    })
    .join("\n");
}

function configuration(program: ts.Program): string {
  const checker = program.getTypeChecker();
  const sections = ENTRIES.slice(1).flatMap((file) =>
    program
      .getSourceFile(join(ROOT, file))!
      .statements.filter((each) => ts.isInterfaceDeclaration(each) || ts.isTypeAliasDeclaration(each))
      .filter((each) => each.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
      .map((each) => {
        const body = ts.isInterfaceDeclaration(each)
          ? table(FIELDS, fieldRows(checker, fieldsOf(checker, checker.getTypeAtLocation(each))))
          : aliasText(checker, each);
        return { name: each.name.text, text: `## ${each.name.text}\n\n${said(each).text}\n\n${body}` };
      }),
  );
  // A config begins with the platform, and what a time is written as comes last.
  const order = (name: string) => (name === "PlatformConfig" ? 0 : name === "DurationText" ? 2 : 1);
  sections.sort((a, b) => order(a.name) - order(b.name));
  return [
    "# The configuration\n",
    "Every field of a platform's config (`config/*.ts`), with its type, its default and its unit; a field without a " +
      "default is required. Whoever writes one gets the same from the editor, by `definePlatform`.\n",
    ...sections.map(({ text }) => text),
  ].join("\n");
}

/** What a construct's page is made of. */
interface Exported {
  readonly name: string;
  readonly node: ts.ClassDeclaration;
}

function memberRows({ members }: ts.ClassDeclaration, isStatic: boolean): string[][] {
  const has = (node: ts.ClassElement, kind: ts.SyntaxKind) =>
    ts.canHaveModifiers(node) && (node.modifiers ?? []).some((modifier) => modifier.kind === kind);
  return members
    .filter((member) => ts.isMethodDeclaration(member) || ts.isPropertyDeclaration(member) || ts.isGetAccessor(member))
    .filter((member) => !has(member, ts.SyntaxKind.PrivateKeyword) && !has(member, ts.SyntaxKind.ProtectedKeyword))
    .filter((member) => has(member, ts.SyntaxKind.StaticKeyword) === isStatic && said(member).text !== "")
    .map((member) => {
      const parameters = ts.isMethodDeclaration(member)
        ? `(${member.parameters.map(({ name }) => (ts.isIdentifier(name) ? name.text : "props")).join(", ")})`
        : "";
      return [`\`${member.name.getText()}${parameters}\``, code(member.type?.getText() ?? ""), cell(said(member).text)];
    });
}

function page(
  checker: ts.TypeChecker,
  { name, node }: Exported,
  interfaces: readonly ts.InterfaceDeclaration[],
): string {
  const { text, tags } = said(node);
  const parameters = node.members.find(ts.isConstructorDeclaration)?.parameters ?? [];
  const props = parameters[2] && checker.getTypeAtLocation(parameters[2]);
  const MEMBERS = ["member", "type", "what it is"];
  const parts = [
    ["Example", tags.example && `\`\`\`ts\n${tags.example}\n\`\`\`\n`],
    ["Props", props && table(FIELDS, fieldRows(checker, fieldsOf(checker, props)))],
    ["What somebody else made", table(MEMBERS, memberRows(node, true))],
    ["Members", table(MEMBERS, memberRows(node, false))],
    ...interfaces.map((each) => {
      const rows = fieldRows(checker, fieldsOf(checker, checker.getTypeAtLocation(each)));
      const isGiven = each.name.text.startsWith("I");
      const fields = isGiven
        ? table(
            MEMBERS,
            rows.map(([name, type, , text]) => [name!, type!, text!]),
          )
        : table(FIELDS, rows);
      return [each.name.text, `${said(each).text}\n\n${fields}`];
    }),
  ] as const;
  const made = "<!-- Made from the docstrings by `npm run docs`. -->";
  const sections = parts.flatMap(([title, body]) => (body ? `## ${title}\n\n${body}` : []));
  return [`# ${name}\n`, `${made}\n`, `${text}\n`, ...sections].join("\n");
}

function readme(constructs: readonly Exported[]): string {
  const rows = constructs.map(({ name, node }) => [
    `[\`${name}\`](../${PAGES}/${slug(name)}.md)`,
    firstSentence(said(node).text),
  ]);
  return [
    "# Constructs\n",
    "<!-- Made from the docstrings by `npm run docs`. -->\n",
    'What a platform\'s stacks are made of, for any cdktf program: `new VaultInstall(this, "vault", { namespace: ' +
      '"vault" })`. Props are flat and have defaults; what somebody else made comes by a `from…`; `grantRead` and ' +
      "`grantWrite` write policies; what is wrong is said at synthesis by the construct's path; the provider " +
      "versions whose arguments a construct writes travel with it. " +
      "[examples/](../examples) has three whole programs. " +
      "`npm pack --ignore-scripts=false` makes a package of them (the project's .npmrc turns scripts off).\n",
    table(["construct", "what it is"], rows),
  ].join("\n");
}

const slug = (name: string) => name.replace(/(?<=[a-z])[A-Z]/g, "-$&").toLowerCase();

/** Every file that is made from docstrings, by its path, as prettier has it. */
export async function documentation(): Promise<{ readonly [path: string]: string }> {
  const program = load();
  const checker = program.getTypeChecker();
  const index = checker.getSymbolAtLocation(program.getSourceFile(join(ROOT, ENTRIES[0]!))!)!;
  const declared = checker
    .getExportsOfModule(index)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .flatMap(({ declarations }) => declarations ?? [])
    .filter((node) => node.getSourceFile().fileName.includes("/constructs/"));
  const constructs = declared.filter(ts.isClassDeclaration).map((node) => ({ name: node.name!.text, node }));
  const interfaces = declared.filter(ts.isInterfaceDeclaration);
  const pages = constructs.map((each) => {
    const beside = interfaces.filter(
      (one) => one.getSourceFile() === each.node.getSourceFile() && !/(Props|Options)$/.test(one.name.text),
    );
    return [`${PAGES}/${slug(each.name)}.md`, page(checker, each, beside)] as const;
  });
  const files = [
    ...pages,
    ["constructs/README.md", readme(constructs)] as const,
    ["docs/configuration.md", configuration(program)] as const,
  ];
  return Object.fromEntries(
    await Promise.all(
      files.map(async ([path, text]) => [path, await format(text, { parser: "markdown", printWidth: 120 })] as const),
    ),
  );
}

async function write(): Promise<void> {
  const files = await documentation();
  rmSync(join(ROOT, PAGES), { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
}

if (require.main === module) void write();
