import type { PlatformConfig } from "../config/platform";
import type { PipelinesConfig } from "../config/pipelines";
import { Duration } from "../duration";
import type { PipelineIdentity, PipelinePurpose, Pipelines, StackSpec } from "../platform";
import type { Report } from "../problems";
import { entries, isRecord } from "../record";
import { fieldReport, step } from "../schema";

/** GitHub's names. */
const CLAIMS = { repository: "repository", ref: "ref", environment: "environment", event: "event_name" } as const;

const PURPOSES = ["plan", "watch", "apply"] as const satisfies readonly PipelinePurpose[];

/** GitHub's. `pull_request_target` runs with the base's reference, and too often with the head's code. */
const EVENTS = {
  plan: ["pull_request"],
  watch: ["push", "schedule", "workflow_dispatch"],
  apply: ["push", "workflow_dispatch"],
} as const;

/** Backends whose state outlives a job. */
const SHARED_BACKENDS = "a backend that jobs share: s3, gcs, azurerm, kubernetes, pg or http";

/** The longest that a token may live. */
const LONGEST_TTL = Duration.of("1h");

/** The auth mount of the CI. */
export function pipelinesMount({ mount = "jwt-ci" }: PipelinesConfig): string {
  return mount;
}

/** The CI's login, with every default, and an identity for each stack and purpose. */
export function resolvePipelines(config: PipelinesConfig, stacks: readonly StackSpec[]): Pipelines {
  const {
    claims: names = CLAIMS,
    events,
    require: required = {},
    repository,
    ref = "refs/heads/main",
    subject = "repo:{repository}:environment:{environment}",
  } = config;
  const identity = (purpose: PipelinePurpose, { name: stack, kind, vault, cluster }: StackSpec): PipelineIdentity => {
    const name = `${purpose}-${stack}`;
    return {
      name,
      // What is committed is planned with the rights that planning has always had: one policy says them.
      rights: purpose === "watch" ? `plan-${stack}` : name,
      purpose,
      stack,
      // A server's stack has a Vault, and talks to its cluster alone.
      ...(vault !== undefined && kind !== "vault" && { vault }),
      ...(cluster !== undefined && { cluster }),
      claims: {
        ...Object.fromEntries(Object.entries(required).map(([claim, value]) => [claim, [value]])),
        [names.repository]: [repository],
        [names.environment]: [name],
        // A pull request's reference is its own, so only what is committed is bound to one.
        ...(purpose !== "plan" && { [names.ref]: [ref] }),
        ...(names.event && { [names.event]: [...(events?.[purpose] ?? EVENTS[purpose])] }),
      },
      subject: subject.replaceAll("{repository}", repository).replaceAll("{environment}", name),
    };
  };
  return {
    mount: pipelinesMount(config),
    issuer: config.issuer,
    audience: config.audience,
    ...(config.publicKeys && { publicKeys: config.publicKeys }),
    ...(config.caCertificate && { caCertificate: config.caCertificate }),
    tokenTtl: Duration.parse(config.tokenTtl) ?? Duration.of("5m"),
    identities: stacks.flatMap((stack) => PURPOSES.map((purpose) => identity(purpose, stack))),
  };
}

/** Reports what of the CI's settings does not go together, in a config of any shape. */
export function checkPipelines(config: PlatformConfig, report: Report): void {
  const { pipelines, clusters, environments } = config;
  for (const [name, cluster] of entries(clusters)) {
    if (cluster.pipelines === undefined) continue;
    const wrong = fieldReport(cluster, step("clusters", name), report);
    if (pipelines === undefined) wrong("pipelines", "only beside the platform's pipelines", "They say which CI it is.");
    else if (isRecord(environments) && !entries(environments).some(([, environment]) => environment.cluster === name))
      wrong(
        "pipelines",
        "only where an environment runs in the cluster",
        "The operator's stack makes the rights, and this cluster has none.",
      );
  }
  if (!isRecord(pipelines)) return;
  checkBackends(config, report);
  const wrong = fieldReport(pipelines as Partial<PipelinesConfig>, "pipelines", report);
  const {
    claims,
    events,
    require: required,
    tokenTtl,
    publicKeys,
    caCertificate,
  } = pipelines as Partial<PipelinesConfig>;
  const names = Object.entries<unknown>(isRecord(claims) ? claims : CLAIMS);
  checkNumber(names, required, report);
  names.forEach(([field, name], i) => {
    const first = names.slice(0, i).find(([, other]) => other === name);
    if (first && typeof name === "string")
      report(
        step("pipelines.claims", field),
        name,
        "a claim of its own",
        `pipelines.claims.${first[0]} has it already.`,
      );
  });
  for (const claim of isRecord(required) ? Object.keys(required) : [])
    if (names.some(([, name]) => name === claim))
      report(
        step("pipelines.require", claim),
        claim,
        "a claim that is not bound already",
        "pipelines.claims names it.",
      );
  const event: unknown = isRecord(claims) ? claims.event : CLAIMS.event;
  if (event === undefined && events !== undefined)
    wrong("events", "only beside claims.event", "Without it no event is looked at.");
  if (event !== undefined && event !== CLAIMS.event) {
    const hint = "The default ones are GitHub's.";
    if (events === undefined) wrong("events", "the events of this CI", hint);
    else if (isRecord(events))
      for (const purpose of PURPOSES)
        if (events[purpose] === undefined)
          report(step("pipelines.events", purpose), undefined, "the events of this CI", hint);
  }
  const ttl = Duration.parse(tokenTtl);
  if (ttl && ttl.seconds > LONGEST_TTL.seconds)
    wrong("tokenTtl", `at most ${LONGEST_TTL}`, "A job's token is for one job.");
  if (publicKeys !== undefined && caCertificate !== undefined)
    wrong("caCertificate", "only without publicKeys", "With the keys given, the issuer is not asked.");
}

/** GitHub's claim of a repository's number, which no other repository ever gets. */
const NUMBER = "repository_id";

/** Reports where a repository is known by its name alone: the owner of that name may be another one tomorrow. */
function checkNumber(names: readonly [string, unknown][], required: unknown, report: Report): void {
  const at = "pipelines.require";
  const hint = "A repository's name can be given to another one, which would get the jobs' rights.";
  if (!names.some(([field, name]) => field === "repository" && name === CLAIMS.repository)) {
    if (required === undefined)
      report(at, undefined, "the claim of this CI that has the repository's number, e.g. GitLab's project_id", hint);
    return;
  }
  if (required !== undefined && !isRecord(required)) return;
  const given: unknown = isRecord(required) && Object.hasOwn(required, NUMBER) ? required[NUMBER] : undefined;
  if (given === undefined || (typeof given === "string" && !/^[1-9][0-9]*$/.test(given)))
    report(
      step(at, NUMBER),
      given,
      "the repository's number, digits alone",
      `${hint} \`gh api repos/OWNER/NAME --jq .id\` says it.`,
    );
}

/** Reports where state would lie on a job's own disk. What a backend's type may be at all is the shape's matter. */
function checkBackends({ backend, environments }: PlatformConfig, report: Report): void {
  const hint =
    "A hosted job's disk is gone with the job: the next one finds no state, and plans to make everything again.";
  const local = (settings: unknown) => isRecord(settings) && settings.type === "local";
  if (backend === undefined) report("backend", undefined, SHARED_BACKENDS, hint);
  else if (local(backend)) report("backend.type", "local", SHARED_BACKENDS, hint);
  for (const [name, environment] of entries(environments))
    if (local(environment.backend))
      report(step("environments", name, "backend", "type"), "local", SHARED_BACKENDS, hint);
}
