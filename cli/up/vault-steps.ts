import { named, PLATFORM_ADMIN, type Platform, type Vault } from "../../model";
import { counted } from "../counted";
import type { Kubernetes } from "../kubernetes";
import type { SecretValue, VaultClient } from "../vault";
import { adoptMissing } from "../ops/databases/adopt";
import { initialise } from "../ops/init/initialise";
import { showRootToken } from "../ops/init";
import { chooseRecipients, type ShareOptions } from "../ops/init/recipients";
import type { Io } from "../ops/io";
import { asksForToken } from "../ops/root-token/generate-root";
import { Shares } from "../ops/unseal/shares";
import { unsealServer } from "../ops/unseal/unseal";
import { askNewPassword } from "../ops/users/password";
import { podServer, wayTo, type Connection } from "../ops/way";
import type { Env } from "../terraform";
import { obtain, revokeRootTokens, setAdminPassword, type Authority } from "./authority";
import { BootstrapRecord } from "./record";
import { vaultEnv } from "./terraform";
import { PodWatch } from "./pod-watch";
import { openNew, waitForPods, type Patience } from "./pods";

/**
 * What the steps on one Vault share. Each step can be done again: it looks at what there is, and says what it did, or
 * undefined when there was nothing to do.
 */
export class VaultRun {
  private watch: PodWatch | undefined;
  private way: Connection | undefined;
  private pods: readonly string[] = [];
  private shares: Shares;
  private fresh: SecretValue | undefined;
  private authority: Authority | undefined;
  private readonly record: BootstrapRecord;

  /** @param home the cluster that this run installs the server in; undefined where it installs none */
  constructor(
    private readonly io: Io,
    private readonly platform: Platform,
    readonly vault: Vault,
    readonly home: Kubernetes | undefined,
    outdir: string,
    private readonly settings: ShareOptions,
  ) {
    this.record = new BootstrapRecord(outdir, vault.accessStack);
    this.shares = new Shares(io);
  }

  /** How Terraform reaches the Vault, once there is a token. */
  get env(): Env {
    return vaultEnv(this.vault, this.way!.client.address, this.authority!.token);
  }

  /** Applies the server's stack and waits until its pods run. */
  async install(
    apply: (watch: PodWatch) => Promise<unknown>,
    say: (text: string) => void,
    patience: Patience,
  ): Promise<string> {
    const installation = this.vault.installation!;
    this.watch = new PodWatch(this.home!, installation, say);
    await apply(this.watch);
    this.pods = await waitForPods(installation, this.watch, patience);
    return `${this.pods.join(", ")} ${this.pods.length === 1 ? "runs" : "run"}`;
  }

  /** Reaches it, and initialises it if it is new; its shares go to people. */
  async initialise(): Promise<string | undefined> {
    const { io, home, settings, vault } = this;
    // A new server's own address may lead nowhere yet.
    this.way = home
      ? await openNew(podServer(io, home, vault.installation!, this.pods[0]!), this.watch!)
      : await (await wayTo(io, this.platform, vault)).open();
    if ((await this.way.client.sealStatus()).initialized) return undefined;
    const recipients = chooseRecipients(io, settings);
    this.record.initialising();
    const made = await initialise(io, this.way.client, { ...settings, recipients });
    this.fresh = made.rootToken;
    if (made.shares && made.kind === "key share")
      this.shares = new Shares(io, made.shares.slice(0, settings.threshold));
    return `${settings.shares} ${made.kind}s, any ${settings.threshold} of which are enough`;
  }

  /** Unseals every server of it. */
  async unseal(): Promise<string | undefined> {
    const unseal = async (name: string, client: VaultClient) =>
      (await unsealServer(this.io, name, client, this.shares)) === "unsealed" ? 1 : 0;
    let unsealed = await unseal(`Vault ${this.vault.name}`, this.way!.client);
    for (const pod of this.pods.slice(1)) {
      const { client, close } = await podServer(this.io, this.home!, this.vault.installation!, pod).open();
      try {
        unsealed += await unseal(pod, client);
      } finally {
        await close();
      }
    }
    return unsealed ? counted(unsealed, "server") : undefined;
  }

  /** Has a token that may set it up. */
  async obtainToken(): Promise<string> {
    const { client } = this.way!;
    this.authority = await obtain(this.io, client, this.vault, this.shares, this.record, this.fresh);
    client.token = this.authority.token;
    const { kind } = this.authority;
    if (kind === "root") return "a root token, revoked at the end";
    return kind === "admin" ? `logged in as ${PLATFORM_ADMIN}` : "the token at hand";
  }

  /**
   * What makes it up, applied; a static role of a database that waits for its connection to be adopted comes after
   * that.
   */
  async grant(apply: () => Promise<string>, environments: readonly string[]): Promise<string> {
    try {
      return await apply();
    } catch (error) {
      if (!(await this.adoptDatabases(environments))) throw error;
      return apply();
    }
  }

  /** Has Vault take over the databases of these environments, and of roles that the access stack holds. */
  async adoptDatabases(environments: readonly string[]): Promise<string | undefined> {
    const { platform, vault } = this;
    const here = platform.databases.filter(
      (each) =>
        each.vault === vault.name &&
        (environments.includes(each.environment) ||
          named(platform.environments, each.environment).authority === "separate"),
    );
    const adopted = await adoptMissing(this.io, this.way!.client, here);
    return adopted ? counted(adopted, "database") : undefined;
  }

  /** Gives platform-admin a password, where nobody has one yet. */
  async setPassword(): Promise<string | undefined> {
    if (this.authority!.kind !== "root" || this.record.read().passwordSet) return undefined;
    const password = await askNewPassword(this.io, PLATFORM_ADMIN);
    await setAdminPassword(this.io, this.way!.client, this.platform, this.vault, password);
    this.record.passwordSet();
    return `${PLATFORM_ADMIN} can log in`;
  }

  /** Revokes root tokens of this and of killed runs. */
  async revokeRoot(): Promise<string | undefined> {
    const authority = this.authority!;
    const revoked = await revokeRootTokens(this.io, this.way!.client, authority, this.record);
    if (authority.kind === "root") this.authority = undefined;
    return revoked ? counted(revoked, "root token") : undefined;
  }

  /**
   * Leaves nothing of this run that nobody has: a token that it made is revoked, also after a failure. The one
   * exception is a root token of a Vault since 2.0 where nobody can log in yet: shares alone would make no other, so
   * that it is offered to the person.
   */
  async end(): Promise<void> {
    try {
      if (this.authority?.own) await this.giveUp(this.authority);
    } finally {
      await this.way?.close();
    }
  }

  private async giveUp({ kind, token }: Authority): Promise<void> {
    const { io, record } = this;
    const { client } = this.way!;
    const name = `Vault ${this.vault.name}`;
    const keep = kind === "root" && !record.read().passwordSet && asksForToken((await client.sealStatus()).version);
    const why = `${name}: nobody can log in yet, and since Vault 2.0 key shares alone make no other root token.`;
    if (!keep)
      await client
        .write("auth/token/revoke-self", {}, { token })
        .catch(() =>
          io.err(
            `${name}: the token of this run could not be revoked; npm run up again revokes root tokens at its end`,
          ),
        );
    else if (io.terminal && (await io.confirm(`${why} Show it once, to go on with VAULT_TOKEN?`)))
      await showRootToken(io, token, "it is shown once.");
    else io.err(`${why} It is lost. docs/bootstrap.md says how to make another.`);
  }
}
