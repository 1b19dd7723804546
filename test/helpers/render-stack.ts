import type { Block, Blocks, StackJson } from "./synth";

/**
 * A stack's JSON as a text to read in a pull request: YAML with a head a block. Texts of several lines stand as lines,
 * JSON inside a text as what it holds (marked `!json`), cdktf's own metadata not at all. The same JSON gives the same
 * text, in whatever order its objects are.
 */
export function renderStack({ terraform, provider, removed = [], ...sections }: StackJson): string {
  const head: [string, unknown][] = [
    ["terraform", terraform],
    ...Object.entries(provider).flatMap(([name, blocks]) =>
      blocks.map((block): [string, unknown] => [`provider.${name}`, block]),
    ),
    ...Object.entries(sections).filter(
      ([section]) => section !== "resource" && section !== "ephemeral" && section !== "//",
    ),
  ];
  const blocks = [
    ...named("ephemeral.", sections.ephemeral),
    ...named("", sections.resource),
    ...removed.map((block): [string, unknown] => [`removed.${String(block.from)}`, block]),
  ];
  return (
    [...head.sort(byKey), ...blocks.sort(byKey)]
      .map(([name, block]) => lines({ [name]: withoutMetadata(block) }).join("\n"))
      .join("\n\n") + "\n"
  );
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0);

function named(prefix: string, blocks: Blocks = {}): [string, Block][] {
  return Object.entries(blocks).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, block]): [string, Block] => [`${prefix}${type}.${id}`, block]),
  );
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A block without cdktf's own metadata and without `null`, which to Terraform is the same as left out. */
function withoutMetadata(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMetadata);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, each]) => key !== "//" && each !== null)
      .map(([key, each]) => [key, withoutMetadata(each)]),
  );
}

/** The lines of an object's fields, sorted. */
function lines(object: { readonly [key: string]: unknown }): string[] {
  return Object.entries(object)
    .sort(byKey)
    .flatMap(([key, value]) => hang(`${scalar(key)}:`, value));
}

/** A value after what it belongs to: on the same line if it fits there, else indented below. */
function hang(before: string, value: unknown): string[] {
  if (typeof value === "string") {
    const parsed = parsedJson(value);
    if (parsed !== undefined) return hang(`${before} !json`, parsed);
    if (/\n[^\n]/.test(value))
      return [`${before} ${value.endsWith("\n") ? "|" : "|-"}`, ...indented(value.replace(/\n$/, "").split("\n"))];
    return [`${before} ${scalar(value)}`];
  }
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each !== "object" && !/\n|^[{[]/.test(String(each))))
      return [`${before} [${value.map((each) => scalar(each, true)).join(", ")}]`];
    return [before, ...indented(value.flatMap((each: unknown) => item(each)))];
  }
  if (isObject(value)) return Object.keys(value).length > 0 ? [before, ...indented(lines(value))] : [`${before} {}`];
  return [`${before} ${scalar(value)}`];
}

/** A list's member: its first line has the dash. */
function item(value: unknown): string[] {
  if (!isObject(value) || Object.keys(value).length === 0) return hang("-", value);
  const [first, ...rest] = lines(value);
  return [`- ${first}`, ...indented(rest)];
}

function indented(text: readonly string[]): string[] {
  return text.map((line) => (line === "" ? "" : `  ${line}`));
}

/** What a text holds that is a JSON object or list; undefined for any other text. */
function parsedJson(text: string): unknown {
  if (!/^[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A value on one line: a text without quotes where YAML takes it for that very text. */
function scalar(value: unknown, inList = false): string {
  if (typeof value !== "string") return String(value);
  const plain =
    /^[A-Za-z_/.~^$]([^#:"'\\\n]|:(?=\S))*$/.test(value) &&
    !/\s$/.test(value) &&
    !/^(true|false|null|yes|no|on|off|~|\.)$/i.test(value);
  return plain && !(inList && /[,[\]{}]/.test(value)) ? value : JSON.stringify(value);
}
