import { escapeMarkdown, markdownTable } from "../report/markdown";
import { isSupported } from "../supported";
import { finding, SEVERITIES, type Severity, type PlanFinding } from "./finding";
import { KUBERNETES_RULES } from "./kubernetes-rules";
import { parsePlan, type Plan, type PlannedChange } from "./read-plan";
import { VAULT_RULES } from "./vault-rules";

export { SEVERITIES, type Severity, type PlanFinding } from "./finding";
export { parsePlan, type Plan, type PlannedChange } from "./read-plan";
export { judgePolicyChange, newAccess, type NewAccess } from "./new-access";

const RULES = { ...VAULT_RULES, ...KUBERNETES_RULES };

/** What a plan would do that a person must know, most severe first, then by address. */
export function judgePlan({ changes, errored }: Plan): PlanFinding[] {
  const found = changes.flatMap((change) =>
    judge(change).map((each): PlanFinding => (change.drift ? outside(each) : each)),
  );
  if (errored)
    found.push({
      severity: "warning",
      address: "(the plan)",
      says: "the plan ended in an error",
      why: "What it lacks is not judged.",
    });
  return found
    .map((each) => ({ each, order: [SEVERITIES.indexOf(each.severity), each.address, each.says] as const }))
    .sort(
      (a, b) =>
        a.order[0] - b.order[0] ||
        (a.order[1] < b.order[1] ? -1 : a.order[1] > b.order[1] ? 1 : a.order[2] < b.order[2] ? -1 : 1),
    )
    .map(({ each }) => each);
}

/**
 * As {@link judgePlan}, of what `terraform show -json PLAN` prints. @throws AccessInputError when it is no such JSON
 */
export function judgePlanText(text: string): PlanFinding[] {
  return judgePlan(parsePlan(text));
}

function judge(change: PlannedChange): PlanFinding[] {
  const rule = Object.hasOwn(RULES, change.type) ? RULES[change.type] : undefined;
  if (rule) return rule(change);
  if (isSupported({ type: change.type, values: change.after } as never)) return [];
  return [
    finding(
      change,
      "warning",
      `a ${change.type} would be ` +
        `${change.action === "create" ? "made" : change.action === "update" ? "changed" : `${change.action}d`}`,
      "This gate does not know what it does.",
    ),
  ];
}

/** Somebody did it already, past Terraform; the plan may take it back. */
function outside({ severity, address, says, why }: PlanFinding): PlanFinding {
  return {
    severity: severity === "info" ? "info" : "warning",
    address,
    says: `outside of Terraform, already: ${says}`,
    why,
  };
}

/** How many findings a severity has, in words. */
const SEVERITY_WORDS: { readonly [severity in Severity]: (count: number) => string } = {
  error: (count) => `${count} would lose something for good`,
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
  return (
    `\n<details><summary>${notes.length} ` +
    `routine</summary>\n\n${notes.map(({ says, address }) => `- ${escapeMarkdown(says)} (${escapeMarkdown(address)})`).join("\n")}\n\n</details>\n`
  );
}
