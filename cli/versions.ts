import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { VERSIONS } from "../model";
import { textTable } from "./table";

/** Something whose version is pinned. */
export interface Pinned {
  readonly kind: "package" | "terraform" | "provider" | "chart" | "image" | "action" | "runtime" | "linter";
  readonly name: string;
  readonly version: string;
  /** The file that says so. */
  readonly where: string;
  /** By what: a digest cannot come to mean something else, a version can. */
  readonly by: string;
}

/** A version that a line of a workflow or a script gives to a program. */
const GIVEN: readonly (readonly [RegExp, Pinned["kind"], string, string])[] = [
  [
    /terraform_version:\s*([\d.]+)/g,
    "terraform",
    "terraform, in CI",
    "its version; the download is taken by HTTPS alone, no digest is checked",
  ],
  [/node-version:\s*([\d.]+)/g, "runtime", "node, in CI", "its version"],
  [/actionlint@v([\d.]+)/g, "linter", "actionlint", "its version, and Go's checksum database"],
  [/zizmor==([\d.]+)/g, "linter", "zizmor", "its version"],
  [/runs-on:\s*([\w.-]+)/g, "runtime", "runner", "its label: the image behind it changes"],
];

/**
 * Everything that is pinned in a checkout, sorted by kind and name; each once a file.
 * @param root the project's folder
 */
export function pinnedVersions(root: string): Pinned[] {
  const text = (file: string) => readFileSync(join(root, file), "utf8");
  const manifest = JSON.parse(text("package.json")) as {
    readonly dependencies: Record<string, string>;
    readonly devDependencies: Record<string, string>;
    readonly engines: { readonly node: string };
  };
  const packages = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).map(
    ([name, version]): Pinned => ({
      kind: "package",
      name,
      version,
      where: "package.json",
      by: "its version; package-lock.json has its digest",
    }),
  );
  const model = "model/versions.ts";
  const ours: Pinned[] = [
    {
      kind: "terraform",
      name: "terraform, oldest",
      version: VERSIONS.terraform,
      where: model,
      by: "required_version of every stack",
    },
    { kind: "runtime", name: "node, oldest", version: manifest.engines.node, where: "package.json", by: "engines" },
    ...Object.entries(VERSIONS.providers).map(([name, version]): Pinned => ({
      kind: "provider",
      name: `hashicorp/${name}`,
      version,
      where: model,
      by: "its version; Terraform checks HashiCorp's signature",
    })),
    ...Object.values(VERSIONS.charts).map(({ name, version }): Pinned => ({
      kind: "chart",
      name,
      version,
      where: model,
      by: "its version",
    })),
    ...Object.values(VERSIONS.images).map(({ repository, tag }): Pinned => ({
      kind: "image",
      name: repository,
      version: tag,
      where: model,
      by: "its tag",
    })),
  ];
  const files = [".github/workflows", "ci"].flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { withFileTypes: true })
          .filter((each) => each.isFile())
          .map(({ name }) => `${folder}/${name}`)
      : [],
  );
  const found = new Map(
    [...packages, ...ours, ...files.flatMap((file) => inFile(file, text(file)))].map((each) => [
      `${each.kind} ${each.name} ${each.version} ${each.where}`,
      each,
    ]),
  );
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

function inFile(where: string, text: string): Pinned[] {
  const actions = [...text.matchAll(/uses:\s*([\w.-]+\/[\w./-]+)@(\S+)(?:\s*#\s*(\S+))?/g)].map(
    ([, name, reference, version]): Pinned => ({
      kind: "action",
      name: name!,
      version: version ?? reference!,
      where,
      by: /^[0-9a-f]{40}$/.test(reference!) ? `commit ${reference}` : "a tag, which can be moved: pin the commit",
    }),
  );
  const given = GIVEN.flatMap(([pattern, kind, name, by]) =>
    [...text.matchAll(pattern)].map(([, version]): Pinned => ({ kind, name, version: version!, where, by })),
  );
  return [...actions, ...given];
}

if (require.main === module) {
  const { json } = new Command("versions")
    .description("What is pinned, where, and by what.")
    .option("--json", "for a program")
    .parse(process.argv)
    .opts<{ json?: boolean }>();
  const pinned = pinnedVersions(join(__dirname, ".."));
  if (json) console.log(JSON.stringify(pinned, null, 2));
  else
    console.log(
      textTable([
        ["what", "name", "version", "where", "pinned by"],
        ...pinned.map(({ kind, name, version, where, by }) => [kind, name, version, where, by]),
      ]),
    );
}
