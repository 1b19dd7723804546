import { ConfigError, type Problem } from "./problems";
import { isRecord } from "./record";
import { DIGEST } from "./rules";
import { VERSIONS } from "./versions";

/** What {@link VERSIONS} pins of what a cluster runs: images as registries call them, charts by their archive's URL. */
export const PINNED = {
  "image vault": imageName(VERSIONS.images.vault),
  "image operator": imageName(VERSIONS.images.operator),
  "image operatorProxy": imageName(VERSIONS.images.operatorProxy),
  "chart vault": archiveUrl(VERSIONS.charts.vault),
  "chart operator": archiveUrl(VERSIONS.charts.operator),
} as const;

/** A key of {@link PINNED}. */
export type PinnedName = keyof typeof PINNED;

/** Digests by what they are of, `sha256:…`; one that is not known is absent. */
export type Digests = { readonly [name in PinnedName]?: string };

/** `config/digests.json`, as `npm run digests` writes it: beside each digest what it is of. */
export type DigestsFile = { readonly [name in PinnedName]?: { readonly of: string; readonly digest: string } };

/**
 * Reads what a digests' file holds.
 * @param json the file's content; undefined where there is none, and then nothing is known
 * @throws ConfigError for a file that lacks one of {@link PINNED}, or has one of another version: half of what runs
 * would go unheld, and nobody would see it
 */
export function digestsOf(json: unknown, file: string): Digests {
  if (json === undefined) return {};
  const entries = isRecord(json) ? (json as { readonly [name: string]: unknown }) : {};
  const read = Object.entries(PINNED).map(([name, of]): [string, string] | Problem => {
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    const { of: given, digest } = isRecord(entry)
      ? (entry as { readonly of?: unknown; readonly digest?: unknown })
      : {};
    if (given === of && typeof digest === "string" && DIGEST.accepts(digest)) return [name, digest];
    return {
      at: `${file}: ${name}`,
      given: given === of ? digest : given,
      accepted: given === of ? DIGEST.accepted : `a digest of ${of}`,
      hint: "Run npm run digests, look at what changes in it, and commit it.",
    };
  });
  const problems = read.filter((each): each is Problem => !Array.isArray(each));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(read as [string, string][]);
}

function imageName({ repository, tag }: { readonly repository: string; readonly tag: string }): string {
  return `${repository}:${tag}`;
}

/** Where the makers of both charts publish an archive; a repository's index may say another place. */
function archiveUrl({ repository, name, version }: { repository: string; name: string; version: string }): string {
  return `${repository}/${name}-${version}.tgz`;
}
