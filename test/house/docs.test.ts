import { documentation, PAGES } from "../../scripts/docs";
import { projectFiles, sourceFiles, textOf } from "../helpers/source";

const made = documentation();

test("the pages that are made from docstrings are up to date (npm run docs)", async () => {
  const pages = await made;
  for (const [path, text] of Object.entries(pages)) expect([path, textOf(path)]).toEqual([path, text]);
  expect(projectFiles(PAGES)).toEqual(
    Object.keys(pages)
      .filter((path) => path.startsWith(`${PAGES}/`))
      .sort(),
  );
});

test("every construct has a page, with an example that makes one", async () => {
  const pages = await made;
  const classes = sourceFiles("constructs")
    .filter((file) => !file.startsWith("constructs/l1/"))
    .flatMap((file) => [...textOf(file).matchAll(/^export class (\w+)/gm)].map(([, name]) => name!));
  expect(classes.length).toBeGreaterThan(15);
  const texts = Object.entries(pages).filter(([path]) => path.startsWith(`${PAGES}/`));
  expect(texts.map(([, text]) => /^# (\w+)/.exec(text)?.[1]).sort()).toEqual(classes.sort());
  const without = texts.filter(([, text]) => {
    const [, name] = /^# (\w+)/.exec(text)!;
    return !new RegExp(`## Example\n\n\`\`\`ts\n[^]*new ${name}\\([^]*\`\`\`\n`).test(text);
  });
  expect(without.map(([path]) => path)).toEqual([]);
});

test("every field of a table says what it is", async () => {
  const silent = Object.entries(await made).flatMap(([path, text]) =>
    [...text.matchAll(/^\|.*\| +\|$/gm)].map(([row]) => `${path}: ${row.replace(/ +/g, " ")}`),
  );
  expect(silent).toEqual([]);
});
