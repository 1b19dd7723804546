import type { Platform, Vault } from "../../model";
import { Kubernetes } from "../kubernetes";
import { KvClient } from "../vault";
import { synthesize } from "../synth";
import { OpsError, UsageError } from "../ops/errors";
import type { Io } from "../ops/io";
import { eachInParallel } from "../ops/parallel";
import { Shares } from "../ops/unseal/shares";
import { obtain, type Authority } from "./authority";
import { logFile, runSteps, type Step, type UpOptions } from "./bring-up";
import { deleteCrds, withoutStuckFinalizers } from "./leftovers";
import { BootstrapRecord } from "./record";
import { inSeconds } from "./renderer";
import { clustersWithEnvironments, scopeOf, type Scope } from "./scope";
import { makeTeardownToken, teardownRules, type TeardownToken } from "./teardown-token";
import { Terraform, type VaultAccess } from "./terraform";
import { addressOf, openWay, overrideOf, waitForPods, type VaultWay } from "./vault-way";

/** How a platform, or environments of it, is taken down. */
export interface DownOptions {
  /** Names of environments; empty: all, with the operators, who may do what, and the servers that `up` installed. */
  readonly environments: readonly string[];
  /** Deletes the values too, every version. */
  readonly deleteSecrets: boolean;
  /** Does not ask whether it is meant; not enough to delete secrets. */
  readonly yes: boolean;
  /** As for `up`. */
  readonly afterStep?: UpOptions["afterStep"];
}

/**
 * What holds values, or says that they are there: kept unless secrets are deleted, in Vault and in the state, so that
 * `up` finds them again.
 */
const SECRET_SETS = /^vault_(kv_secret_v2|generic_endpoint)\./;
const MOUNT = /^vault_(mount|kv_secret_backend_v2)\./;
const IN_VAULT = /^vault_/;
const NAMESPACE = /^kubernetes_namespace_v1\./;

/**
 * Takes environments away, or all, in the order in which nothing waits for what has gone. Values stay unless
 * `deleteSecrets`: then a name must be typed in. A server that `up` installed is taken away without its volumes, or,
 * with `deleteSecrets`, with everything in it.
 *
 * Throws a UsageError for a protected environment and a name that is none, OpsErrors with their remedies, and
 * VaultErrors; running it again continues.
 */
export async function takeDown(io: Io, platform: Platform, options: DownOptions): Promise<void> {
  const started = Date.now();
  const scope = scopeOf(platform, options.environments);
  const all = options.environments.length === 0;
  refuseProtected(scope);
  const outdir = synthesize(platform).outdir;
  const terraform = new Terraform(outdir, io.env, logFile(outdir, "down"));
  await terraform.version();
  const installed = (vault: Vault): boolean =>
    all && Boolean(vault.installation) && overrideOf(io, vault) === undefined;
  if (options.deleteSecrets)
    for (const vault of scope.vaults.filter(installed))
      if (!vault.installation!.unsafeDestroy)
        throw new UsageError(
          `vaults.${vault.name}: its values cannot be deleted with its server; accepted: ` +
            `unsafeDestroy: true in the config, which a reviewer sees ` +
            `(docs/decisions/0010-who-may-destroy-a-vault.md).`,
        );
  await askWhetherMeant(io, platform, scope, options);
  const clusters = new Map<string, Kubernetes>();
  for (const cluster of scope.clusters) clusters.set(cluster.name, await Kubernetes.open(cluster, io.env));
  const entries = new Map(
    scope.vaults
      .filter((vault) => !installed(vault))
      .map((vault) => [vault.name, new VaultEntry(io, platform, vault, clusters, outdir, all, options.deleteSecrets)]),
  );
  try {
    await runSteps(
      io,
      await stepsOf(platform, scope, {
        terraform,
        clusters,
        entries,
        outdir,
        all,
        deleteSecrets: options.deleteSecrets,
      }),
      options.afterStep,
    );
  } finally {
    for (const entry of entries.values()) await entry.close();
    for (const kubernetes of clusters.values()) kubernetes.close();
  }
  io.err(`down in ${inSeconds(Date.now() - started)}.`);
  io.out(whatStays(scope, all, options.deleteSecrets, installed));
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
        `This takes away ${what}, AND DELETES THE VALUES of their secrets, every version, for good. ` +
          `Type ${name} to go on`,
      )
    ).trim();
    if (typed !== name)
      throw new UsageError(`the name: given ${JSON.stringify(typed)}; accepted: ${name}. Nothing was changed.`);
  } else if (!yes && !(await io.confirm(`This takes away ${what}. Values of secrets stay. Go on?`)))
    throw new OpsError("nothing was changed.");
}

