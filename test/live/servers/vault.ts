import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireBinary } from "./binaries";
import { CertificateAuthority, type Certificate } from "./certificates";
import { JsonHttp, type Answer } from "./http";
import { withFreePorts } from "./ports";
import { removeFolder, ServerProcess, temporaryFolder } from "./processes";

/** How a Vault is started. */
export interface VaultOptions {
  /**
   * `file` and `raft` come up uninitialised, as a new server does; `dev` is in memory, initialised with one key share
   * and unsealed. (`vault server -dev` is not used: it prints its root token and key into the log.)
   */
  readonly storage: "file" | "raft" | "dev";
  /**
   * Unseal by the transit engine of another, unsealed Vault; the engine, key and token are made there; @default key
   * shares.
   */
  readonly seal?: VaultServer;
  /** Serve HTTPS, with a certificate for 127.0.0.1 and localhost from an authority of its own; @default false. */
  readonly tls?: boolean;
  /** Laid over the server's configuration, key by key, as Vault's JSON form of it; @default nothing. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** What `VaultServer.init` returns, and the server keeps in memory. */
export interface InitResult {
  /** The key shares (recovery shares with a transit seal), base64. */
  readonly keys: readonly string[];
  readonly rootToken: string;
}

/** One request with `VaultServer.request`. */
export interface VaultRequest {
  /** @default the root token, once there is one; `""` sends none. */
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Starts a Vault on a free loopback port and waits until it answers (about 0.3 s). Its configuration, data and log lie
 * in a temporary folder. Throws, saying how to get it, if the binary is missing, and with the end of its log if it does
 * not come up.
 */
export async function startVault(options: VaultOptions): Promise<VaultServer> {
  const folder = temporaryFolder("vault");
  mkdirSync(join(folder, "data"));
  const authority = options.tls ? await CertificateAuthority.create(folder) : undefined;
  const certificate = await authority?.issue("server", {
    commonName: "vault",
    names: ["IP:127.0.0.1", "DNS:localhost"],
  });
  const seal = options.seal ? await transitSeal(options.seal) : undefined;
  return withFreePorts(2, async ([port, clusterPort]) => {
    const address = `${options.tls ? "https" : "http"}://127.0.0.1:${port}`;
    const config = {
      ...serverConfig(options.storage, folder, address, `127.0.0.1:${port}`, `127.0.0.1:${clusterPort}`, certificate),
      ...(seal && { seal: seal.config }),
      ...options.config,
    };
    writeFileSync(join(folder, "vault.json"), JSON.stringify(config, null, 2), { mode: 0o600 });
    const server = new VaultServer(address, folder, options, authority, seal?.env);
    await server.start();
    return server;
  });
}

/** A Vault that this test file started. Times are milliseconds; the API's paths are without `/v1/`. */
export class VaultServer {
  private process: ServerProcess | undefined;
  private http: JsonHttp;
  private known: InitResult | undefined;

  /** Use `startVault`. */
  constructor(
    /** `http://127.0.0.1:<port>`, the same after a restart. */
    readonly address: string,
    /** Its temporary folder. */
    readonly folder: string,
    private readonly options: VaultOptions,
    private readonly authority: CertificateAuthority | undefined,
    private readonly env: Readonly<Record<string, string>> = {},
  ) {
    this.http = new JsonHttp(address, { ca: authority?.cert });
  }

  /** File of the CA that its certificate is from, for VAULT_CACERT; undefined without TLS. */
  get caFile(): string | undefined {
    return this.authority?.certFile;
  }

  /** PEM text of that CA; undefined without TLS. */
  get ca(): string | undefined {
    return this.authority?.cert;
  }

  /** The server's process id, another one after a restart. */
  get pid(): number {
    return this.process?.pid ?? -1;
  }

  /** The root token that `init` returned (`dev`: made by the start). Throws before that. */
  get rootToken(): string {
    return this.initialised().rootToken;
  }

  /** The key shares that `init` returned, base64. Throws before that. */
  get keys(): readonly string[] {
    return this.initialised().keys;
  }

  /**
   * Starts the stopped server on the same port and data. A sealed one stays sealed; a `dev` one is new, with another
   * root token.
   */
  async start(): Promise<void> {
    if (this.process?.running) throw new Error(`vault at ${this.address} is running already`);
    const args = ["server", `-config=${join(this.folder, "vault.json")}`];
    const started = new ServerProcess({
      name: "vault",
      command: requireBinary("vault"),
      args,
      folder: this.folder,
      env: this.env,
    });
    this.process = started;
    // Another process's server may answer on this port while ours fails to bind: only an answer of a server that still
    // runs counts.
    await started.waitUntil(
      async () =>
        (await this.http.send("GET", "/v1/sys/seal-status", { timeoutMs: 2000 })).status === 200 &&
        started.logs().includes("Vault server started"),
    );
    if (this.options.storage !== "dev") return;
    this.known = undefined;
    await this.init(1, 1);
    await this.unseal();
  }

  /**
   * Initialises it with `shares` key shares, `threshold` of which unseal it; it stays sealed, unless another Vault
   * unseals it.
   */
  async init(shares = 1, threshold = 1): Promise<InitResult> {
    const kind = this.options.seal ? "recovery" : "secret";
    const body = { [`${kind}_shares`]: shares, [`${kind}_threshold`]: threshold };
    type Init = { keys_base64?: string[]; recovery_keys_base64?: string[]; root_token: string };
    const { keys_base64, recovery_keys_base64, root_token } = await this.ok<Init>("PUT", "sys/init", {
      token: "",
      body,
    });
    this.known = { keys: (this.options.seal ? recovery_keys_base64 : keys_base64) ?? [], rootToken: root_token };
    if (this.options.seal) await this.waitUntilActive();
    return this.known;
  }

