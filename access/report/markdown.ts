import type { Access } from "../access";
import { PROOF_WORDS, type Check } from "../proofs";
import {
  appsOf,
  appWords,
  cellWords,
  columnsOf,
  escalationLines,
  rowsOf,
  sharedDestinations,
  type Filter,
} from "./rows";

/** A text inside a cell of a Markdown table. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[|<>`*\\]/g, "\\$&").replace(/\n/g, " ");
}

/** A Markdown table; its first row is the head. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((row) => `| ${row.map(escapeMarkdown).join(" | ")} |`);
  return [head, `| ${(rows[0] ?? []).map(() => "---").join(" | ")} |`, ...body].join("\n");
}

/** The matrix, the privilege escalations and the proofs as Markdown. */
export function markdownReport(access: Access, { failures, waived, unused }: Check, filter: Filter = {}): string {
  const columns = columnsOf(access, filter);
  const apps = appsOf(access);
  const rows = rowsOf(access, filter).map((row) => [
    row.identity.name,
    appWords(row, apps),
    ...columns.map(({ environment }) => cellWords(row.cells.get(environment) ?? 0).join(", ")),
  ]);
  const head = [
    "who",
    "app",
    ...columns.map((column) => (column.protected ? `${column.environment} (protected)` : column.environment)),
  ];
  const escalations = escalationLines(access).map(({ identity, vault, escalations: held }) => [
    identity.name,
    vault,
    held.join("; "),
  ]);
  const shared = sharedDestinations(access).map(({ set, where, who }) => [set.name, where, who.join(", ")]);
  return (
    [
      `# Who can do what with the secrets of ${access.platform}`,
      "Computed from the synthesized stacks. Empty: nothing. What reads is seen, and what changes is placed.",
      markdownTable([head, ...rows]),
      "## Who can change who may read what",
      escalations.length > 0 ? markdownTable([["who", "Vault", "can"], ...escalations]) : "Nobody by these stacks.",
      ...(shared.length > 0
        ? ["## Who else can read it in Kubernetes", markdownTable([["secret set", "Secret", "who"], ...shared])]
        : []),
      "## Proofs",
      markdownTable([
        ["proof", "", ""],
        ...Object.entries(PROOF_WORDS).map(([proof, words]) => [
          proof,
          words,
          verdict(
            failures.filter((each) => each.proof === proof).length,
            waived.filter(({ finding }) => finding.proof === proof).length,
          ),
        ]),
      ]),
      ...(failures.length > 0
        ? [
            markdownTable([
              ["proof", "what", "shortest path"],
              ...failures.map(({ proof, says, path }) => [proof, says, path.join(" → ")]),
            ]),
          ]
        : []),
      ...(waived.length > 0
        ? [
            "## Waivers",
            markdownTable([
              ["proof", "what", "reason"],
              ...waived.map(({ finding, waiver }) => [finding.proof, finding.says, waiver.reason]),
            ]),
          ]
        : []),
      ...(unused.length > 0
        ? [
            "## Waivers that waive nothing",
            markdownTable([
              ["proof", "subject", "reason"],
              ...unused.map(({ proof, subject, reason }) => [proof, subject, reason]),
            ]),
          ]
        : []),
      "",
    ]
      .join("\n\n")
      .trimEnd() + "\n"
  );
}

function verdict(failures: number, waived: number): string {
  if (failures > 0) return `fails ${failures} times`;
  return waived > 0 ? `holds, with ${waived} waivers` : "holds";
}
