import Table from "cli-table3";
import {
  appsOf,
  appWords,
  cellWords,
  columnsOf,
  failureText,
  escalationLines,
  PROOF_WORDS,
  rowsOf,
  sharedDestinations,
  type Access,
  type Check,
  type Filter,
} from "../../access";

/** A table with a line under its head; words wrap where the terminal ends. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = Object.fromEntries(
    [
      "top",
      "top-mid",
      "top-left",
      "top-right",
      "bottom",
      "bottom-mid",
      "bottom-left",
      "bottom-right",
      "left",
      "right",
      "left-mid",
      "mid",
      "mid-mid",
      "right-mid",
    ].map((part) => [part, ""]),
  );
  const drawn = new Table({
    head: [...head],
    chars: { ...none, middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  drawn.push(...rows.map((row) => [...row]));
  const lines = drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
  const under = Math.max(...head.map((each) => each.split("\n").length));
  const width = Math.max(...lines.map((line) => line.length));
  return [...lines.slice(0, under), "─".repeat(width), ...lines.slice(under)].join("\n");
}

/** The matrix for people at a terminal. A protected environment says so in its head. */
export function matrixText(access: Access, filter: Filter): string {
  const columns = columnsOf(access, filter);
  const apps = appsOf(access);
  const rows = rowsOf(access, filter);
  if (rows.length === 0)
    return "Nobody reaches anything that fits; without --who, --app and --environment all is shown.";
  let last = "";
  const body = rows.map((row) => {
    const name = row.identity.name === last ? "" : row.identity.name;
    last = row.identity.name;
    return [
      name,
      appWords(row, apps),
      ...columns.map(({ environment }) => cellWords(row.cells.get(environment) ?? 0).join("\n") || "·"),
    ];
  });
  return table(
    ["who", "app", ...columns.map((column) => `${column.environment}${column.protected ? "\n(protected)" : ""}`)],
    body,
  );
}

/** the privilege escalations, and what Kubernetes lets read beside Vault. */
export function aroundText(access: Access, { who }: Filter): string {
  const escalations = escalationLines(access).filter(
    ({ identity }) => who === undefined || identity.name.includes(who),
  );
  const lines = escalations.map(
    ({ identity, vault, escalations: held }) => `${identity.name} in Vault ${vault} can ${held.join("; ")}.`,
  );
  const shared = sharedDestinations(access).map(
    ({ set, where, who: readers }) => `${set.name} lands in ${where}, which ${readers.join(", ")} can read too.`,
  );
  return [
    ...(lines.length > 0 ? ["who can change who may read what", ...lines.map((line) => `  ${line}`)] : []),
    ...(shared.length > 0 ? ["", "who else can read it in Kubernetes", ...shared.map((line) => `  ${line}`)] : []),
  ].join("\n");
}

/** What the proofs say: failures with their shortest paths, waivers with their reasons. */
export function checkText(check: Check): string {
  const { failures, waived, unused } = check;
  const holds = Object.entries(PROOF_WORDS).map(([proof, words]) => {
    const count = failures.filter((each) => each.proof === proof).length;
    return (
      `  ${count === 0 ? "✔" : "✘"} ${proof}: ` +
      `${words}${count === 0 ? "" : ` – ${count === 1 ? "1 finding" : `${count} findings`}`}`
    );
  });
  return [
    ...(failures.length > 0 ? [failureText(check), ""] : []),
    ...holds,
    ...waived.map(({ finding, waiver }) => `  waiver: ${finding.says}. Reason: ${waiver.reason}`),
    ...unused.map(
      ({ proof, subject }) => `  waiver that waives nothing: ${proof} of ${subject}; take it out of the config`,
    ),
  ].join("\n");
}