interface World {
  readonly terraform: Terraform;
  readonly clusters: ReadonlyMap<string, Kubernetes>;
  readonly entries: ReadonlyMap<string, VaultEntry>;
  readonly outdir: string;
  readonly all: boolean;
  readonly deleteSecrets: boolean;
}

async function stepsOf(platform: Platform, scope: Scope, world: World): Promise<Step[]> {
  const { terraform, clusters, entries, all, deleteSecrets } = world;
  const environments = [...scope.environments].reverse().map((environment): Step => ({
    name: `${environment.name}: environment`,
    title: `Environment ${environment.name} (${environment.stack})`,
    run: async (progress) => {
      const addresses = await terraform.addresses(environment.stack);
      const sets = addresses.filter((address) => SECRET_SETS.test(address));
      const entry = entries.get(environment.vault);
      // With its server, all that is in the Vault goes or stays as one; nothing in it is touched one by one.
      const going = addresses.filter((address) => (entry ? !SECRET_SETS.test(address) : !IN_VAULT.test(address)));
      const forgotten = !deleteSecrets ? [] : entry ? sets : addresses.filter((address) => IN_VAULT.test(address));
      if (going.length === 0 && forgotten.length === 0) return undefined;
      const access =
        going.some((address) => IN_VAULT.test(address)) || forgotten.length > 0 ? await entry?.access() : undefined;
      if (entry && deleteSecrets) await entry.deleteSets(environment.name);
      await terraform.forget(environment.stack, forgotten);
      if (going.length > 0) {
        const destroy = (): Promise<void> => terraform.destroy(environment.stack, going, access);
        const kubernetes = environment.cluster ? clusters.get(environment.cluster) : undefined;
        const namespaces = [
          ...new Set(
            platform.tenants
              .filter((tenant) => tenant.environment === environment.name)
              .flatMap((tenant) => tenant.delivery?.namespace ?? []),
          ),
        ];
        await (kubernetes ? withoutStuckFinalizers(kubernetes, namespaces, progress, destroy) : destroy());
      }
      return `${going.length} taken away${deleteSecrets ? ", values deleted" : sets.length > 0 ? ", values stay" : ""}`;
    },
  }));
  if (!all) return [...environments, ...endSteps(entries)];
  const operators = clustersWithEnvironments(scope).flatMap(({ name, operator }): Step[] =>
    operator
      ? [
          {
            name: `${name}: operator`,
            title: `Cluster ${name}: the operator (${operator.stack})`,
            run: () => removeOperator(terraform, clusters.get(name)!, operator.stack),
          },
        ]
      : [],
  );
  const vaults = scope.vaults.map((vault): Step => {
    const entry = entries.get(vault.name);
    return entry
      ? {
          name: `${vault.name}: access`,
          title: `Vault ${vault.name}: who may do what (${vault.accessStack})`,
          run: () => removeAccess(terraform, vault, entry, deleteSecrets),
        }
      : {
          name: `${vault.name}: server`,
          title:
            `Vault ${vault.name}: its ` +
            `server${deleteSecrets ? ", with all that is in it" : ", without its volumes"} (${vault.stack})`,
          run: () => removeServer(terraform, vault, world),
        };
  });
  return [...environments, ...operators, ...vaults, ...endSteps(entries)];
}

