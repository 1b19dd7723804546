import { execFileSync } from "node:child_process";
import { statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import production from "../../config/production";
import { BackupJob } from "./backup-job";
import { AccessLoader, stacksOf, type StackJson } from "./load-access";
import { reviewerToken } from "./reviewer-token";
import {
  describeLive,
  requireBinary,
  startKubernetes,
  startVault,
  type KubernetesCluster,
  type VaultServer,
} from "./servers";

const stacks = stacksOf(production);

/** The container of the synthesized job. */
function container() {
  const [job] = Object.values(stacks["acme-vault-prod"]!.resource!.kubernetes_cron_job_v1!) as unknown as [
    { spec: { job_template: { spec: { template: { spec: { container: Container[] } } } } } },
  ];
  const { command, env } = job.spec.job_template.spec.template.spec.container[0]!;
  return { script: command[2]!, environment: Object.fromEntries(env.map(({ name, value }) => [name, value])) };
}

interface Container {
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

/** Of the access stack, what the backup logs in with. */
function vaultSideOfBackup(): StackJson {
  const { resource = {} } = stacks["acme-access-prod"]!;
  const only = (type: string, id: string) => ({ [type]: { [id]: resource[type]![id]! } });
  return {
    resource: {
      ...only("vault_auth_backend", "login_prod-eu"),
      ...only("vault_policy", "backup_policy"),
      ...only("vault_kubernetes_auth_backend_role", "backup_role"),
    },
  };
}

const DAY_MS = 86_400_000;

describeLive(["vault", "kubernetes", "busybox"], "the backup of a Vault", () => {
  let server: VaultServer;
  let cluster: KubernetesCluster;
  let backup: BackupJob;

  const serviceAccount = (name = "backup", audience = "vault", namespace = "vault") =>
    cluster.token(namespace, name, audience);
  const login = async (jwt: string) =>
    server.request<{ auth?: { client_token: string } }>("POST", "auth/kubernetes/login", {
      token: "",
      body: { role: "backup", jwt },
    });
  const vaultToken = async () => (await login(await serviceAccount())).body.auth!.client_token;
  const snapshots = () => backup.files.filter((file) => /^vault-\d{8}T\d{6}Z\.snap$/.test(file));

  beforeAll(async () => {
    [server, cluster] = await Promise.all([startVault({ storage: "raft", tls: true }), startKubernetes()]);
    await server.init(1, 1);
    await server.unseal();
    await new AccessLoader(server).apply({ "acme-access-prod": vaultSideOfBackup() });
    for (const namespace of ["vault", "payments"]) {
      await cluster.createNamespace(namespace);
      for (const name of ["backup", "other"]) await cluster.createServiceAccount(namespace, name);
    }
    await server.ok("POST", "auth/kubernetes/config", {
      body: {
        kubernetes_host: cluster.address,
        kubernetes_ca_cert: cluster.ca,
        token_reviewer_jwt: await reviewerToken(cluster),
        disable_local_ca_jwt: true,
      },
    });
    await server.ok("POST", "sys/mounts/apps", { body: { type: "kv", options: { version: "2" } } });
    await server.ok("POST", "apps/data/acme/payments", { body: { data: { KEY: "value-of-the-test" } } });
    backup = new BackupJob(server, container());
  });

  test("a snapshot is made by a token that nobody sees, and a fresh Vault gives the values back from it", async () => {
    const jwt = await serviceAccount();
    const { code, output } = await backup.run(jwt);
    expect([code, output]).toEqual([0, expect.stringMatching(/^vault-.*\.snap is whole; there are 1 snapshots\n$/)]);
    expect(backup.files).toEqual(snapshots());
    expect(output).not.toMatch(/hvs\.|eyJ/);

    const fresh = await startVault({ storage: "raft", tls: true });
    await fresh.init(1, 1);
    await fresh.unseal();
    const env = { PATH: process.env.PATH, VAULT_ADDR: fresh.address, VAULT_CACERT: fresh.caFile };
    const file = join(backup.folder, snapshots()[0]!);
    execFileSync(requireBinary("vault"), ["operator", "raft", "snapshot", "restore", "-force", file], {
      env: { ...env, VAULT_TOKEN: fresh.rootToken },
    });
    // It is sealed with the old one's key now.
    await cluster.until(async () => {
      const { body } = await fresh.request<{ sealed: boolean }>("PUT", "sys/unseal", {
        token: "",
        body: { key: server.keys[0] },
      });
      return body.sealed === false;
    }, "the fresh Vault takes the old one's key");
    const read = { token: server.rootToken };
    await cluster.until(
      async () => (await fresh.request("GET", "apps/data/acme/payments", read)).status === 200,
      "the fresh Vault answers",
    );
    expect(await fresh.ok("GET", "apps/data/acme/payments", read)).toMatchObject({
      data: { data: { KEY: "value-of-the-test" } },
    });
    await fresh.remove();
  });

  test("the snapshot is not readable by whoever has the file: no value and no key name stands in it", () => {
    const text = execFileSync("tar", ["-xzOf", join(backup.folder, snapshots()[0]!), "state.bin"], {
      maxBuffer: 1 << 28,
    }).toString("latin1");
    expect(text.length).toBeGreaterThan(1000);
    expect(text).not.toContain("value-of-the-test");
    expect(text).not.toContain("KEY");
  });

  test.each([
    ["a value", "GET", "apps/data/acme/payments", undefined],
    ["a list of values", "LIST", "apps/metadata/", undefined],
    ["a policy", "PUT", "sys/policies/acl/backup", { policy: 'path "*" { capabilities = ["read"] }' }],
    ["a role", "POST", "auth/kubernetes/role/backup", { bound_service_account_names: "*" }],
    ["mounts", "GET", "sys/mounts", undefined],
    ["itself", "GET", "auth/token/lookup-self", undefined],
    ["a token", "POST", "auth/token/create", {}],
    ["a snapshot put back", "POST", "sys/storage/raft/snapshot", {}],
    ["a snapshot put back by force", "POST", "sys/storage/raft/snapshot-force", {}],
    ["the servers", "GET", "sys/storage/raft/configuration", undefined],
    ["the seal", "PUT", "sys/seal", {}],
  ])("its token is refused %s", async (_what, method, path, body) => {
    expect((await server.request(method, path, { token: await vaultToken(), body })).status).toBe(403);
  });

  test("its token is good for one snapshot", async () => {
    const token = await vaultToken();
    const { status } = await server.request("GET", "sys/storage/raft/snapshot", { token });
    expect(status).toBe(200);
    expect((await server.request("GET", "sys/storage/raft/snapshot", { token })).status).toBe(403);
  });

  test.each([
    ["another service account", ["other"]],
    ["a token for another audience", ["backup", "https://other.example"]],
    ["the service account of that name in another namespace", ["backup", "vault", "payments"]],
  ] as const)("%s is not let in", async (_what, who) => {
    const { status } = await login(await serviceAccount(...who));
    expect([400, 403]).toContain(status);
    const before = snapshots();
    const { code } = await backup.run(await serviceAccount(...who));
    expect([code, backup.files]).toEqual([2, before]);
  });

  describe("what goes wrong fails the job, leaves nothing that looks whole, and takes no snapshot away", () => {
    /** Older than what is kept: the next one that succeeds takes it away. */
    const OLD = "vault-20200101T000000Z.snap";

    beforeEach(() => {
      writeFileSync(join(backup.folder, OLD), "of long ago");
      const long = new Date(Date.now() - 31 * DAY_MS);
      utimesSync(join(backup.folder, OLD), long, long);
    });

    const fails = async (options: Parameters<BackupJob["run"]>[1]) => {
      const before = snapshots();
      const { code, output } = await backup.run(await serviceAccount(), options);
      expect(code).not.toBe(0);
      expect(output).not.toMatch(/is whole|hvs\.|eyJ/);
      expect(snapshots()).toEqual(before);
      return output;
    };

    test("no space", async () => {
      // Blocks of 512 bytes: a snapshot of an empty Vault is larger.
      expect(await fails({ before: "ulimit -f 4" })).toMatch(/file too large|Error/i);
    });

    test("a snapshot that ends too soon", async () => {
      const cut = 'if [ "$4" != save ]; then exec "$real" "$@"; fi; "$real" "$@"; truncate -s -700 "$5"';
      await fails({ vault: cut });
    });

    test("a snapshot of nothing", async () => {
      await fails({ vault: 'if [ "$4" != save ]; then exec "$real" "$@"; fi; : > "$5"' });
    });

    test("a job that is killed, whose rest the next one takes away", async () => {
      await fails({ vault: 'if [ "$4" != save ]; then exec "$real" "$@"; fi; "$real" "$@"; kill -9 $PPID; exit 1' });
      expect(backup.files.filter((file) => file.endsWith(".partial"))).toHaveLength(1);
    });

    test("a sealed Vault", async () => {
      const jwt = await serviceAccount();
      await server.seal();
      const before = snapshots();
      const { code, output } = await backup.run(jwt);
      await server.unseal();
      expect([code, output]).toEqual([2, expect.stringMatching(/Vault is sealed/)]);
      expect(snapshots()).toEqual(before);
    });

    test("a Vault that is away", async () => {
      const jwt = await serviceAccount();
      await server.stop();
      const before = snapshots();
      const { code } = await backup.run(jwt);
      await server.start();
      await server.unseal();
      expect([code, snapshots()]).toEqual([2, before]);
    });

    test("and the next that succeeds takes away what is older than the config keeps, and nothing else", async () => {
      const kept = "vault-20200102T000000Z.snap";
      writeFileSync(join(backup.folder, kept), "of not so long ago");
      const recent = new Date(Date.now() - 29 * DAY_MS);
      utimesSync(join(backup.folder, kept), recent, recent);
      writeFileSync(join(backup.folder, "notes.txt"), "somebody's own");
      utimesSync(join(backup.folder, "notes.txt"), new Date(0), new Date(0));
      const before = backup.files;
      expect((await backup.run(await serviceAccount())).code).toBe(0);
      const gone = before.filter((file) => !backup.files.includes(file));
      expect(gone.filter((file) => !file.endsWith(".partial"))).toEqual([OLD]);
      expect(backup.files.filter((file) => file.endsWith(".partial"))).toEqual([]);
      expect(backup.files).toEqual(expect.arrayContaining([kept, "notes.txt"]));
      const newest = snapshots().at(-1)!;
      expect(before).not.toContain(newest);
      expect(statSync(join(backup.folder, newest)).size).toBeGreaterThan(1000);
    });
  });
});
