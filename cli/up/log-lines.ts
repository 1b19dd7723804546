import { stripVTControlCharacters } from "node:util";
import { withoutTokens } from "../vault";

const COLUMNS = 200;

/** What stands behind the name of something secret, and what stands in a URL before its host. */
const NAMED = /((?:passw\w*|secret\w*|token\w*|credential\w*|key|share)["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;]+)/gi;
const IN_URL = /(:\/\/)[^\s/@]+@/g;
/** Key material in base64 or hexadecimal: a share has 44 characters, a key more. */
const LONG_WORD = /[A-Za-z0-9+/=]{32,}/g;

/**
 * The last lines of a container's log that may be said: without tokens, what stands behind a secret's name, credentials
 * in URLs, words that might be a key, and control characters; each line cut at 200 characters.
 */
export function sayableLines(log: string, count: number): string[] {
  return stripVTControlCharacters(log)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .slice(-count)
    .map((line) => withoutSecrets(line.trimEnd()).slice(0, COLUMNS));
}

function withoutSecrets(line: string): string {
  return withoutTokens(line)
    .replace(NAMED, "$1[…]")
    .replace(IN_URL, "$1[…]@")
    .replace(LONG_WORD, (word) => (/\d/.test(word) && /[A-Za-z]/.test(word) ? "[…]" : word))
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}
