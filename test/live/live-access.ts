import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runAccess } from "../../cli/access";
import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";
import { stacksOf, writeStacks, type Stacks } from "../access/fixture";
import { scriptedIo } from "../cli/up/scripted-io";
import { CI } from "../helpers/configs";
import { TestIssuer } from "./ci-tokens";
import { AccessLoader, vaultSide } from "./load-access";
import { startVault, type VaultServer } from "./servers";

/** What `access live` says as JSON, as far as it is looked at. */
export interface LiveReport {
  readonly live: {
    readonly differences: readonly { readonly state: string; readonly where: string; readonly differs: unknown }[];
    readonly changes: readonly {
      readonly who: readonly string[];
      readonly gains: string;
      readonly loses: string;
      readonly by: readonly string[];
    }[];
    readonly broken: readonly { readonly proof: string; readonly subject: string; readonly says: string }[];
    readonly unread: readonly string[];
    readonly requests: number;
    readonly madeByLogins: number;
  };
}

/** What a report says is not as the stacks say it, a line each. */
export function linesOf({ live }: LiveReport): string[] {
  return [
    ...live.changes.map(({ who, gains, loses, by }) =>
      [gains && `gain ${who.join(", ")}: ${gains}`, loses && `lose ${who.join(", ")}: ${loses}`, `by ${by.join(", ")}`]
        .filter(Boolean)
        .join(", "),
    ),
    ...live.differences.map(({ state, where, differs }) => `${state}: ${where} ${JSON.stringify(differs)}`),
    ...live.broken.map(({ proof, subject, says }) => `broken ${proof}: ${subject}: ${says}`),
  ];
}

/** The sample with what `changes` adds, for a Vault that writes its audit log into a folder. */
export function liveSample(folder: string, changes: Partial<PlatformConfig> = {}): PlatformConfig {
  const main = { ...sample.vaults.main!, audit: [{ type: "file", path: join(folder, "audit.log") }] as const };
  return { ...sample, vaults: { main }, ...changes };
}

/** A Vault outside of every pod has no local CA; without this its kubernetes auth method takes no configuration. */
export function withoutLocalCa(stacks: Stacks): Stacks {
  const configs = stacks["sample-access-main"].resource.vault_kubernetes_auth_backend_config as object;
  for (const config of Object.values(configs)) Object.assign(config as object, { disable_local_ca_jwt: true });
  return stacks;
}

/** A Vault, the folder of its stacks, and a token that reads it. */
export class LiveAccess {
  private constructor(
    readonly server: VaultServer,
    readonly dir: string,
    /** Holds what `access live --policy` says, and nothing else. */
    readonly token: string,
  ) {}

  /** Gives a token that reads to a Vault, which is set up. */
  static async of(server: VaultServer, dir: string): Promise<LiveAccess> {
    const said = scriptedIo({ env: { PLATFORM: "config/sample.ts" } });
    await runAccess(["live", "--policy", "--dir", dir], said);
    await server.ok("PUT", "sys/policies/acl/access-reader", { body: { policy: said.outLines.join("\n") } });
    const body = { policies: ["access-reader"], no_default_policy: true, no_parent: true };
    const { auth } = await server.ok<{ auth: { client_token: string } }>("POST", "auth/token/create", { body });
    return new LiveAccess(server, dir, auth.client_token);
  }

  /** The same, of stacks whose config has one more waiver. */
  besides(waiver: object): LiveAccess {
    const dir = `${this.dir}-waived`;
    cpSync(this.dir, dir, { recursive: true });
    const file = join(dir, "stacks/sample-access-main/cdk.tf.json");
    const json = JSON.parse(readFileSync(file, "utf8")) as { locals: { metadata: { waivers: object[] } } };
    json.locals.metadata.waivers.push(waiver);
    writeFileSync(file, JSON.stringify(json));
    return new LiveAccess(this.server, dir, this.token);
  }

  /** Runs `npm run access -- live`. */
  async run(
    words: readonly string[] = [],
    token = this.token,
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    const env = {
      ...{ PLATFORM: "config/sample.ts", HOME: this.server.folder },
      ...{ VAULT_ADDR: this.server.address, VAULT_TOKEN: token },
    };
    const io = scriptedIo({ env, terminal: false });
    await runAccess(["live", "--dir", this.dir, ...words], io);
    return { code: io.code ?? 0, out: io.outLines.join("\n"), err: io.errLines.join("\n") };
  }

  /** Its report as JSON, and how it ended. Throws what it said where it made none. */
  async report(token?: string): Promise<LiveReport & { readonly code: number }> {
    const { code, out, err } = await this.run(["--format", "json"], token);
    if (out === "") throw new Error(err);
    return { code, ...(JSON.parse(out) as LiveReport) };
  }

  /** A request with the root token, or without any. */
  async write(method: string, path: string, body?: unknown, token?: string): Promise<Record<string, unknown>> {
    return this.server.ok(method, path, { body, token });
  }
}

/** A Vault that is as its stacks say, with a CI whose tokens it checks by a key. */
export interface LiveSample {
  readonly live: LiveAccess;
  readonly loader: AccessLoader;
  readonly issuer: TestIssuer;
}

/** Starts it. About two seconds. */
export async function startLiveSample(): Promise<LiveSample> {
  const server = await startVault({ storage: "dev" });
  const issuer = new TestIssuer();
  const config = liveSample(server.folder, { backend: CI.backend, pipelines: issuer.pipelines() });
  const stacks = withoutLocalCa(stacksOf(config));
  const loader = new AccessLoader(server, { audit: true });
  await loader.apply(vaultSide(stacks));
  const live = await LiveAccess.of(server, writeStacks(join(server.folder, "cdktf.out"), stacks));
  return { live, loader, issuer };
}
