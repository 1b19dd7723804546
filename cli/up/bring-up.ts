import { dirname, join } from "node:path";
import type { Platform, Vault } from "../../model";
import type { Kubernetes } from "../kubernetes";
import { synthesize } from "../synth";
import { OpsError } from "../ops/errors";
import type { Io } from "../ops/io";
import { check } from "./checks";
import { inSeconds, linesRenderer } from "./renderer";
import { clustersWithEnvironments, scopeOf, type Scope } from "./scope";
import { waitForCrds, waitForSync } from "./sync";
import { Terraform } from "./terraform";
import { VaultRun, type ShareSettings } from "./vault-steps";
import { overrideOf } from "./vault-way";

/** How a platform is brought up. */
export interface UpOptions extends ShareSettings {
  /** Names of environments; empty: all that can be reached. */
  readonly environments: readonly string[];
  /** Milliseconds to wait for the values to be in their Secrets; 0 does not wait. */
  readonly syncTimeoutMs: number;
  /** Leaves a root token that VAULT_TOKEN gave; @default false: it is revoked, as one of this run's own. */
  readonly keepRootToken?: boolean;
  /** Called after each step with its name, e.g. `main: access`; @default nothing. A test ends the process there. */
  readonly afterStep?: (name: string) => void | Promise<void>;
}

/**
 * One step: what it is called, and what it does; what it returns is shown, and undefined means that there was nothing
 * to do.
 */
export interface Step {
  readonly name: string;
  readonly title: string;
  run(progress: (text: string) => void): Promise<string | undefined>;
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
  const installs = (vault: Vault): boolean => vault.installation !== undefined && overrideOf(io, vault) === undefined;
  const outdir = synthesize(platform).outdir;
  const terraform = new Terraform(outdir, io.env, logFile(outdir, "up"));
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
      io.err(`Vault ${vault.name} is at ${overrideOf(io, vault)}, as the environment says: no server is installed.`);
  const runs = scope.vaults.map(
    (vault) =>
      new VaultRun(
        io,
        vault,
        vault.installation && clusters.get(vault.installation.cluster),
        terraform,
        outdir,
        options,
      ),
  );
  try {
    await runSteps(io, stepsOf(platform, scope, clusters, runs, terraform, options), options.afterStep);
  } finally {
    for (const run of runs) await run.end();
    for (const kubernetes of clusters.values()) kubernetes.close();
  }
  io.err(`up in ${inSeconds(Date.now() - started)}.`);
  io.out(whatNext(scope, installs));
}

/** Where Terraform's output of a run goes: beside cdktf.out, in a folder that git ignores. */
export function logFile(outdir: string, name: string): string {
  return join(dirname(outdir), ".tmp", `${name}.log`);
}

/**
 * Runs steps one after the other, with a line for each. An interrupt from the keyboard ends the run after what
 * Terraform is at, in order.
 */
export async function runSteps(io: Io, steps: readonly Step[], afterStep?: UpOptions["afterStep"]): Promise<void> {
  // 0.1 s to load, which `--help` should not pay.
  const { Listr } = await import("listr2");
  let interrupted = false;
  const interrupt = (): void => void (interrupted = true);
  process.once("SIGINT", interrupt);
  try {
    await new Listr(
      steps.map((step) => ({
        title: step.title,
        task: async (_: unknown, task: { title?: string; output?: string; skip(): void }) => {
          if (interrupted) throw new OpsError("stopped; what was done stays, and running this again continues here.");
          const result = await step.run((text) => void (task.output = text));
          if (result === undefined) task.skip();
          else task.title = result;
          await afterStep?.(step.name);
        },
      })) as never,
      { renderer: linesRenderer(io), concurrent: false, registerSignalListeners: false } as never,
    ).run();
  } finally {
    process.removeListener("SIGINT", interrupt);
  }
}

