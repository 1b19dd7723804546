import { mkdirSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { connect, type ConnectionOptions } from "node:tls";
import { serverConfig } from "../../constructs/vault-server-config";
import type { SealConfig } from "../../model";
import { highlyAvailable, installation } from "../constructs/vault-helpers";
import { CertificateAuthority, describeLive, JsonHttp, requireBinary, ServerProcess, temporaryFolder } from "./servers";
import { withFreePorts } from "./servers/ports";
import { until } from "./until";

/** The one name that any certificate for the server must have; these certificates have no other, and no address. */
const NAME = "sample-vault.sample-vault.svc";

describeLive(["vault"], "the server's configuration and a real Vault", () => {
  const SEALS: readonly SealConfig[] = [
    { type: "shamir" },
    { type: "awskms", region: "eu-central-1", kmsKeyId: "alias/vault" },
    { type: "gcpckms", project: "acme", region: "europe-west3", keyRing: "vault", cryptoKey: "unseal" },
    { type: "azurekeyvault", tenantId: "0000", vaultName: "acme", keyName: "unseal" },
    {
      type: "transit",
      address: "https://127.0.0.1:1",
      keyName: "unseal",
      ca: "other-ca",
      credentials: { VAULT_TOKEN: { secret: "seal", key: "token" } },
    },
  ];
  const CASES = [
    ["standalone, no TLS", serverConfig(installation())],
    ["standalone, TLS, UI", serverConfig(installation({ tls: { secret: "server-tls" }, ui: true }))],
    ["raft, TLS, metrics", serverConfig(highlyAvailable({ alerts: { prometheus: "monitoring" } }))],
    ["raft, no TLS", serverConfig(highlyAvailable({ tls: undefined, unsafeNoTls: true }))],
    ...SEALS.map(
      (seal) => [`raft of five, TLS, ${seal.type}`, serverConfig(highlyAvailable({ replicas: 5, seal }))] as const,
    ),
  ] as const;

  test.each(CASES)("%s: every field is known", async (_, text) => {
    expect(await parsed(text)).toEqual({ status: "ok", warnings: [] });
  });

  test.each([
    ["at the top", (text: string) => `unheard_of = true\n${text}`],
    ["in the listener", (text: string) => text.replace("  tls_min_version", "  unheard_of = true\n  tls_min_version")],
  ])("a field that Vault does not know would be noticed %s", async (_, change) => {
    expect(await parsed(change(serverConfig(highlyAvailable())))).toEqual({
      status: "ok",
      warnings: [expect.stringMatching(/^Unknown or unsupported field unheard_of /)],
    });
  });

  /** What `vault operator diagnose` says of parsing the text; what comes after needs the pod's surroundings. */
  async function parsed(text: string): Promise<{ readonly status?: string; readonly warnings: readonly string[] }> {
    const folder = temporaryFolder("diagnose");
    const file = join(folder, "server.hcl");
    writeFileSync(file, text);
    const output = await new Promise<string>((resolve) => {
      // It exits with 1 when anything fails, and here storage does.
      execFile(
        requireBinary("vault"),
        ["operator", "diagnose", `-config=${file}`, "-format=json"],
        { env: { HOME: folder }, encoding: "utf8" },
        (_, stdout) => resolve(stdout),
      );
    });
    const { children } = JSON.parse(output) as { children: { name: string; status: string; warnings?: string[] }[] };
    const step = children.find(({ name }) => name === "Parse Configuration");
    return { status: step?.status, warnings: step?.warnings ?? [] };
  }
});

describeLive(["vault", "openssl"], "three servers with our configuration", () => {
  let folder: string;
  let authority: CertificateAuthority;
  let nodes: readonly Node[];
  let token: string;

  interface Node {
    readonly server: ServerProcess;
    readonly port: number;
    readonly http: JsonHttp;
  }

  beforeAll(async () => {
    folder = temporaryFolder("raft");
    authority = await CertificateAuthority.create(folder);
    const { certFile, keyFile } = await authority.issue("tls", { commonName: "vault", names: [`DNS:${NAME}`] });
    expect([certFile, keyFile]).toEqual([join(folder, "tls.crt"), join(folder, "tls.key")]);
    nodes = await withFreePorts(8, (ports) => Promise.all([0, 1, 2, 3].map((index) => start(index, ports))));
    const { keys_base64: keys, root_token: root } = await ok<{ keys_base64: string[]; root_token: string }>(
      nodes[0]!,
      "PUT",
      "/v1/sys/init",
      { secret_shares: 1, secret_threshold: 1 },
    );
    token = root;
    for (const node of nodes.slice(0, 3)) {
      // The others are initialised by joining the one that is, which they try every two seconds.
      await until(async () => (await ok<{ initialized: boolean }>(node, "GET", "/v1/sys/seal-status")).initialized);
      await ok(node, "PUT", "/v1/sys/unseal", { key: keys[0] });
    }
  });

  const joined = async () =>
    (
      await ok<{ data: { config: { servers: { node_id: string }[] } } }>(
        nodes[0]!,
        "GET",
        "/v1/sys/storage/raft/configuration",
      )
    ).data.config.servers
      .map((each) => each.node_id)
      .sort();

  test("find and join one another by the service's name alone", async () => {
    await until(async () => (await joined()).length === 3);
    expect(await joined()).toEqual(["sample-vault-0", "sample-vault-1", "sample-vault-2"]);
  });

  test("a fourth that expects a certificate for its leader's address does not join", async () => {
    expect((await ok<{ initialized: boolean }>(nodes[3]!, "GET", "/v1/sys/seal-status")).initialized).toBe(false);
    expect(nodes[3]!.server.logs()).toMatch(/cannot validate certificate for 127\.0\.0\.1/);
  });

  test("speak TLS 1.3 and nothing older", async () => {
    expect(await protocol({ minVersion: "TLSv1.3" })).toBe("TLSv1.3");
    await expect(protocol({ maxVersion: "TLSv1.2" })).rejects.toThrow(/protocol version/);
  });

  test("tell browsers to come back over TLS only", async () => {
    const headers = await new Promise<NodeJS.Dict<string | string[]>>((resolve, reject) => {
      get(
        { host: "127.0.0.1", port: nodes[0]!.port, path: "/v1/sys/seal-status", servername: NAME, ca: authority.cert },
        (answer) => resolve(answer.resume().headers),
      ).once("error", reject);
    });
    expect(headers["strict-transport-security"]).toBe("max-age=31536000; includeSubDomains");
  });

  test("have no UI that nobody asked for", async () => {
    expect((await nodes[0]!.http.send("GET", "/ui/")).status).toBe(404);
  });

  function protocol(options: ConnectionOptions): Promise<string | null> {
    return new Promise((resolve, reject) => {
      const socket = connect(
        { host: "127.0.0.1", port: nodes[0]!.port, servername: NAME, ca: authority.cert, ...options },
        () => {
          resolve(socket.getProtocol());
          socket.end();
        },
      ).once("error", reject);
    });
  }

  /**
   * Node `index` as its pod would be: the text of the ConfigMap with folders and addresses of this machine, and the
   * chart's environment.
   */
  async function start(index: number, ports: readonly number[]): Promise<Node> {
    const home = join(folder, String(index));
    mkdirSync(join(home, "data"), { recursive: true });
    const port = ports[index * 2]!;
    const text = [0, 1, 2]
      .reduce(
        (config, i) =>
          config.replace(`https://sample-vault-${i}.sample-vault-internal:8200`, `https://127.0.0.1:${ports[i * 2]}`),
        serverConfig(highlyAvailable()),
      )
      .replace('service_registration "kubernetes" {}', "")
      .replaceAll("/vault/userconfig/server-tls/", `${folder}/`)
      .replace("/vault/data", join(home, "data"))
      .replace("[::]:8200", `127.0.0.1:${port}`)
      .replace("[::]:8201", `127.0.0.1:${ports[index * 2 + 1]}`);
    writeFileSync(join(home, "server.hcl"), index < 3 ? text : text.replaceAll(/ *leader_tls_servername.*\n/g, ""));
    const env = {
      VAULT_API_ADDR: `https://127.0.0.1:${port}`,
      VAULT_CLUSTER_ADDR: `https://127.0.0.1:${ports[index * 2 + 1]}`,
      VAULT_RAFT_NODE_ID: `sample-vault-${index}`,
    };
    const server = new ServerProcess({
      name: `vault-${index}`,
      command: requireBinary("vault"),
      args: ["server", `-config=${join(home, "server.hcl")}`],
      folder: home,
      env,
    });
    const node = {
      server,
      port,
      http: new JsonHttp(`https://127.0.0.1:${port}`, { ca: authority.cert, servername: NAME } as { ca: string }),
    };
    await server.waitUntil(async () => (await node.http.send("GET", "/v1/sys/seal-status")).status === 200);
    return node;
  }

  async function ok<T>(node: Node, method: string, path: string, body?: unknown): Promise<T> {
    const answer = await node.http.send<T>(method, path, { body, headers: token ? { "x-vault-token": token } : {} });
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  }
});
