import {
  appsOf,
  appWords,
  cellWords,
  columnsOf,
  failureText,
  escalationLines,
  missingSafeguards,
  PROOF_WORDS,
  rowsOf,
  sharedDestinations,
  type Access,
  type Check,
  type Filter,
} from "../../access";
import { counted } from "../counted";
import { textTable } from "../table";

/** The matrix for people at a terminal. A protected environment says so in its head. */
export function matrixText(access: Access, filter: Filter): string {
  const columns = columnsOf(access, filter);
  const apps = appsOf(access);
  const rows = rowsOf(access, filter);
  if (rows.length === 0)
    return "Nobody reaches anything that fits; without --who, --app and --environment all is shown.";
  const body = rows.map((row, i) => [
    row.identity.name === rows[i - 1]?.identity.name ? "" : row.identity.name,
    appWords(row, apps),
    ...columns.map(({ environment }) => cellWords(row.cells.get(environment) ?? 0).join("\n") || "·"),
  ]);
  const head = columns.map((column) => `${column.environment}${column.protected ? "\n(protected)" : ""}`);
  return textTable([["who", "app", ...head], ...body], "", true);
}

/** The privilege escalations, what Kubernetes lets read beside Vault, and what Vaults lack for a reason. */
export function aroundText(access: Access, { who }: Filter): string {
  const section = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? [title, ...lines.map((line) => `  ${line}`)].join("\n") : [];
  const escalations = escalationLines(access)
    .filter(({ identity }) => who === undefined || identity.name.includes(who))
    .map(({ identity, vault, escalations: held }) => `${identity.name} in Vault ${vault} can ${held.join("; ")}.`);
  const shared = sharedDestinations(access).map(
    ({ set, where, who: readers }) => `${set.name} lands in ${where}, which ${readers.join(", ")} can read too.`,
  );
  const safeguards = missingSafeguards(access).map(
    ({ vault, without, reason }) => `Vault ${vault} does without ${without}. Reason: ${reason}`,
  );
  return [
    section("who can change who may read what", escalations),
    section("who else can read it in Kubernetes", shared),
    section("what protects less than it should", safeguards),
  ]
    .flat()
    .join("\n\n");
}

/** What the proofs say: failures with their shortest paths, waivers with their reasons. */
export function checkText(check: Check): string {
  const { failures, waived, unused } = check;
  const holds = Object.entries(PROOF_WORDS).map(([proof, words]) => {
    const count = failures.filter((each) => each.proof === proof).length;
    return count === 0 ? `  ✔ ${proof}: ${words}` : `  ✘ ${proof}: ${words} – ${counted(count, "finding")}`;
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
