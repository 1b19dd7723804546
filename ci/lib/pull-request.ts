import { Access, AccessInputError, changesBetween, check, diffComment, stackTexts } from "../../access";
import { stackChanges } from "../../cli/environments";
import { loadPlatform } from "../../cli/platform-file";
import { renderComment, type CommentParts, type PlansState } from "./comment";
import { UsageError } from "../../cli/ops/errors";
import { metadataOfStacks, protectedStacks } from "./protected-stacks";
import { readSummaries } from "./read-summary";

/** What the one comment of a pull request is made from. */
export interface PullRequest {
  /**
   * `cdktf.out` of the base. One that is not there, has no stacks or cannot be judged counts as empty, and the comment
   * says so.
   */
  readonly base: string;
  /** `cdktf.out` of the head. It is the pull request's word: of one that cannot be judged the comment says that. */
  readonly head: string;
  /** Folder of what `ci/plan` wrote. */
  readonly plans: string;
  /** How the checks and the plans of the commit stand. */
  readonly standing: Standing;
  /** @default the comment names none */
  readonly commit?: string;
  /**
   * Names of stacks, in the order in which they can be applied.
   * @default that of the config that this code loads; where it does not load, by name: the base's own code may run here
   */
  readonly order?: readonly string[];
}

/** How far the jobs of a commit are. */
export type Standing = Pick<CommentParts, "checkFailed" | "state">;

/**
 * Reads CHECK and PLANS, as a workflow knows them: how the checks ended (`success`, `failure`, `cancelled`, `skipped`;
 * empty: success), and whether plans are `made`, `pending` (they wait for an approval) or `none` (empty: made, or none
 * where the checks did not pass).
 *
 * Throws a UsageError for any other word.
 */
export function standingOf({ CHECK = "", PLANS = "" }: Readonly<Record<string, string | undefined>>): Standing {
  if (!["", "success", "failure", "cancelled", "skipped"].includes(CHECK))
    throw new UsageError(
      `CHECK: given '${CHECK}'; accepted: success, failure, cancelled or skipped, as GitHub says of a job`,
    );
  if (!["", "made", "pending", "none"].includes(PLANS))
    throw new UsageError(`PLANS: given '${PLANS}'; accepted: made, pending or none`);
  const checkFailed = CHECK !== "" && CHECK !== "success";
  return { checkFailed, state: (PLANS || (checkFailed ? "none" : "made")) as PlansState };
}

/**
 * The comment, and to whom a synthesis was no use: a sentence each, for the log.
 *
 * Throws what reading the summaries throws.
 */
export function pullRequestComment({
  base,
  head,
  plans: folder,
  standing,
  commit,
  order = committedOrder(),
}: PullRequest): { readonly text: string; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const judged = (outdir: string) => {
    try {
      if (stackTexts(outdir).size === 0) return undefined;
      const access = Access.fromFolder(outdir);
      return { access, proofs: check(access) };
    } catch (error) {
      if (!(error instanceof AccessInputError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const [before, after] = [judged(base), judged(head)];
  const stacks = metadataOfStacks(base, head);
  const changes = after ? stackChanges(order, before && base, head) : [];
  const named = (gone: boolean) =>
    changes.flatMap(({ stack, change }) => ((change === "removed") === gone ? stack : []));
  const touched = named(false);
  const known = [...new Set([...touched, ...stacks.map(([name]) => name)])];
  const text = renderComment({
    access:
      after &&
      diffComment(
        after.access.platform,
        changesBetween(before?.access ?? new Access([]), after.access),
        before?.proofs,
        after.proofs,
      ),
    ...readSummaries(folder, known.length > 0 ? known : undefined, touched),
    removed: named(true),
    protectedStacks: protectedStacks(stacks),
    commit,
    ...standing,
  });
  return { text, problems };
}

function committedOrder(): string[] {
  try {
    return loadPlatform().stacks.map(({ name }) => name);
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}
