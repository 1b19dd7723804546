import Table from "cli-table3";

const BORDERS =
  "top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid";

/**
 * Rows as a table without borders, the first row its head; no colour, no space at a line's end.
 * @param ruled whether a line stands under the head
 */
export function textTable(rows: readonly (readonly string[])[], indent = "", ruled = false): string {
  const table = new Table({
    chars: { ...Object.fromEntries(BORDERS.split(" ").map((part) => [part, ""])), middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  const lines = table.toString().split("\n");
  const drawn = lines.map((line) => `${indent}${line}`.trimEnd());
  if (ruled) {
    const head = Math.max(...rows[0]!.map((cell) => cell.split("\n").length));
    drawn.splice(head, 0, "─".repeat(Math.max(...drawn.map(({ length }) => length))));
  }
  return drawn.join("\n");
}
