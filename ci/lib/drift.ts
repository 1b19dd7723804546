import { ofCommit, withFolded } from "./comment";
import { beyondPlans, caution, countsOf, planned, unplannedStacks, withoutPlan, type Planned } from "./plans-text";

/**
 * What looking for drift came to:
 * - `fine`: every stack was planned, and none differs;
 * - `drifted`: a stack differs, or people have what no stack gave, whatever came of the others;
 * - `failed`: a stack has no plan and none that has one differs, so that nobody knows.
 */
export type DriftState = "fine" | "drifted" | "failed";

/** What looking for drift came to. */
export function driftState({ plans, unreadable = [], unplanned = [] }: Planned): DriftState {
  if (plans.some(({ changes, beyondPlan = [] }) => changes.length + beyondPlan.length > 0)) return "drifted";
  return unreadable.length + unplanned.length > 0 ||
    plans.length === 0 ||
    plans.some(({ error }) => error !== undefined)
    ? "failed"
    : "fine";
}

const FIRST: { readonly [state in DriftState]: string } = {
  fine: "### What is there is what was applied\n\nEvery stack was planned, and none differs.",
  drifted:
    "### What is there is not what was applied\n\nSomebody changed it by hand, or the last apply " +
    "did not finish. A plan says what applying again would do.",
  failed:
    "### It could not be seen whether what is there is what was applied\n\nA stack below has no plan, and none " +
    "that has one differs. What an earlier run has seen, if one has, stands in this text's earlier versions.",
};

/** The text of the issue about drift; as long as a comment at most, no value. */
export function renderDrift(parts: Planned): string {
  const counts = countsOf(parts);
  const head = [
    FIRST[driftState(parts)],
    caution(parts),
    ofCommit(parts.commit),
    beyondPlans(parts),
    counts && `### What applying again would do: ${counts}`,
    withoutPlan(parts),
    parts.unplanned?.length
      ? `No plan of ${unplannedStacks(parts)}: the job left no summary. It failed before it could ` +
        `plan, or nobody let it run; its log says which.`
      : "",
    ...planned(parts),
  ];
  return withFolded(
    head,
    parts,
    "_No value is in this text. It is written again, and closed, by the job that looks for drift._",
  );
}