function endSteps(entries: World["entries"]): Step[] {
  return [...entries.values()].map((entry) => ({
    name: `${entry.vault.name}: end`,
    title: `Vault ${entry.vault.name}: the token of this run`,
    run: () => entry.end(),
  }));
}

async function removeOperator(
  terraform: Terraform,
  kubernetes: Kubernetes,
  stack: string,
): Promise<string | undefined> {
  const addresses = await terraform.addresses(stack);
  if (addresses.length === 0) return undefined;
  await terraform.destroy(stack, undefined);
  const { deleted, kept } = await deleteCrds(kubernetes);
  return kept.length > 0
    ? `taken away; its CRDs stay, since others have ${kept.join(", ")}`
    : `taken away, with ${deleted} CRDs`;
}

async function removeAccess(
  terraform: Terraform,
  vault: Vault,
  entry: VaultEntry,
  deleteSecrets: boolean,
): Promise<string | undefined> {
  const addresses = await terraform.addresses(vault.accessStack);
  const mount = addresses.filter((address) => MOUNT.test(address));
  const going = addresses.filter((address) => !MOUNT.test(address));
  if (going.length === 0 && (!deleteSecrets || mount.length === 0)) return undefined;
  const access = await entry.access();
  const emptied = deleteSecrets && mount.length > 0 ? await entry.deleteMount() : false;
  if (emptied) await terraform.forget(vault.accessStack, mount);
  const workloads = await entry.entitiesOfLogins();
  if (going.length > 0) await terraform.destroy(vault.accessStack, going, access);
  await entry.deleteEntities(workloads);
  return (
    `${going.length} taken ` +
    `away${emptied ? ", and the mount" : mount.length > 0 ? `; the mount ${vault.mount} stays` : ""}`
  );
}

async function removeServer(
  terraform: Terraform,
  vault: Vault,
  { outdir, deleteSecrets }: World,
): Promise<string | undefined> {
  if (deleteSecrets) {
    await terraform.forget(vault.accessStack, await terraform.addresses(vault.accessStack));
    new BootstrapRecord(outdir, vault.accessStack).clear();
  }
  const addresses = await terraform.addresses(vault.stack!);
  const going = deleteSecrets ? addresses : addresses.filter((address) => !NAMESPACE.test(address));
  if (going.length === 0) return undefined;
  await terraform.destroy(vault.stack!, deleteSecrets ? undefined : going);
  return deleteSecrets
    ? "taken away, with all that was in it"
    : `taken away; namespace ${vault.installation!.namespace} and its volumes stay`;
}

/** The way into one Vault, opened only when a step needs it. */
class VaultEntry {
  private way: VaultWay | undefined;
  private authority: Authority | undefined;
  private teardown: TeardownToken | undefined;

  constructor(
    private readonly io: Io,
    private readonly platform: Platform,
    readonly vault: Vault,
    private readonly clusters: ReadonlyMap<string, Kubernetes>,
    private readonly outdir: string,
    private readonly all: boolean,
    private readonly deleteSecrets: boolean,
  ) {}

  /**
   * How Terraform reaches it. A person's own token is enough for environments; what takes the person's rights away, or
   * values, needs a token of its own.
   */
  async access(): Promise<VaultAccess> {
    if (!this.way) {
      const kubernetes = this.vault.installation && this.clusters.get(this.vault.installation.cluster);
      const inside =
        kubernetes && addressOf(this.io, this.vault) === undefined
          ? { kubernetes, pod: (await waitForPods(kubernetes, this.vault.installation!, 0))[0]! }
          : undefined;
      this.way = await openWay(this.io, this.vault, inside);
    }
    if (!this.authority) {
      this.authority = await obtain(
        this.io,
        this.way.client,
        this.vault,
        new Shares(this.io),
        new BootstrapRecord(this.outdir, this.vault.accessStack),
      );
      this.way.use(this.authority.token);
      if ((this.all || this.deleteSecrets) && this.authority.kind !== "root") {
        this.teardown = await makeTeardownToken(
          this.way.client,
          teardownRules(
            this.vault,
            this.vault.authMounts.map(({ path }) => path),
            this.deleteSecrets,
          ),
        );
        this.way.use(this.teardown.token);
      }
    }
    return { vault: this.vault.name, address: this.way.address, token: this.teardown?.token ?? this.authority.token };
  }

