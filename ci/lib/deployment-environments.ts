import type { StackEntry } from "../../cli/environments";
import { OpsError, UsageError } from "../../cli/ops/errors";

/**
 * A job's deployment environment on GitHub, and the rules that stand between a stranger's code and the job's identity
 * (docs/pipelines.md).
 */
export interface WantedEnvironment {
  readonly name: string;
  /** Somebody looks before a job runs in it. */
  readonly reviewers: boolean;
  /** Only this branch's jobs run in it. Absent: a pull request's too. */
  readonly branch?: string;
}

/** A stack's jobs, as `npm run environments -- --json` prints them; no `apply` where people apply the stack. */
export type StackJobs = Pick<StackEntry, "stack" | "plan" | "watch" | "apply">;

/** What the environments of a stack's jobs need. */
export function wantedEnvironments({ plan, watch, apply }: StackJobs, branch: string): WantedEnvironment[] {
  return [
    { name: plan, reviewers: true },
    { name: watch, reviewers: false, branch },
    ...(apply ? [{ name: apply, reviewers: true, branch }] : []),
  ];
}

/** GET of a path below GitHub's API; undefined where there is nothing. */
export type Ask = (path: string) => Promise<unknown>;

/**
 * As far as it is used. Source: GitHub's REST documentation, "Deployment environments" and "Deployment branch
 * policies".
 */
interface Environment {
  readonly protection_rules?: readonly {
    readonly type: string;
    readonly reviewers?: readonly unknown[];
    readonly prevent_self_review?: boolean;
  }[];
  readonly deployment_branch_policy?: { readonly custom_branch_policies?: boolean } | null;
  /** Whether an administrator of the repository may start a job past the rules. GitHub's default is that they may. */
  readonly can_admins_bypass?: boolean;
}

interface Policies {
  readonly branch_policies?: readonly { readonly name: string; readonly type?: string }[];
}

/** What of an environment is not as it must be, in sentences; none when all is. */
export async function missingRules(wanted: WantedEnvironment, ask: Ask): Promise<string[]> {
  const path = `environments/${encodeURIComponent(wanted.name)}`;
  const found = (await ask(path)) as Environment | undefined;
  if (!found)
    return [
      `${wanted.name}: there is none; GitHub would make it at the first job, without a rule. Make it with its rules.`,
    ];
  const missing: string[] = [];
  const { protection_rules: rules = [], deployment_branch_policy: branches, can_admins_bypass: bypass } = found;
  const review = rules.find(({ type }) => type === "required_reviewers");
  if (wanted.reviewers && !review?.reviewers?.length)
    missing.push(
      "nobody has to look before its job runs. Set required reviewers (a private " +
        "repository needs GitHub Enterprise for them).",
    );
  // What an answer does not say counts as not so: an older GitHub knows neither of these two.
  if (review?.reviewers?.length && review.prevent_self_review !== true)
    missing.push("who starts its job may approve it. Prevent self-review.");
  if (bypass !== false)
    missing.push("an administrator can pass its rules. Do not allow administrators to bypass them.");
  if (wanted.branch) {
    const policies = branches?.custom_branch_policies
      ? ((await ask(`${path}/deployment-branch-policies`)) as Policies | undefined)
      : undefined;
    const allowed = (policies?.branch_policies ?? []).map(({ name, type = "branch" }) => `${type} ${name}`).join(", ");
    if (allowed !== `branch ${wanted.branch}`)
      missing.push(
        `given ${allowed || "any branch"}; accepted: the branch ` +
          `${wanted.branch} alone. Set it under deployment branches and tags.`,
      );
  }
  return missing.map((words) => `${wanted.name}: ${words}`);
}

/**
 * Asks GitHub, as a workflow's job with `actions: read`.
 *
 * The returned function throws an OpsError for every answer but 200 and 404.
 */
export function githubApi({
  GITHUB_API_URL = "https://api.github.com",
  GITHUB_REPOSITORY,
  GH_TOKEN,
}: Readonly<Record<string, string | undefined>>): Ask {
  if (!GITHUB_REPOSITORY || !GH_TOKEN)
    throw new UsageError(
      "GITHUB_REPOSITORY and GH_TOKEN: given none; accepted: the repository and the job's token. A " +
        "workflow sets GH_TOKEN to github.token.",
    );
  return async (path) => {
    const url = `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/${path}`;
    const answer = await fetch(url, {
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${GH_TOKEN}`,
        "x-github-api-version": "2022-11-28",
      },
      signal: AbortSignal.timeout(30_000),
    }).catch((error: unknown) => {
      throw new OpsError(`${url}: no answer (${error instanceof Error ? error.message : String(error)}).`);
    });
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new OpsError(`${url}: ${answer.status}. The job needs \`permissions: actions: read\`.`);
    return answer.json();
  };
}
