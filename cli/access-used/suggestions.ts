import { step } from "../../model";
import type { GrantUse, LastUses, Usage } from "./grants";

/** What the config might do without. */
export interface Suggestion {
  /** Where the config says it. */
  readonly at: string;
  readonly says: string;
}

/**
 * What nobody used since a time, which the log has to cover. Suggestions: a grant may be for the day on which all else
 * fails, or be younger than the time. There is none of what reaches another Vault, too: it may be used there.
 * @param since milliseconds since 1970
 * @param days the same in words, for sentences
 */
export function suggestionsOf({ grants, members, workloads }: Usage, since: number, days: string): Suggestion[] {
  const isSince = (at: number | undefined): boolean => at !== undefined && at >= since;
  const dead = new Set(
    grants.flatMap(({ group }) => (grants.every((each) => each.group !== group || isUnused(each)) ? group : [])),
  );
  function isUnused({ read, changed, seen }: LastUses): boolean {
    return ![read, changed, seen].some((last) => isSince(last?.at));
  }
  const ofGrant = ({ at, access, read, changed, seen }: GrantUse): Suggestion[] => {
    const [reads, changes, sees] = [read, changed, seen].map((last) => isSince(last?.at));
    const say = (says: string): Suggestion[] => [{ at, says }];
    if (!reads && !changes)
      return say(
        sees
          ? `nobody read or changed a value in ${days}, only names of keys and versions were looked at: take it out?`
          : `nobody used it in ${days}: take it out?`,
      );
    if (access === "write" && !changes) return say(`nobody changed a value in ${days}: is "read" enough?`);
    if (access === "write" && !reads) return say(`nobody read a value in ${days}: is "write-only" enough?`);
    return [];
  };
  return [
    ...grants.filter(({ elsewhere }) => !elsewhere).flatMap(ofGrant),
    ...members
      .filter(({ group, last, elsewhere }) => !elsewhere && !isSince(last) && !dead.has(group))
      .map(({ at, user, group }) => ({
        at,
        says: `${user} used nothing of what ${group} gives in ${days}: out of the group?`,
      })),
    ...workloads
      .filter(({ read }) => !isSince(read))
      .map(({ app, set, environment }) => ({
        at: set === app ? step("apps", app) : step("sharedSets", set),
        says:
          `the workload of ${app} did not read it in ${environment} in ${days}: does it still run there? ` +
          "(npm run ops -- doctor)",
      })),
  ];
}
