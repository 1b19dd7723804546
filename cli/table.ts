import Table from "cli-table3";

/** Rows as a table without borders, the first row its head; no colour, no space at a line's end. */
export function textTable(rows: readonly (readonly string[])[], indent = ""): string {
  const parts = [
    "top",
    "top-mid",
    "top-left",
    "top-right",
    "bottom",
    "bottom-mid",
    "bottom-left",
    "bottom-right",
    "left",
    "left-mid",
    "mid",
    "mid-mid",
    "right",
    "right-mid",
  ];
  const table = new Table({
    chars: { ...Object.fromEntries(parts.map((part) => [part, ""])), middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => `${indent}${line}`.trimEnd())
    .join("\n");
}
