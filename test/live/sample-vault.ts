import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";
import { ops, type OpsRun, type OpsWorld } from "../cli/ops/run-ops";
import { AccessLoader, stacksOf, vaultSide } from "./load-access";
import { startVault, type VaultServer } from "./servers";

/** A Vault with the Vault side of the sample, and everybody's password. */
export interface SampleVault {
  readonly server: VaultServer;
  readonly loader: AccessLoader;
  /** A new login of a user with the password that the loader made. */
  login(user: string): Promise<string>;
  /** Runs an ops command with this token ("" for none). */
  ops(words: string, token: string, world?: OpsWorld): Promise<OpsRun>;
  /** The values of a sample set, read with the root token. */
  values(app: string, environment: string): Promise<Record<string, string>>;
}

/** Starts it; about a second. */
export async function startSampleVault(
  config: PlatformConfig = sample,
  options: { readonly audit?: boolean } = {},
): Promise<SampleVault> {
  const server = await startVault({ storage: "dev" });
  const loader = new AccessLoader(server, options);
  await loader.apply(vaultSide(stacksOf(config)));
  return {
    server,
    loader,
    login: async (user) =>
      (
        await server.ok<{ auth: { client_token: string } }>("POST", `auth/userpass/login/${user}`, {
          token: "",
          body: { password: loader.passwords.get(user) },
        })
      ).auth.client_token,
    ops: (words, token, { env, ...world } = {}) =>
      ops(words, { ...world, env: { VAULT_ADDR: server.address, ...(token && { VAULT_TOKEN: token }), ...env } }),
    values: async (app, environment) =>
      (
        await server.ok<{ data: { data: Record<string, string> } }>(
          "GET",
          `kvv2/data/sample/${app}/${app}-${environment}`,
        )
      ).data.data,
  };
}
