import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";
import { temporaryFolder } from "../live/servers";
import { Cluster, until, type KubernetesObject } from "./cluster";
import { Commands, plain } from "./commands";
import { operatorImage, proxyImage, vaultImage } from "./images";
import { chartIn, type Parts } from "./parts";

type Answers = NonNullable<Parameters<Commands["at"]>[2]>;

export const APP = "sample-node-api";
export const [USERNAME, PASSWORD] = ["PRIVATE_NODE_API_DB_USERNAME", "PRIVATE_NODE_API_DB_PASSWORD"] as const;
/** The Secret that its set is delivered to. */
export const SECRET = "sample-app-node-api-local-db-connection-secret";
/** Who may write its set, and who may read it. */
export const [WRITER, READER] = ["sample-node-api-admin", "sample-node-api-user"] as const;

/** Of the sample's environments the one with a cluster, changed, and one without: the others are as that one. */
export const environments = (
  local: Partial<PlatformConfig["environments"][string]>,
): PlatformConfig["environments"] => ({
  local: { ...sample.environments.local!, ...local },
  dev: sample.environments.dev!,
});

/** A word that nobody could have written before. */
export const secretWord = () => randomBytes(12).toString("hex");

/** The sample of the README in a cluster of containers, as people type its commands. */
export class SamplePods {
  readonly passwords: Record<string, string> = {};
  private readonly shares = join(temporaryFolder("shares"), "shares");

  private constructor(
    readonly cluster: Cluster,
    readonly commands: Commands,
    readonly config: PlatformConfig,
  ) {
    for (const name of ["platform-admin", WRITER, READER]) this.passwords[name] = secretWord();
  }

  /** Starts a cluster of one node for it, with nothing in it. `changes` is laid over the sample. */
  static async start(parts: Parts, turn: number, changes: Partial<PlatformConfig> = {}): Promise<SamplePods> {
    const cluster = await Cluster.start(parts, [vaultImage(parts), operatorImage(parts), proxyImage(parts)], turn);
    const config: PlatformConfig = {
      ...sample,
      vaults: { main: { ...sample.vaults.main!, chart: chartIn(parts, "vault") } as PlatformConfig["vaults"][string] },
      clusters: { local: { ...sample.clusters.local!, operator: { chart: chartIn(parts, "vault-secrets-operator") } } },
      ...changes,
    };
    return new SamplePods(cluster, new Commands(cluster), config);
  }

  /** Runs a command in a terminal; `env` is laid over its environment. */
  run(words: readonly string[], answers: Answers = [], env: Readonly<Record<string, string>> = {}) {
    return this.commands.at(this.config, words, answers, env);
  }

  /** Runs a command without a terminal. */
  withoutTerminal(words: readonly string[]) {
    return this.commands.piped(this.config, words);
  }

  /** Brings it up from nothing, with the key shares in files. */
  up(...words: readonly string[]) {
    const password = this.passwords["platform-admin"]!;
    return this.run(
      ["up", "--out-dir", this.shares, ...words],
      [
        ["New password of platform-admin", password],
        ["The same once more", password],
      ],
    );
  }

  /** The answers of a login at the prompt. */
  as(user: string): Answers {
    return [
      ["User name in Vault main", user],
      [`Password of ${user}`, this.passwords[user]!],
    ];
  }

  /** A key share, by its number from 1. */
  share(n: number): string {
    return readFileSync(join(this.shares, `key-share-${n}`), "utf8").trim();
  }

  /** The vault program in Vault's own pod. Throws with its words when it fails. */
  vault(words: readonly string[], stdin = "", token = ""): Promise<string> {
    const env = ["env", "VAULT_ADDR=http://127.0.0.1:8200", "HOME=/tmp"];
    // The token is read from standard input: a command line is for everybody to see.
    const line = 'read -r VAULT_TOKEN; [ -z "$VAULT_TOKEN" ] || export VAULT_TOKEN; exec vault "$@"';
    const exec = ["-n", "sample-vault", "exec", "-i", "sample-vault-0", "-c", "vault", "--"];
    const command = ["kubectl", "--kubeconfig", this.cluster.kubeconfig, ...exec];
    return this.cluster.exec([...command, ...env, "sh", "-c", line, "sh", ...words], {}, `${token}\n${stdin}`);
  }

  /** Logs in, and returns the token. */
  async login(user: string): Promise<string> {
    const words = ["login", "-method=userpass", "-no-store", "-field=token", `username=${user}`, "password=-"];
    return (await this.vault(words, this.passwords[user])).trim();
  }

  /** Invites somebody and accepts, as both of them type it. */
  async invite(user: string): Promise<void> {
    const accepted = await this.accept(user, await this.invitation(user));
    expect([plain(accepted), accepted.code]).toEqual([expect.stringContaining(`${user} has an own password`), 0]);
  }

  /** The token of an invitation. */
  async invitation(user: string): Promise<string> {
    const invited = await this.run(["ops", "users", "invite", user, "--json"], this.as("platform-admin"));
    return /hvs\.[\w-]+/.exec(invited.output)?.[0] ?? "";
  }

  /** Opens an invitation and chooses the password. */
  accept(user: string, token: string) {
    return this.run(
      ["ops", "users", "accept", user],
      [
        ["Token of the invitation", token],
        [`New password of ${user}`, this.passwords[user]!],
        ["The same once more", this.passwords[user]!],
      ],
    );
  }

  /** Sets a key of the app's set in `local`, as its writer. */
  async set(key: string, value: string): Promise<void> {
    const answers = [...this.as(WRITER), [`Value of ${key}`, value] as const];
    const ended = await this.run(["ops", "secrets", "set", APP, "local", key], answers);
    expect([plain(ended), ended.code]).toEqual([expect.stringContaining(`${key} of ${APP} in local is set`), 0]);
    expect(ended.output).not.toContain(value);
  }

  /** What the operator has put into a key of the app's Secret. */
  async inSecret(key: string): Promise<string> {
    const words = ["-n", "sample", "get", "secret", SECRET, "-o", `jsonpath={.data.${key}}`];
    return Buffer.from(await this.cluster.kubectl(...words), "base64").toString("utf8");
  }

  /** Waits until a value is there. */
  arrives(key: string, value: string, timeoutMs?: number) {
    const isThere = (seen: string) => seen === value;
    return until(`${key} in its Secret`, () => this.inSecret(key), isThere, timeoutMs);
  }

  pods(namespace: string, selector: string) {
    return this.cluster.list<KubernetesObject>(namespace, "pods", selector);
  }

  /** Deletes Vault's pod; returns when the next one runs, sealed. */
  async restartVault(): Promise<void> {
    const pod = ["-n", "sample-vault", "get", "pod", "sample-vault-0", "-o"];
    await this.cluster.kubectl("-n", "sample-vault", "delete", "pod", "sample-vault-0");
    await until(
      "Vault's new pod",
      () => this.cluster.kubectl(...pod, "jsonpath={.status.phase}"),
      (phase) => phase === "Running",
    );
  }
}
