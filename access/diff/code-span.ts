/** Bytes of a code span, where nobody says otherwise. */
const MOST = 160;

/**
 * A text from outside as a Markdown code span. Nothing in a code span is markup, a link or a mention, so all that a
 * text can do is end the span: by a backtick, a new line, or a table's bar. Those are shown as look-alikes, as are
 * angle brackets, which a reader of folded blocks would count.
 * @param most bytes: what is longer is cut between characters, and ends in `…`
 */
export function code(text: string, most = MOST): string {
  return `\`${visible(text, most)}\``;
}

/** As {@link code}, inside HTML, where Markdown's own does not count. */
export function htmlCode(text: string, most = MOST): string {
  return `<code>${visible(text, most).replace(/&/g, "&amp;")}</code>`;
}

/** Each of some names by {@link code}, the rest counted. */
export function codes(names: readonly string[], most: number): string {
  const shown = names
    .slice(0, most)
    .map((name) => code(name))
    .join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

const LOOK_ALIKES: { readonly [character: string]: string } = { "`": "'", "|": "¦", "<": "‹", ">": "›" };

/** One line, of characters that can be seen; never empty, for an empty code span is none. */
function visible(text: string, most: number): string {
  // No character is less than a byte: what is beyond can be left out before looking at it. Two more, so that a pair is
  // not cut.
  const line = text
    .slice(0, most + 2)
    .replace(/[\p{C}\p{Z}\s]+/gu, " ")
    .replace(/[`|<>]/g, (character) => LOOK_ALIKES[character]!)
    .trim();
  if (line === "") return "(empty)";
  if (text.length <= most && Buffer.byteLength(line) <= most) return line;
  let [cut, size] = ["", 3];
  for (const character of line) {
    size += Buffer.byteLength(character);
    if (size > most) break;
    cut += character;
  }
  return `${cut}…`;
}
