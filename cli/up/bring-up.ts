import type { Platform, Vault } from "../../model";
import type { Kubernetes } from "../kubernetes";
import { counted } from "../counted";
import type { ShareOptions } from "../ops/init/recipients";
import type { Io } from "../ops/io";
import { givenAddress } from "../ops/way";
import { proveAccess } from "../access/prove";
import { synthesize } from "../synth";
import type { Env, Terraform } from "../terraform";
import { check } from "./checks";
import { clearInterrupted, releasesOf } from "./helm-releases";
import { PodWatch } from "./pod-watch";
import { scopeOf, type Scope } from "./scope";
import { inSeconds, operatorSteps, runSteps, type AfterStep, type Step } from "./steps";
import { deliveredIn, waitForCrds, waitForSync } from "./sync";
import { bringTo, loggedTerraform, type Around } from "./terraform";
import { VaultRun } from "./vault-steps";

/** How a platform is brought up. */
export interface UpOptions extends ShareOptions {
  /** Names of environments; empty: all that can be reached. */
  readonly environments: readonly string[];
  /** Milliseconds to wait for the values to be in their Secrets; 0 does not wait. */
  readonly syncTimeoutMs: number;
  /** Milliseconds to wait for a server's pods to run; @default five minutes. */
  readonly podTimeoutMs?: number;
  /** Leaves a root token that VAULT_TOKEN gave; @default false: it is revoked, as one of this run's own. */
  readonly keepRootToken?: boolean;
  /** @default nothing */
  readonly afterStep?: AfterStep;
}

/**
 * Brings a platform, or some environments of it, from nothing to synced secrets. Each step looks at what there is
 * first, so that a run after an interruption continues where the last one stopped.
 *
 * Throws UsageErrors and OpsErrors with their remedies, and VaultErrors; what was done until then stays.
 */
export async function bringUp(io: Io, platform: Platform, options: UpOptions): Promise<void> {
  const started = Date.now();
  const wanted = scopeOf(platform, options.environments);
  const installs = (vault: Vault) => Boolean(vault.installation && !givenAddress(io, platform, vault));
  const outdir = synthesize(platform).outdir;
  // What npm start refuses is never applied.
  proveAccess(outdir);
  const terraform = loggedTerraform(outdir, "up", io.env);
  const { scope, clusters, summary } = await check(
    io,
    platform,
    wanted,
    options.environments.length > 0,
    installs,
    terraform,
  );
  io.err(`checks: ${summary}`);
  for (const vault of scope.vaults)
    if (vault.installation && !installs(vault))
      io.err(`Vault ${vault.name}: the environment gives its address, so that no server is installed.`);
  const runs = scope.vaults.map((vault) => {
    const home = installs(vault) ? clusters.get(vault.installation!.cluster) : undefined;
    return new VaultRun(io, platform, vault, home, outdir, options);
  });
  try {
    await runSteps(io, stepsOf(platform, scope, clusters, runs, terraform, options), options.afterStep);
  } finally {
    for (const run of runs) await run.end();
    for (const kubernetes of clusters.values()) kubernetes.close();
  }
  io.err(`up in ${inSeconds(Date.now() - started)}.`);
  io.out(whatNext(scope));
}

function stepsOf(
  platform: Platform,
  scope: Scope,
  clusters: ReadonlyMap<string, Kubernetes>,
  runs: readonly VaultRun[],
  terraform: Terraform,
  options: UpOptions,
): Step[] {
  const apply = async (stack: string, env?: Env, around?: Around) => {
    const count = await bringTo(terraform, stack, env, around);
    return count === 0 ? "as it should be" : counted(count, "change");
  };
  const prepared = (kubernetes: Kubernetes, stack: string, say: (text: string) => void): Around["prepare"] => {
    return (changes) => clearInterrupted(kubernetes, releasesOf(terraform.folder(stack)), changes, say);
  };
  const applyReleases = (kubernetes: Kubernetes, stack: string, watch: PodWatch, say: (text: string) => void) =>
    apply(stack, undefined, {
      prepare: prepared(kubernetes, stack, say),
      during: (work) => watch.during(work),
    });
  const steps: Step[] = [];
  const environments = scope.environments.map(({ name }) => name);
  for (const run of runs) {
    const { name, accessStack } = run.vault;
    if (run.home) {
      const { home } = run;
      steps.push([
        `Vault ${name}: install its server`,
        (say, signal) =>
          run.install((watch) => applyReleases(home, run.vault.stack!, watch, say), say, {
            timeoutMs: options.podTimeoutMs ?? 300_000,
            signal,
          }),
      ]);
    }
    steps.push(
      [`Vault ${name}: initialise`, () => run.initialise()],
      [`Vault ${name}: unseal`, () => run.unseal()],
      [`Vault ${name}: a token to set it up with`, () => run.obtainToken()],
      [
        `Vault ${name}: who may do what (${accessStack})`,
        () => run.grant(() => apply(accessStack, run.env), environments),
      ],
      [`Vault ${name}: a password for platform-admin`, () => run.setPassword()],
    );
    if (platform.databases.some((each) => each.vault === name))
      steps.push([`Vault ${name}: its databases`, () => run.adoptDatabases(environments)]);
  }
  steps.push(
    ...operatorSteps(scope, async (cluster, stack, say) => {
      const kubernetes = clusters.get(cluster)!;
      const [release] = releasesOf(terraform.folder(stack));
      const changes = await applyReleases(kubernetes, stack, new PodWatch(kubernetes, release!, say), say);
      await waitForCrds(kubernetes);
      return changes;
    }),
  );
  for (const { name, stack, vault, cluster } of scope.environments)
    steps.push([
      `Environment ${name} (${stack})`,
      (say) => {
        const kubernetes = cluster === undefined ? undefined : clusters.get(cluster);
        // A release of its bindings may be one that an earlier run was killed at.
        const around: Around | undefined = kubernetes && {
          prepare: prepared(kubernetes, stack, say),
          during: (work) => work(),
        };
        return apply(stack, runs.find((run) => run.vault.name === vault)!.env, around);
      },
    ]);
  for (const { name, cluster } of scope.environments)
    if (cluster !== undefined && options.syncTimeoutMs > 0)
      steps.push([
        `Environment ${name}: values in their Secrets`,
        async (progress, interrupted) => {
          const sets = deliveredIn(platform, name);
          await waitForSync(clusters.get(cluster)!, sets, options.syncTimeoutMs, progress, interrupted);
          return `${sets.length} synced`;
        },
      ]);
  if (!options.keepRootToken)
    for (const run of runs) steps.push([`Vault ${run.vault.name}: revoke the root token`, () => run.revokeRoot()]);
  return steps;
}

function whatNext({ vaults, environments }: Scope): string {
  const vault = vaults[0];
  const environment = environments[0]?.name ?? "<environment>";
  const { installation } = vault ?? {};
  const http = `http${installation?.unsafeNoTls ? "" : "s"}`;
  return [
    "next:",
    `  invite the first person    npm run ops -- users invite ` +
      `<name>${vaults.length > 1 ? ` --vault ${vault?.name}` : ""}`,
    `  set the first values       npm run ops -- secrets set <app> ${environment} <key>`,
    "  see how it is              npm run ops -- status",
    ...(installation?.ui
      ? [
          `  open Vault's UI            kubectl -n ${installation.namespace} port-forward ` +
            `svc/${installation.release} 8200, then ${http}://127.0.0.1:8200/ui`,
        ]
      : []),
    "  take it away again         npm run down",
  ].join("\n");
}
