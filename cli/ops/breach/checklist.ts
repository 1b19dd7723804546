import { code } from "../../../access";
import type { BreachPlan } from "./plan";
import type { Reach } from "./reach";
import { takenText } from "./taken";

/** How far it is, and when. */
interface ChecklistOptions {
  readonly platform: string;
  readonly at: Date;
  /** Whether what the plan cuts has been cut. */
  readonly done: boolean;
}

const NOT_KNOWN =
  "Not known: of what could be read, nothing reaches a secret set; what could not be read is named above.";
const MORE = "There may be more: what could not be read is named above.";

/** A plan as a Markdown checklist, to be put into an issue and worked through from top to bottom. Pure. */
export function checklist(plan: BreachPlan, { platform, at, done }: ChecklistOptions): string {
  const time = `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const state = plan.rekey ? "" : done ? ": cut off" : ": dry run, nothing was changed";
  return [
    `# Breach of ${plan.title}${state}`,
    "",
    `Platform ${platform}, Vault ${plan.vault}, ${time}.`,
    ...section(
      "To know",
      plan.remarks.map((remark) => `- ${remark}`),
    ),
    ...section("1. Cut off", [
      ...plan.cut.map((step) => `- [${done ? "x" : " "}] ${step}`),
      ...(done || plan.cut.length === 0 ? [] : ["", "The same command with `--confirm` does these."]),
    ]),
    ...section("1. Rekey", (plan.rekey ?? []).map(open)),
    ...section("2. Look", plan.look.map(open)),
    ...section(
      "3. Change the values, in this order",
      plan.values.length === 0
        ? [plan.incomplete ? NOT_KNOWN : "None: this identity reached no secret set."]
        : [
            plan.incomplete ? `${plan.valuesNote} ${MORE}` : plan.valuesNote,
            ...plan.values.flatMap((reach) => valuesOf(reach, plan.uses?.get(reach.tenant))),
          ],
    ),
    ...section("4. Afterwards", plan.after.map(open)),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `## ${title}`, "", ...lines];
}

function open(step: string): string {
  return `- [ ] ${step}`;
}

function valuesOf(
  { tenant, read, change, protected: isProtected }: Reach,
  uses: Parameters<typeof takenText>[0],
): string[] {
  const taken = takenText(uses);
  const could = [read && "read", change && "changed"].filter(Boolean).join(" and ");
  return [
    "",
    `### ${tenant.app} in ${tenant.environment}${isProtected ? " (protected)" : ""}`,
    "",
    `\`${tenant.path.toString()}\`, owner ${code(tenant.owner)}; could be ${could}`,
    ...(taken.length > 0 ? ["", ...taken] : []),
    "",
    ...tenant.keys.map((key) => {
      const command = tenant.generated.has(key) ? "rotate" : "set";
      return open(`\`npm run ops -- secrets ${command} ${tenant.app} ${tenant.environment} ${key}\``);
    }),
    ...(tenant.pinned
      ? [
          open(
            `set \`${tenant.pinned.at}\` to the version that these make, and apply that: pods get version ` +
              `${tenant.pinned.version} until then`,
          ),
        ]
      : []),
  ];
}
