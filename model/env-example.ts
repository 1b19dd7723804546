import { ConfigError, quoted, SOME_TEXT, type Problem } from "./problems";
import { KEY } from "./rules";

/** Which names of an `.env.example` are keys of a secret set. */
export interface EnvExampleOptions {
  /**
   * Names that are no secret: ports, log levels, addresses.
   * @default none: every name is a key
   */
  readonly except?: readonly string[];
  /**
   * The keys as the config declares them: the file must have these and no others, beside those in `except`.
   * @default whatever the file has
   */
  readonly keys?: readonly string[];
}

/**
 * The keys that an app's own `.env.example` names, in its order. Only names are taken: what stands after an = is
 * neither kept nor said. Each line has one `NAME=…`, or a comment, or nothing.
 *
 * Throws a ConfigError with every mistake, by file and line: a line that is none, a quote that does not end on its line
 * (nothing after it is read), a name that is no environment variable's or stands there twice, none left, a name in
 * `except` that the file has not, and, against `keys`, the names on either side.
 * @param text what is in the file; undefined where there is none
 * @param file what it is called in messages
 */
export function keysOfEnvExample(
  text: string | undefined,
  file: string,
  { except = [], keys: declared }: EnvExampleOptions = {},
): readonly string[] {
  const problems: Problem[] = [];
  const report = (at: string, given: unknown, accepted: string, hint?: string) =>
    void problems.push({ at, given, accepted, hint });
  if (text === undefined) {
    report(file, undefined, "a file such as .env.example", "Its path is relative to the config's folder.");
    throw new ConfigError(problems);
  }
  const lines = namesIn(text, file, report);
  const names = [...lines.keys()];
  for (const name of except)
    if (!lines.has(name)) report(`${file}, except`, name, "names that the file has", "Take it out of except.");
  const keys = names.filter((name) => !except.includes(name));
  if (problems.length === 0 && keys.length === 0)
    report(file, names, "at least one name that is a key", "Each of its names, if any, is in except.");
  for (const name of declared ? keys : [])
    if (!declared!.includes(name))
      report(`${file}:${lines.get(name)}`, name, "a name in keys, or in except", "The config does not declare it.");
  for (const name of declared ?? [])
    if (!keys.includes(name))
      report(
        `${file}, keys`,
        name,
        "names that the file has",
        "The app does not ask for it: add it there, or drop it.",
      );
  if (problems.length > 0) throw new ConfigError(problems);
  return keys;
}

/** A line with a name, as dotenv and Node read one. */
const NAMED = /^\s*(?:export\s+)?([^\s=]+)\s*=/;

/** A value that begins with a quote which does not end on its line: what follows is a value, whatever it looks like. */
const OPEN = /^[^=]*=\s*(["'`])(?:(?!\1)[^\\]|\\.)*\\?$/;

/** The names, with the line of each. */
function namesIn(
  text: string,
  file: string,
  report: (at: string, given: unknown, accepted: string, hint?: string) => void,
): Map<string, number> {
  const lines = new Map<string, number>();
  for (const [i, line] of text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const at = `${file}:${i + 1}`;
    if (/^\s*(#|$)/.test(line)) continue;
    const name = NAMED.exec(line)?.[1];
    if (OPEN.test(line)) {
      report(at, SOME_TEXT, "a value whose quote ends on its line", "The lines after it were not read.");
      break;
    }
    const first = name === undefined ? undefined : lines.get(name);
    // What is no name may be part of a value, and is not repeated.
    if (name === undefined || !KEY.accepts(name))
      report(at, SOME_TEXT, `NAME=… on one line, or a comment; as a name: ${KEY.accepted}`);
    else if (first === undefined) lines.set(name, i + 1);
    else report(at, name, "each name once", `${quoted(name)} is in line ${first} already.`);
  }
  return lines;
}
