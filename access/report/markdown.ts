import type { Access } from "../access";
import { PROOF_WORDS, type Check } from "../proofs";
import {
  appsOf,
  appWords,
  cellWords,
  columnsOf,
  escalationLines,
  missingSafeguards,
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
  // A table under its title; nothing where it would be empty.
  const section = (title: string, named: readonly string[], body: readonly (readonly string[])[]): string[] =>
    body.length > 0 ? [...(title ? [`## ${title}`] : []), markdownTable([named, ...body])] : [];
  const held = escalationLines(access).map(({ identity, vault, escalations }) => [
    identity.name,
    vault,
    escalations.join("; "),
  ]);
  const proofs = Object.entries(PROOF_WORDS).map(([proof, words]) => [
    proof,
    words,
    verdict(
      failures.filter((each) => each.proof === proof).length,
      waived.filter(({ finding }) => finding.proof === proof).length,
    ),
  ]);
  const parts = [
    `# Who can do what with the secrets of ${access.platform}`,
    "Computed from the synthesized stacks. Empty: nothing. What reads is seen, and what changes is placed.",
    markdownTable([head, ...rows]),
    "## Who can change who may read what",
    held.length > 0 ? markdownTable([["who", "Vault", "can"], ...held]) : "Nobody by these stacks.",
    ...section(
      "Who else can read it in Kubernetes",
      ["secret set", "Secret", "who"],
      sharedDestinations(access).map(({ set, where, who }) => [set.name, where, who.join(", ")]),
    ),
    ...section(
      "What protects less than it should",
      ["Vault", "does without", "protected environments", "reason"],
      missingSafeguards(access).map(({ vault, without, environments, reason }) => [
        vault,
        without,
        environments.join(", "),
        reason,
      ]),
    ),
    ...section("Proofs", ["proof", "", ""], proofs),
    ...section(
      "",
      ["proof", "what", "shortest path"],
      failures.map(({ proof, says, path }) => [proof, says, path.join(" → ")]),
    ),
    ...section(
      "Waivers",
      ["proof", "what", "reason"],
      waived.map(({ finding, waiver }) => [finding.proof, finding.says, waiver.reason]),
    ),
    ...section(
      "Waivers that waive nothing",
      ["proof", "subject", "reason"],
      unused.map(({ proof, subject, reason }) => [proof, subject, reason]),
    ),
  ];
  return `${parts.join("\n\n").trimEnd()}\n`;
}

function verdict(failures: number, waived: number): string {
  if (failures > 0) return `fails ${failures} times`;
  return waived > 0 ? `holds, with ${waived} waivers` : "holds";
}
