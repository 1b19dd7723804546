import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { chartArchive, PINNED, VERSIONS, type DigestsFile, type PinnedName } from "../model";
import { EXIT } from "./exit-codes";
import { UsageError } from "./ops/errors";
import { digestOfBytes, download, imageDigest, type Get } from "./registry";
import { newProgram, PROCESS, runProgram, type Output } from "./run-program";

/** Where config/digests.ts reads them. */
export const DIGESTS_FILE = "config/digests.json";

/** Asks the registries what the pinned images and charts are. Charts' archives come along, by their place. */
async function askAll(get?: Get): Promise<{ digests: DigestsFile; archives: Map<string, Uint8Array> }> {
  const archives = new Map<string, Uint8Array>();
  const digests: Record<string, { of: string; digest: string }> = {};
  for (const [pinned, of] of Object.entries(PINNED)) {
    const [kind, name = ""] = pinned.split(" ");
    if (kind === "image") {
      digests[pinned] = { of, digest: await imageDigest(of, get) };
      continue;
    }
    const bytes = await download(of, get);
    const digest = digestOfBytes(bytes);
    const chart = VERSIONS.charts[name as keyof typeof VERSIONS.charts];
    archives.set(chartArchive(chart.name, chart.version, digest), bytes);
    digests[pinned] = { of, digest };
  }
  return { digests, archives };
}

/** What is written in the project; nothing where there is no file. */
function written(root: string): DigestsFile {
  const file = join(root, DIGESTS_FILE);
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as DigestsFile;
  } catch {
    throw new UsageError(
      `${DIGESTS_FILE}: given no JSON; accepted: what npm run digests writes. Take it away, and run it again.`,
    );
  }
}

/** Options of {@link fillDigests}. */
export interface DigestOptions {
  /** Writes nothing. */
  readonly check?: boolean;
  /** @default the project */
  readonly root?: string;
  /** @default fetch */
  readonly get?: Get;
}

/**
 * Writes config/digests.json and the charts' archives, or looks whether the registries still say what is written, and
 * then ends by 1 where they do not. Throws an OpsError where one does not answer; nothing is written then.
 */
export async function fillDigests(
  io: Output,
  { check = false, root = process.cwd(), get }: DigestOptions,
): Promise<void> {
  const before = written(root);
  const { digests, archives } = await askAll(get);
  const changed = (Object.keys(PINNED) as PinnedName[]).flatMap((name) => {
    const [was, is] = [before[name], digests[name]!];
    if (was?.of === is.of && was.digest === is.digest) return [];
    const moved = was?.of === is.of ? ". The same name was another file before: find out why before you take it" : "";
    return [`${name}, ${is.of}: ${is.digest}, ${was ? `written is ${was.digest} of ${was.of}` : "new"}${moved}`];
  });
  for (const line of changed) io.out(line);
  if (check) {
    if (changed.length > 0) io.exit(EXIT.failed);
    else io.out(`${DIGESTS_FILE} has what the registries say.`);
    return;
  }
  for (const [place, bytes] of archives) {
    mkdirSync(dirname(join(root, place)), { recursive: true });
    writeFileSync(join(root, place), bytes);
  }
  writeFileSync(join(root, DIGESTS_FILE), `${JSON.stringify(digests, null, 2)}\n`);
  io.out(`${DIGESTS_FILE} and ${[...archives.keys()].join(", ")} are written: look at them, and commit them.`);
}

if (require.main === module) {
  const program = newProgram("npm run digests --", PROCESS)
    .description(
      `Writes ${DIGESTS_FILE}, what the registries say that the pinned images and charts are, and ` +
        `the charts' archives. ` +
        "Commit them: production runs nothing else.",
    )
    .option("--check", "write nothing; end by 1 where a registry says something else than what is written")
    .action((options: DigestOptions) => fillDigests(PROCESS, options));
  void runProgram(program, process.argv.slice(2), PROCESS);
}
