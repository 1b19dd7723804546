import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { projectFiles, textOf } from "../helpers/source";

const FOLDERS =
  "access|bench|ci|cli|config|constructs|docs|examples|model|policies|resource-types|scripts|stacks|test|\\.github";
/** A path of ours in running text: it begins with one of our folders, and ends as a file does. */
const PATH = new RegExp(`(?<![\\w/.@<>{}$-])(?:${FOLDERS})/[\\w./-]*\\.(?:ts|mjs|js|md|sh|yml|json)\\b`, "g");
const LINK = /\]\((?!https?:|#|mailto:)([^)\s#]+)(?:#[^)\s]*)?\)/g;
/** Not ours: `<app>/config/x.ts` in an example of somebody else's repository, and files that a run writes. */
const MADE = /^(ci\/plans|docs\/constructs|config\/(adopted|mine|company|your-own|digests\.json))/;

const comments = (file: string) =>
  file.endsWith(".md")
    ? textOf(file)
    : (textOf(file)
        .match(/\/\/.*|\/\*[^]*?\*\//g)
        ?.join("\n") ?? "");

test("every path that a comment or a page names is there", () => {
  const missing = projectFiles()
    .filter((file) => /\.(ts|mjs|js|md)$/.test(file))
    .flatMap((file) =>
      [...comments(file).matchAll(PATH)]
        .map(([path]) => path)
        .filter((path) => !existsSync(path) && !MADE.test(path))
        .map((path) => `${file}: ${path}`),
    );
  expect(missing).toEqual([]);
});

test("every link of a page leads to a file", () => {
  const missing = projectFiles()
    .filter((file) => file.endsWith(".md") && !file.startsWith("test/ci/golden/"))
    .flatMap((file) =>
      [...textOf(file).matchAll(LINK)]
        .map(([, target]) => normalize(join(dirname(file), target!)))
        .filter((target) => !existsSync(target))
        .map((target) => `${file}: ${target}`),
    );
  expect(missing).toEqual([]);
});
