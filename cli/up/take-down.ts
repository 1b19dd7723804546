import type { Platform, Vault } from "../../model";
import { Kubernetes } from "../kubernetes";
import { OpsError, UsageError } from "../ops/errors";
import type { Io } from "../ops/io";
import { givenAddress } from "../ops/way";
import { counted } from "../counted";
import { synthesize } from "../synth";
import { downSteps } from "./down-steps";
import { leftLine, placedSets, setLines, type PlacedSets } from "./placed-sets";
import { scopeOf, type Scope } from "./scope";
import { inSeconds, runSteps, type AfterStep } from "./steps";
import { loggedTerraform } from "./terraform";
import { VaultEntry, type Teardown } from "./vault-entry";

/** How a platform, or environments of it, is taken down. */
export interface DownOptions {
  /** Names of environments; empty: all, with the operators, who may do what, and the servers that `up` installed. */
  readonly environments: readonly string[];
  /** Deletes the values too, every version, of the secret sets that Terraform's state says were placed. */
  readonly deleteSecrets: boolean;
  /** Does not ask whether it is meant; not enough to delete secrets. */
  readonly yes: boolean;
  /** @default nothing */
  readonly afterStep?: AfterStep;
}

/**
 * Takes environments away, or all, in the order in which nothing waits for what has gone. Values stay unless
 * `deleteSecrets`: then those that Terraform placed go, each is said before, and a name must be typed in. A server that
 * `up` installed is taken away without its volumes, or, with `deleteSecrets`, with everything in it.
 *
 * Throws a UsageError for a protected environment and a name that is none, OpsErrors with their remedies, and
 * VaultErrors; running it again continues.
 */
export async function takeDown(io: Io, platform: Platform, options: DownOptions): Promise<void> {
  const started = Date.now();
  const { environments, deleteSecrets } = options;
  const scope = scopeOf(platform, environments);
  const all = environments.length === 0;
  refuseProtected(scope);
  const outdir = synthesize(platform).outdir;
  const terraform = loggedTerraform(outdir, "down", io.env);
  await terraform.version();
  const installed = (vault: Vault) => all && Boolean(vault.installation) && !givenAddress(io, platform, vault);
  if (deleteSecrets)
    for (const vault of scope.vaults.filter(installed))
      if (!vault.installation!.unsafeDestroy)
        throw new UsageError(
          `vaults.${vault.name}: its values cannot be deleted with its server; accepted: unsafeDestroy: true in ` +
            "the config, which a reviewer sees (docs/decisions/0007-who-may-destroy-a-vault.md).",
        );
  const going = scope.vaults.filter(installed);
  const staying = scope.environments.filter(({ vault }) => !going.some(({ name }) => name === vault));
  const sets = await placedSets(platform, deleteSecrets ? staying : [], terraform);
  await askWhetherMeant(io, platform, scope, options, valuesOf(io, sets, going));
  const clusters = new Map<string, Kubernetes>();
  for (const cluster of scope.clusters) clusters.set(cluster.name, await Kubernetes.open(cluster, io.env));
  const run: Teardown = { io, platform, scope, terraform, outdir, clusters, all, deleteSecrets, sets };
  const stay = scope.vaults.filter((vault) => !installed(vault));
  const entries = new Map(stay.map((vault) => [vault.name, new VaultEntry(run, vault)]));
  try {
    await runSteps(io, downSteps(run, entries), options.afterStep);
  } finally {
    for (const entry of entries.values()) await entry.close();
    for (const kubernetes of clusters.values()) kubernetes.close();
  }
  io.err(`down in ${inSeconds(Date.now() - started)}.`);
  io.out(whatStays(run, installed));
}

function refuseProtected({ environments }: Scope): void {
  const held = environments.filter((environment) => environment.protected).map((environment) => environment.name);
  if (held.length > 0)
    throw new UsageError(
      `environment: given ${held.join(", ")}, which ${held.length === 1 ? "is" : "are"} protected; ` +
        `nothing was changed. A protected environment is taken away only after protected: true has ` +
        `left the config, which a reviewer sees.`,
    );
}

async function askWhetherMeant(
  io: Io,
  platform: Platform,
  { environments }: Scope,
  { environments: given, deleteSecrets, yes }: DownOptions,
  values: string,
): Promise<void> {
  const what =
    given.length === 0
      ? `everything of ${platform.name}: ${environments.map(({ name }) => name).join(", ")}, the ` +
        `operators, who may do what, and servers that up installed`
      : given.join(", ");
  if (deleteSecrets) {
    const name = given.length === 0 ? platform.name : given.join(" ");
    const typed = (
      await io.ask(
        `This takes away ${what}, AND DELETES THE VALUES of ${values}, every version, for good. ` +
          `Type ${name} to go on`,
      )
    ).trim();
    if (typed !== name)
      throw new UsageError(`the name: given ${JSON.stringify(typed)}; accepted: ${name}. Nothing was changed.`);
  } else if (!yes && !(await io.confirm(`This takes away ${what}. Values of secrets stay. Go on?`)))
    throw new OpsError("nothing was changed.");
}

/** Whose values are deleted, in a few words, with a name where there are servers that go; says each set before. */
function valuesOf(io: Io, sets: PlacedSets, going: readonly Vault[]): string {
  for (const line of setLines(sets)) io.err(line);
  const count = [...sets.placed.values()].flat().length;
  return [
    ...(count > 0 || going.length === 0 ? [counted(count, "secret set")] : []),
    ...going.map(({ name }) => `all that is in Vault ${name}`),
  ].join(" and ");
}

function whatStays({ scope, all, deleteSecrets, sets }: Teardown, installed: (vault: Vault) => boolean): string {
  if (deleteSecrets && sets.left.length > 0) return leftLine(sets);
  if (deleteSecrets) return all ? "nothing of it is left." : "nothing of it is left, values included.";
  const kept = scope.vaults.map((vault) =>
    installed(vault)
      ? `the volumes of Vault ${vault.name}, in namespace ${vault.installation!.namespace}, sealed`
      : `the values in Vault ${vault.name}, mount ${vault.mount}`,
  );
  return `left: ${kept.join("; ")}. npm run up finds them again; npm run down -- --delete-secrets takes them too.`;
}