  /** Deletes every version of an environment's secret sets. */
  async deleteSets(environment: string): Promise<void> {
    await this.access();
    for (const tenant of this.platform.tenants.filter(
      (each) => each.environment === environment && each.secretSet === "managed",
    ))
      await this.way!.client.delete(tenant.path.metadata());
  }

  /** Deletes the kv mount, unless secrets that are none of this platform's are in it. Returns whether it is gone. */
  async deleteMount(): Promise<boolean> {
    const { client } = this.way!;
    const left = await client.list(`${this.vault.mount}/metadata`);
    const own = left.includes(`${this.platform.name}/`) ? await new KvClient(client).list(this.vault.root) : [];
    if (left.length > 0 || own.length > 0) {
      this.io.err(
        `       the mount ${this.vault.mount} stays: it holds ${left.join(", ")}, which no ` +
          `environment of this config made`,
      );
      return false;
    }
    await client.delete(`sys/mounts/${this.vault.mount}`);
    return true;
  }

  /**
   * Ids of the entities that Vault made by itself at the logins of workloads: known at no other auth method than the
   * ones that go.
   */
  async entitiesOfLogins(): Promise<string[]> {
    const { client } = this.way!;
    const mounts = new Set(this.vault.authMounts.map(({ path }) => path).map((mount) => `auth/${mount}/`));
    type Entity = { readonly id: string; readonly aliases: readonly { readonly mount_path: string }[] | null };
    const entities = await eachInParallel(
      this.io,
      await client.list("identity/entity/id"),
      { doing: "looking at entities" },
      async (id) => (await client.readIfPresent<Entity>(`identity/entity/id/${id}`))?.data,
    );
    return entities
      .filter((entity) => entity?.aliases?.length && entity.aliases.every(({ mount_path: path }) => mounts.has(path)))
      .map((entity) => entity!.id);
  }

  /** Deletes entities that are still there. */
  async deleteEntities(ids: readonly string[]): Promise<void> {
    await eachInParallel(this.io, ids, { doing: "deleting entities of workloads" }, (id) =>
      this.way!.client.delete(`identity/entity/id/${id}`),
    );
  }

  /** Ends the tokens of this run. */
  async end(): Promise<string | undefined> {
    if (!this.authority) return undefined;
    const { teardown, authority } = this;
    [this.teardown, this.authority] = [undefined, undefined];
    await teardown?.end();
    // Where the auth method has gone, the login's token went with it.
    if (authority.own)
      await this.way!.client.write("auth/token/revoke-self", {}, { token: authority.token }).catch(() => undefined);
    if (this.all) new BootstrapRecord(this.outdir, this.vault.accessStack).clear();
    return "revoked";
  }

  async close(): Promise<void> {
    await this.end().catch(() =>
      this.io.err(
        `Vault ${this.vault.name}: the token of this run could not be revoked; it ends by itself within two hours`,
      ),
    );
    await this.way?.close();
  }
}

function whatStays(
  { vaults }: Scope,
  all: boolean,
  deleteSecrets: boolean,
  installed: (vault: Vault) => boolean,
): string {
  if (deleteSecrets) return all ? "nothing of it is left." : "nothing of it is left, values included.";
  const kept = vaults.map((vault) =>
    installed(vault)
      ? `the volumes of Vault ${vault.name}, in namespace ${vault.installation!.namespace}, sealed`
      : `the values in Vault ${vault.name}, mount ${vault.mount}`,
  );
  return `left: ${kept.join("; ")}. npm run up finds them again; npm run down -- --delete-secrets takes them too.`;
}
