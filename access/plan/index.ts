import {
  newlyUnread,
  resourceType,
  SEVERITIES,
  type PlannedChange,
  type Remark,
  type Severity,
} from "../../resource-types";
import { escapeMarkdown, markdownTable } from "../report/markdown";
import { compare } from "../collections";
import type { Plan } from "./read-plan";

export { parsePlan, type Plan } from "./read-plan";

/** What a person must know about one planned change. */
export interface PlanFinding {
  readonly severity: Severity;
  readonly address: string;
  /** What would happen. */
  readonly says: string;
  /** Why it matters, or what to do. */
  readonly why: string;
}

/** What a plan would do that a person must know, most severe first, then by address. */
export function judgePlan({ changes, errored }: Plan): PlanFinding[] {
  const found = changes.flatMap((change) => {
    const { address, drift } = change;
    return judge(change).map(([severity, says, why]): PlanFinding => ({
      // What is outside somebody did already, past Terraform; the plan may take it back.
      severity: drift && severity === "error" ? "warning" : severity,
      address,
      says: drift ? `outside of Terraform, already: ${says}` : says,
      why,
    }));
  });
  if (errored)
    found.push({
      severity: "warning",
      address: "(the plan)",
      says: "the plan ended in an error",
      why: "What it lacks is not judged.",
    });
  return found.sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      compare(a.address, b.address) ||
      compare(a.says, b.says),
  );
}

function judge(change: PlannedChange): readonly Remark[] {
  const { type, action, address, goesTo } = change;
  if (goesTo !== undefined) return [["info", `${address} goes over to ${goesTo}`, "It stays as it is in its cluster."]];
  const record = resourceType(type);
  if (record) {
    const said = record.change(change);
    // A namespace of an environment goes over to others so: it gives nobody anything.
    if (action === "forget" && said.length === 0 && !type.startsWith("kubernetes_namespace"))
      return [["warning", `${address} is forgotten`, "It stays as it is, with what it gives, and no report shows it."]];
    return [...said, ...newlyUnread(change)];
  }
  const done = action === "create" ? "made" : action === "update" ? "changed" : `${action}d`;
  return [["warning", `a ${type} would be ${done}`, "This gate does not know what it does."]];
}

/** How many findings a severity has, in words. */
const SEVERITY_WORDS: { readonly [severity in Severity]: (count: number) => string } = {
  error: (count) => `${count} would lose something for good or trust somebody else`,
  warning: (count) => `${count} ${count === 1 ? "needs" : "need"} a person's eyes`,
  info: (count) => `${count} routine`,
};

/** The findings as Markdown: what matters first, a table, routine folded away. */
export function planMarkdown(findings: readonly PlanFinding[]): string {
  const of = (severity: Severity) => findings.filter((each) => each.severity === severity);
  const grave = findings.filter(({ severity }) => severity !== "info");
  if (grave.length === 0) return `### Plan: nothing that a person must look at\n${folded(of("info"))}`;
  const words = SEVERITIES.filter((severity) => of(severity).length > 0).map((severity) =>
    SEVERITY_WORDS[severity](of(severity).length),
  );
  return `### Plan: ${words.join(", ")}\n\n${table(grave)}\n${folded(of("info"))}`;
}

function table(findings: readonly PlanFinding[]): string {
  return markdownTable([
    ["", "what", "why", "resource"],
    ...findings.map(({ severity, says, why, address }) => [severity, says, why, address]),
  ]);
}

function folded(notes: readonly PlanFinding[]): string {
  if (notes.length === 0) return "";
  const items = notes.map(({ says, address }) => `- ${escapeMarkdown(says)} (${escapeMarkdown(address)})`);
  return `\n<details><summary>${notes.length} routine</summary>\n\n${items.join("\n")}\n\n</details>\n`;
}
