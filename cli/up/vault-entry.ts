import type { Platform, Vault } from "../../model";
import type { Kubernetes } from "../kubernetes";
import type { Io } from "../ops/io";
import { eachInParallel } from "../ops/parallel";
import { Shares } from "../ops/unseal/shares";
import { wayTo, type Connection } from "../ops/way";
import type { Env, Terraform } from "../terraform";
import type { VaultClient } from "../vault";
import { obtain, type Authority } from "./authority";
import type { PlacedSets } from "./placed-sets";
import { BootstrapRecord } from "./record";
import type { Scope } from "./scope";
import { makeTeardownToken, teardownRules, type TeardownToken } from "./teardown-token";
import { vaultEnv } from "./terraform";

/** What one run of `down` works with. */
export interface Teardown {
  readonly io: Io;
  readonly platform: Platform;
  readonly scope: Scope;
  readonly terraform: Terraform;
  readonly outdir: string;
  readonly clusters: ReadonlyMap<string, Kubernetes>;
  /** Whether everything goes, and not some environments alone. */
  readonly all: boolean;
  /** Whether the values go too: those of {@link sets}. */
  readonly deleteSecrets: boolean;
  /** What the person was told, and agreed to; empty unless values go. */
  readonly sets: PlacedSets;
}

/** The way into one Vault that stays, opened only when a step needs it. */
export class VaultEntry {
  private way: Connection | undefined;
  private authority: Authority | undefined;
  private teardown: TeardownToken | undefined;
  private readonly record: BootstrapRecord;

  constructor(
    private readonly run: Teardown,
    readonly vault: Vault,
  ) {
    this.record = new BootstrapRecord(run.outdir, vault.accessStack);
  }

  /**
   * How Terraform reaches it. A person's own token is enough for environments; what takes the person's rights away, or
   * values, needs a token of its own.
   */
  async env(): Promise<Env> {
    const { io, platform, all, deleteSecrets } = this.run;
    this.way ??= await (await wayTo(io, platform, this.vault)).open();
    if (!this.authority) {
      this.authority = await obtain(io, this.way.client, this.vault, new Shares(io), this.record);
      this.client.token = this.authority.token;
      if ((all || deleteSecrets) && this.authority.kind !== "root") {
        const rules = teardownRules(this.vault, this.authMounts, deleteSecrets);
        this.teardown = await makeTeardownToken(this.way.client, rules);
        this.client.token = this.teardown.token;
      }
    }
    return vaultEnv(this.vault, this.client.address, (this.teardown ?? this.authority).token);
  }

  /** Deletes every version of the secret sets that Terraform placed for an environment. */
  async deleteSets(environment: string): Promise<void> {
    await this.env();
    for (const path of this.run.sets.placed.get(environment) ?? []) await this.client.delete(path.metadata());
  }

  /** Deletes the kv mount, unless secrets that Terraform did not place are in it. Returns whether it is gone. */
  async deleteMount(): Promise<boolean> {
    const { mount } = this.vault;
    const left = await this.client.list(`${mount}/metadata`);
    if (left.length === 0) await this.client.delete(`sys/mounts/${mount}`);
    else
      this.run.io.err(
        `       the mount ${mount} stays: it holds ${left.join(", ")}, which no environment of this config placed`,
      );
    return left.length === 0;
  }

  /**
   * Ids of the entities that Vault made by itself at the logins of workloads: known at no other auth method than the
   * ones that go.
   */
  async entitiesOfLogins(): Promise<string[]> {
    const mounts = new Set(this.authMounts.map((mount) => `auth/${mount}/`));
    type Entity = { readonly id: string; readonly aliases: readonly { readonly mount_path: string }[] | null };
    const entities = await eachInParallel(
      this.run.io,
      await this.client.list("identity/entity/id"),
      "looking at entities",
      (id) => this.client.readIfPresent<Entity>(`identity/entity/id/${id}`),
    );
    return entities
      .filter((entity) => entity?.aliases?.length && entity.aliases.every(({ mount_path: path }) => mounts.has(path)))
      .map((entity) => entity!.id);
  }

  /** Deletes entities that are still there. */
  async deleteEntities(ids: readonly string[]): Promise<void> {
    await eachInParallel(this.run.io, ids, "deleting entities of workloads", (id) =>
      this.client.delete(`identity/entity/id/${id}`),
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
      await this.client.write("auth/token/revoke-self", {}, { token: authority.token }).catch(() => undefined);
    if (this.run.all) this.record.clear();
    return "revoked";
  }

  /** As {@link end}, after a failure too; closes the way. */
  async close(): Promise<void> {
    await this.end().catch(() =>
      this.run.io.err(
        `Vault ${this.vault.name}: the token of this run could not be revoked; it ends by itself within two hours`,
      ),
    );
    await this.way?.close();
  }

  private get client(): VaultClient {
    return this.way!.client;
  }

  private get authMounts(): string[] {
    return this.vault.authMounts.map(({ path }) => path);
  }
}
