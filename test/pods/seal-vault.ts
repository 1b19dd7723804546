import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CertificateAuthority, ServerProcess, temporaryFolder } from "../live/servers";
import type { Cluster } from "./cluster";
import type { Parts } from "./parts";

/** A Vault beside the cluster, whose transit engine unseals the one in it. */
export interface SealVault {
  /** Where pods reach it. */
  readonly address: string;
  /** The transit key. */
  readonly keyName: string;
  /** A token that may use the key and nothing else, periodic. */
  readonly token: string;
  /** PEM text of the CA that its certificate is from. */
  readonly ca: string;
}

/** The cluster's own host, as pods see it. */
const HOST = "10.0.0.1";

/** Starts one in the cluster's network. It ends with the tests. */
export async function startSealVault(cluster: Cluster, { vault }: Parts): Promise<SealVault> {
  const folder = temporaryFolder("seal-vault");
  const authority = await CertificateAuthority.create(folder);
  const { certFile, keyFile } = await authority.issue("server", { commonName: "seal", names: [`IP:${HOST}`] });
  const [address, file] = [`https://${HOST}:8200`, join(folder, "vault.json")];
  const tcp = { address: `${HOST}:8200`, tls_cert_file: certFile, tls_key_file: keyFile };
  writeFileSync(
    file,
    JSON.stringify({ disable_mlock: true, api_addr: address, storage: { inmem: {} }, listener: { tcp } }),
  );
  const [command, ...args] = cluster.inside([vault, "server", `-config=${file}`]);
  const server = new ServerProcess({ name: "vault", command, args, folder });
  await server.waitUntil(async () => server.logs().includes("Vault server started"));

  const env: Record<string, string> = { VAULT_ADDR: address, VAULT_CACERT: authority.certFile, HOME: folder };
  const say = (words: readonly string[], stdin?: string) => cluster.exec([vault, ...words], env, stdin);
  const made = await say(["operator", "init", "-format=json", "-key-shares=1", "-key-threshold=1"]);
  const { unseal_keys_b64: keys, root_token } = JSON.parse(made) as { unseal_keys_b64: string[]; root_token: string };
  await say(["write", "sys/unseal", "key=-"], keys[0]);
  env.VAULT_TOKEN = root_token;
  const keyName = "unseal";
  await say(["secrets", "enable", "transit"]);
  await say(["write", "-f", `transit/keys/${keyName}`]);
  const rule = (verb: string) => `path "transit/${verb}/${keyName}" { capabilities = ["update"] }`;
  await say(["policy", "write", "unseal", "-"], ["encrypt", "decrypt"].map(rule).join("\n"));
  const token = await say(["token", "create", "-policy=unseal", "-period=24h", "-orphan", "-field=token"]);
  return { address, keyName, token: token.trim(), ca: authority.cert };
}