  /**
   * Gives it key shares until it is unsealed, and waits until it is active. @default the shares that `init` returned.
   */
  async unseal(keys: readonly string[] = this.keys): Promise<void> {
    for (const key of keys) {
      const { sealed } = await this.ok<{ sealed: boolean }>("PUT", "sys/unseal", { token: "", body: { key } });
      if (!sealed) return this.waitUntilActive();
    }
    throw new Error(`vault at ${this.address} is still sealed after ${keys.length} key share(s)`);
  }

  /** Waits until it is unsealed and active (after an automatic unseal, or a raft election). */
  async waitUntilActive(): Promise<void> {
    await this.process?.waitUntil(async () => (await this.http.send("GET", "/v1/sys/health")).status === 200);
  }

  /** Seals it with the root token. */
  async seal(): Promise<void> {
    await this.ok("PUT", "sys/seal");
  }

  /** Stops it as an operator would (SIGTERM). The data stays for `start`. */
  async stop(): Promise<void> {
    await this.process?.stop();
    this.http.close();
  }

  /** Ends it without warning (SIGKILL), as a lost machine would. The data stays for `start`. */
  async kill9(): Promise<void> {
    await this.process?.stop(0);
    this.http.close();
  }

  /** `stop`, then `start`. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Holds it still (SIGSTOP): connections open, nothing answers, until `resume`. */
  pause(): void {
    this.process?.signal("SIGSTOP");
  }

  /** Lets a paused one go on. */
  resume(): void {
    this.process?.signal("SIGCONT");
  }

  /** Stops it for good and removes its folder. Not needed at the end of a test file: that happens by itself. */
  async remove(): Promise<void> {
    await this.kill9();
    removeFolder(this.folder);
  }

  /** All that it has logged so far, restarts included. */
  logs(): string {
    return this.process ? readFileSync(this.process.logFile, "utf8") : "";
  }

  /**
   * Turns on an audit device that writes to a file in its folder, with the root token. Returns the file. `options` are
   * the device's own, e.g. `log_raw`.
   */
  async enableAudit(name = "file", options: Readonly<Record<string, string>> = {}): Promise<string> {
    const file = join(this.folder, `audit-${name}.log`);
    await this.ok("PUT", `sys/audit/${name}`, { body: { type: "file", options: { file_path: file, ...options } } });
    return file;
  }

  /** Sends a request and returns what came back, whatever its status. Throws only when there is no answer. */
  request<T = Record<string, unknown>>(
    method: string,
    path: string,
    { token, body, headers }: VaultRequest = {},
  ): Promise<Answer<T>> {
    const sent = token ?? this.known?.rootToken;
    const own: Record<string, string> = {};
    if (method === "PATCH") own["content-type"] = "application/merge-patch+json";
    if (sent) own["x-vault-token"] = sent;
    return this.http.send<T>(method, `/v1/${path}`, { body, headers: { ...own, ...headers } });
  }

  /** As `request`, and returns the body. Throws, with what Vault said, unless the status is 2xx. */
  async ok<T = Record<string, unknown>>(method: string, path: string, options: VaultRequest = {}): Promise<T> {
    const { status, body, text } = await this.request<T>(method, path, options);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text.trim()}`);
    return body;
  }

  private initialised(): InitResult {
    if (!this.known) throw new Error(`vault at ${this.address} is not initialised: call init() first`);
    return this.known;
  }
}

// Source: Vault's documentation, "Vault configuration"; disable_mlock must be said with raft since 1.20.
function serverConfig(
  storage: VaultOptions["storage"],
  folder: string,
  address: string,
  listen: string,
  cluster: string,
  certificate: Certificate | undefined,
) {
  const data = join(folder, "data");
  const tls = certificate
    ? { tls_cert_file: certificate.certFile, tls_key_file: certificate.keyFile }
    : { tls_disable: true };
  const raft = { path: data, node_id: "node-0", performance_multiplier: 1 };
  return {
    disable_mlock: true,
    api_addr: address,
    cluster_addr: `https://${cluster}`,
    storage: storage === "raft" ? { raft } : storage === "file" ? { file: { path: data } } : { inmem: {} },
    listener: [{ tcp: { address: listen, cluster_address: cluster, ...tls } }],
  };
}

// The token goes by VAULT_TOKEN, which the transit seal reads: not into the configuration file, nor the arguments.
async function transitSeal(other: VaultServer): Promise<{ config: object; env: Record<string, string> }> {
  const key = "unseal";
  if ((await other.request("GET", "sys/mounts/transit")).status !== 200)
    await other.ok("POST", "sys/mounts/transit", { body: { type: "transit" } });
  await other.ok("POST", `transit/keys/${key}`);
  const policy = ["encrypt", "decrypt"]
    .map((verb) => `path "transit/${verb}/${key}" {\n  capabilities = ["update"]\n}\n`)
    .join("");
  await other.ok("PUT", "sys/policies/acl/transit-unseal", { body: { policy } });
  const body = { policies: ["transit-unseal"], period: "24h", no_parent: true };
  const { auth } = await other.ok<{ auth: { client_token: string } }>("POST", "auth/token/create", { body });
  const config = {
    transit: {
      address: other.address,
      key_name: key,
      mount_path: "transit/",
      disable_renewal: "true",
      ...(other.caFile && { tls_ca_cert: other.caFile }),
    },
  };
  return { config, env: { VAULT_TOKEN: auth.client_token } };
}
