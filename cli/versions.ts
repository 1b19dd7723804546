import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { advisoriesOf, serverOf, VERSIONS, type Advisory, type Platform } from "../model";
import { loadPlatform } from "./platform-file";
import { DIGESTS_FILE } from "./digests";
import { LOCK_FILE } from "./provider-lock";
import { newProgram, PROCESS, runProgram } from "./run-program";
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
  /** What is published of a server's access control; absent where nothing is, and of all that is no server. */
  readonly advisories?: readonly Advisory[];
}

/** A version that a line of a workflow or a script gives to a program. */
const GIVEN: readonly (readonly [RegExp, Pinned["kind"], name: string, by: string])[] = [
  [/terraform_version=([\d.]+)/g, "terraform", "terraform, in CI", "its version and digest"],
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
  const { dependencies, devDependencies, engines } = JSON.parse(text("package.json")) as {
    readonly dependencies: Record<string, string>;
    readonly devDependencies: Record<string, string>;
    readonly engines: { readonly node: string };
  };
  const at =
    (where: string) =>
    (kind: Pinned["kind"], name: string, version: string, by: string): Pinned => ({ kind, name, version, where, by });
  const [manifest, model] = [at("package.json"), at("model/versions.ts")];
  const files = [".github/workflows", "ci"].flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { withFileTypes: true })
          .filter((each) => each.isFile())
          .map(({ name }) => `${folder}/${name}`)
      : [],
  );
  const held = existsSync(join(root, DIGESTS_FILE))
    ? `; ${DIGESTS_FILE} has its digest`
    : "; npm run digests writes its digest down";
  const providersBy = existsSync(join(root, LOCK_FILE))
    ? `its version; ${LOCK_FILE} has its digests`
    : "its version; Terraform checks HashiCorp's signature. npm run lock writes down digests";
  const all = [
    ...Object.entries({ ...dependencies, ...devDependencies }).map(([name, version]) =>
      manifest("package", name, version, "its version; package-lock.json has its digest"),
    ),
    manifest("runtime", "node, oldest", engines.node, "engines"),
    model("terraform", "terraform, oldest", VERSIONS.terraform, "required_version of every stack"),
    ...Object.entries(VERSIONS.providers).map(([name, version]) =>
      model("provider", `hashicorp/${name}`, version, providersBy),
    ),
    ...Object.values(VERSIONS.charts).map(({ name, version }) => model("chart", name, version, `its version${held}`)),
    ...Object.entries(VERSIONS.images).map(([name, { repository, tag }]) => {
      const pinned = model("image", repository, tag, `its tag${held}`);
      return name === "vault" ? server(pinned) : pinned;
    }),
    ...files.flatMap((file) => inFile(at(file), text(file))),
  ];
  const found = new Map(all.map((each) => [Object.values(each).slice(0, 4).join(" "), each]));
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/**
 * The servers that a config names itself: an image with a tag of its own, and the version of a Vault that exists
 * already.
 * @param file the config's, as the table says it
 */
export function configuredServers({ vaults }: Platform, file: string): Pinned[] {
  return vaults.flatMap(({ name, installation, server: version }) => {
    const { repository, tag, digest } = installation?.image ?? {};
    const pin = (what: string, of: string, by: string): Pinned[] => [
      server({ kind: "image", name: what, version: of, where: `${file}: vaults.${name}`, by }, version),
    ];
    if (!installation) return pin(`Vault ${name}`, version, "nothing: it exists already");
    const by = digest === undefined ? "its tag" : `digest ${digest}`;
    return tag === undefined ? [] : pin(repository ?? VERSIONS.images.vault.repository, tag, by);
  });
}

/** With what is published of it. */
function server(pinned: Pinned, version = serverOf({ repository: pinned.name, tag: pinned.version })): Pinned {
  const advisories = advisoriesOf(version);
  return { ...pinned, ...(advisories.length > 0 && { advisories }) };
}

/** A line for each advisory of each server, with what to do. */
export function advisoryLines(pinned: readonly Pinned[]): string[] {
  return pinned.flatMap(({ name, version, where, advisories = [] }) =>
    advisories.map(
      ({ id, says, fixedIn, source }) =>
        `${name} ${version} (${where}) has ${id}: ${says}; fixed in ${fixedIn.join(", ")}. ${source}`,
    ),
  );
}

type Pin = (kind: Pinned["kind"], name: string, version: string, by: string) => Pinned;

function inFile(pin: Pin, text: string): Pinned[] {
  const actions = [...text.matchAll(/uses:\s*([\w.-]+\/[\w./-]+)@(\S+)(?:\s*#\s*(\S+))?/g)].map(
    ([, name, reference, version = reference]) =>
      pin(
        "action",
        name!,
        version!,
        /^[0-9a-f]{40}$/.test(reference!) ? `commit ${reference}` : "a tag, which can be moved: pin the commit",
      ),
  );
  const given = GIVEN.flatMap(([pattern, kind, name, by]) =>
    [...text.matchAll(pattern)].map(([, version]) => pin(kind, name, version!, by)),
  );
  return [...actions, ...given];
}

if (require.main === module) {
  const program = newProgram("versions", PROCESS)
    .description("What is pinned, where, and by what; which servers have a known defect in their access control.")
    .option("--json", "for a program")
    .action(({ json }: { json?: boolean }) => {
      const pinned = [
        ...pinnedVersions(join(__dirname, "..")),
        ...configuredServers(loadPlatform(), process.env.PLATFORM || "the config"),
      ];
      const rows = pinned.map(({ kind, name, version, where, by }) => [kind, name, version, where, by]);
      const table = textTable([["what", "name", "version", "where", "pinned by"], ...rows]);
      PROCESS.out(json ? JSON.stringify(pinned, null, 2) : [table, ...advisoryLines(pinned)].join("\n"));
    });
  void runProgram(program, process.argv.slice(2), PROCESS);
}
