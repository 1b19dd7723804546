import { judgePlan, parsePlan, type PlanFinding } from "../../access";
import type { Mutable } from "../access/fixture";

/** What a change is planned to be: the type, what Terraform does, before and after, and what else a plan says. */
export type Change = readonly [
  type: string,
  actions: readonly string[],
  before: Mutable,
  after: Mutable,
  more?: Mutable,
];

/** The findings on a plan made by hand, from the documented format of `terraform show -json`. */
export function judged(...[type, actions, before, after, more]: Change): string[] {
  return judgePlan(
    parsePlan(
      JSON.stringify({
        format_version: "1.2",
        resource_changes: [
          {
            address: `${type}.it`,
            mode: "managed",
            type,
            name: "it",
            change: { actions, before, after, after_unknown: {}, ...more },
          },
        ],
      }),
    ),
  ).map(short);
}

/** A finding as a test says it. */
export function short({ severity, says }: PlanFinding): string {
  return `${severity}: ${says}`;
}