function stepsOf(
  platform: Platform,
  scope: Scope,
  clusters: ReadonlyMap<string, Kubernetes>,
  runs: readonly VaultRun[],
  terraform: Terraform,
  options: UpOptions,
): Step[] {
  const changes = (count: number): string =>
    count === 0 ? "as it should be" : `${count} ${count === 1 ? "change" : "changes"}`;
  const runOf = (vault: string): VaultRun => runs.find((run) => run.vault.name === vault)!;
  const vaults = runs.flatMap((run): Step[] => {
    const { name, accessStack } = run.vault;
    return [
      ...(run.installs
        ? [{ name: `${name}: install`, title: `Vault ${name}: install its server`, run: () => run.install() }]
        : []),
      { name: `${name}: initialise`, title: `Vault ${name}: initialise`, run: () => run.initialise() },
      { name: `${name}: unseal`, title: `Vault ${name}: unseal`, run: () => run.unseal() },
      { name: `${name}: token`, title: `Vault ${name}: a token to set it up with`, run: () => run.obtainToken() },
      {
        name: `${name}: access`,
        title: `Vault ${name}: who may do what (${accessStack})`,
        run: async () => changes(await terraform.apply(accessStack, run.access)),
      },
      {
        name: `${name}: password`,
        title: `Vault ${name}: a password for platform-admin`,
        run: () => run.setPassword(),
      },
    ];
  });
  const operators = clustersWithEnvironments(scope).flatMap(({ name, operator }): Step[] =>
    operator
      ? [
          {
            name: `${name}: operator`,
            title: `Cluster ${name}: the operator (${operator.stack})`,
            run: async () => {
              const changed = await terraform.apply(operator.stack);
              await waitForCrds(clusters.get(name)!);
              return changes(changed);
            },
          },
        ]
      : [],
  );
  const environments = scope.environments.map((environment): Step => ({
    name: `${environment.name}: environment`,
    title: `Environment ${environment.name} (${environment.stack})`,
    run: async () => changes(await terraform.apply(environment.stack, runOf(environment.vault).access)),
  }));
  const syncs = scope.environments
    .filter(({ cluster }) => cluster !== undefined && options.syncTimeoutMs > 0)
    .map((environment): Step => ({
      name: `${environment.name}: sync`,
      title: `Environment ${environment.name}: values in their Secrets`,
      run: async (progress) => {
        const tenants = platform.tenants.filter((tenant) => tenant.environment === environment.name && tenant.delivery);
        await waitForSync(clusters.get(environment.cluster!)!, tenants, options.syncTimeoutMs, progress);
        return `${tenants.length} synced`;
      },
    }));
  const ends = runs
    .filter(() => !options.keepRootToken)
    .map((run): Step => ({
      name: `${run.vault.name}: revoke`,
      title: `Vault ${run.vault.name}: revoke the root token`,
      run: () => run.revokeRoot(),
    }));
  return [...vaults, ...operators, ...environments, ...syncs, ...ends];
}

function whatNext({ vaults, environments }: Scope, installs: (vault: Vault) => boolean): string {
  const vault = vaults[0];
  const environment = environments[0]?.name ?? "<environment>";
  const { installation } = vault ?? {};
  const http = `http${installation?.unsafeNoTls ? "" : "s"}`;
  return [
    "next:",
    ...(vault && installation && !vault.address && installs(vault)
      ? [
          `  reach it from here         kubectl -n ${installation.namespace} port-forward ` +
            `svc/${installation.release} 8200, and VAULT_ADDR=${http}://127.0.0.1:8200 for users and secrets`,
        ]
      : []),
    `  invite the first person    npm run ops -- users invite ` +
      `<name>${vaults.length > 1 ? ` --vault ${vault?.name}` : ""}`,
    `  set the first values       npm run ops -- secrets set <app> ${environment} <key>`,
    "  see how it is              npm run ops -- status",
    ...(installation?.ui
      ? [`  open Vault's UI            ${http}://127.0.0.1:8200/ui, through that port-forward`]
      : []),
    "  take it away again         npm run down",
  ].join("\n");
}
