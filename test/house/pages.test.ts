import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NOT_IN_PODS } from "./pages";

const ROOT = join(__dirname, "..", "..");
/** What a page says of how it was seen, from its heading or first words on. */
const OF_ITSELF: { readonly [page: string]: RegExp } = {
  "bootstrap.md": /^## What of this page was seen[^]*/m,
  "secrets.md": /^## What of this page was seen[^]*/m,
  "kind.md": /^\*\*On kind itself[^]*?(?=^## What it takes)/m,
};

/** What a page says: its sentences, the rows of its tables, the lines of its commands (`$ …`). */
function sentences(page: string): readonly string[] {
  const commands: string[] = [];
  const text = readFileSync(join(ROOT, "docs", page), "utf8")
    .replace(OF_ITSELF[page]!, "")
    .replace(/^```(\w*)\n([^]*?)^```/gm, (_, language: string, block: string) => {
      const lines = block.trim().split("\n");
      if (language !== "json") commands.push(...lines.map((line) => `$ ${line.trim()}`));
      return "";
    });
  const parts = text.split(/\n{2,}|^#.*$/m).map((part) => part.trim());
  return [
    ...commands,
    ...parts.filter(Boolean).flatMap((part) => (part.startsWith("|") ? rows(part) : prose(part))),
  ].map((each) => each.replace(/\s+/g, " "));
}

function rows(table: string): readonly string[] {
  return table.split("\n").slice(2);
}

function prose(part: string): readonly string[] {
  return part
    .split(/\n(?=- |\d\. )/)
    .flatMap((item) => item.replace(/\s+/g, " ").split(/(?<!^\d\.)(?<=[.!?])\s+(?=[A-Z`*])/));
}

/** The first words of sentences that comments of the tests in real pods name: `// secrets.md: …`. */
function namedInPods(page: string): readonly string[] {
  const folder = join(ROOT, "test", "pods");
  const lines = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n"));
  const mark = `// ${page}: `;
  return lines.filter((line) => line.trim().startsWith(mark)).map((line) => line.trim().slice(mark.length));
}

describe.each(Object.keys(OF_ITSELF))("docs/%s", (page) => {
  const said = sentences(page);
  const elsewhere = NOT_IN_PODS[page]!;
  const named = [...namedInPods(page), ...elsewhere.map(([words]) => words)];

  test("each sentence is named by a test in real pods, or it is said why not", () => {
    expect(said.filter((sentence) => !named.some((words) => sentence.startsWith(words)))).toEqual([]);
  });

  test("what is named is a sentence of the page, and one alone", () => {
    const found = named.map((words) => [words, said.filter((sentence) => sentence.startsWith(words)).length]);
    expect(found.filter(([, count]) => count !== 1)).toEqual([]);
  });

  test("tests that have seen it elsewhere are there", () => {
    const files = elsewhere.flatMap(([, why]) => why.match(/test\/\S+\.test\.ts/g) ?? []);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});
