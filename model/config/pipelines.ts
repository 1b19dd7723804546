import type { DurationText } from "../duration";

/**
 * Claims of one purpose: every event, or whatever the CI calls what started it, that may take the role. The defaults
 * are GitHub's; where the claim has another name, all three are given.
 */
export interface PipelineEvents {
  /**
   * Events that may plan.
   * @default ["pull_request"]
   */
  readonly plan?: readonly string[];
  /**
   * Events that may plan what is committed.
   * @default ["push", "schedule", "workflow_dispatch"]
   */
  readonly watch?: readonly string[];
  /**
   * Events that may apply.
   * @default ["push", "workflow_dispatch"]
   */
  readonly apply?: readonly string[];
}

/**
 * What the CI calls its claims. Source: GitHub's documentation, "OpenID Connect reference"; GitLab's: "ID token
 * authentication".
 */
export interface PipelineClaims {
  /** The repository. GitLab: `project_path`. */
  readonly repository: string;
  /** The git reference that the job runs on. */
  readonly ref: string;
  /** The deployment environment of the job, which is what the CI's approvals hang on. */
  readonly environment: string;
  /**
   * What started the job. GitLab: `pipeline_source`, with `events` of its own.
   * @default events are not looked at
   */
  readonly event?: string;
}

/**
 * The CI that plans and applies the stacks: for each stack the roles `plan-<stack>` (of a pull request),
 * `watch-<stack>` (plans the protected branch) and `apply-<stack>`, taken by a job's OIDC token when every claim is
 * exactly so. The CI has a deployment environment of each role's name. No secret is stored in the CI. Needs a `backend`
 * that jobs share.
 */
export interface PipelinesConfig {
  /** Issuer of the CI's tokens, as in `iss`, e.g. `https://token.actions.githubusercontent.com`. */
  readonly issuer: string;
  /**
   * The only audience that is taken. One for this platform alone: a token asked for another service must not open
   * Vault.
   */
  readonly audience: string;
  /** As the CI's claim has it, e.g. `acme/vault-tenancy`. */
  readonly repository: string;
  /**
   * The reference that is watched and applied, whole.
   * @default "refs/heads/main"
   */
  readonly ref?: string;
  /**
   * More claims that every token must have, exactly. One that has the repository's number, because its name can be
   * given to another one: GitHub's `repository_id`, GitLab's `project_id`.
   */
  readonly require: { readonly [claim: string]: string };
  /** @default GitHub's: { repository: "repository", ref: "ref", environment: "environment", event: "event_name" } */
  readonly claims?: PipelineClaims;
  /** @default GitHub's; `pull_request_target` is in none */
  readonly events?: PipelineEvents;
  /**
   * Public keys of the issuer, PEM, for a Vault that cannot reach it.
   * @default Vault fetches them from the issuer's discovery document
   */
  readonly publicKeys?: readonly string[];
  /**
   * CA certificate of the issuer's endpoint, PEM (public).
   * @default the system's
   */
  readonly caCertificate?: string;
  /**
   * The auth mount.
   * @default "jwt-ci"
   */
  readonly mount?: string;
  /**
   * How long a token lives; it cannot be renewed beyond. At most an hour.
   * @default "5m"
   */
  readonly tokenTtl?: DurationText;
  /**
   * The `sub` of a job's token, of `{repository}` and `{environment}`: a cluster's API server knows the job by it.
   * @default "repo:{repository}:environment:{environment}"
   */
  readonly subject?: string;
}

/** How a cluster's API server knows the CI's jobs. */
export interface ClusterPipelinesConfig {
  /** What the API server puts before a token's `sub` (`--oidc-username-prefix`), e.g. `ci:`. */
  readonly userPrefix: string;
  /**
   * The API server as the jobs reach it: an https URL. It stands here, and in no variable of the CI, so that whoever
   * changes where the jobs send their tokens is reviewed.
   */
  readonly host: string;
  /** Who signed the API server's certificate: one or more CA certificates, PEM (public). */
  readonly caCertificate: string;
  /**
   * The audience that the API server takes the jobs' tokens for. One of its own is of no use at Vault.
   * @default the platform's `pipelines.audience`
   */
  readonly audience?: string;
}
