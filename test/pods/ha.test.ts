import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BACKUP, VERSIONS } from "../../model";
import { CertificateAuthority, temporaryFolder } from "../live/servers";
import { acme, SERVER, StandIns } from "./acme";
import { Cluster, until, type KubernetesObject } from "./cluster";
import { Commands, plain, say, serving } from "./commands";
import { operatorImage, proxyImage, vaultImage } from "./images";
import { Load } from "./load";
import { describePods, START_TIMEOUT_MS, TURNS } from "./parts";
import { PowerFailure } from "./power-failure";
import { arrives, readSnapshot, setValue } from "./restore-page";
import { startSealVault, type SealVault } from "./seal-vault";

const ADMIN = "platform-admin";
const PODS = ["vault-0", "vault-1", "vault-2"];
const SERVER_NAME = `${SERVER}.${SERVER}.svc`;
/** The version after the config's, of which the program knows nothing. */
const NEXT = VERSIONS.images.vault.tag.replace(/\d+$/, (patch) => String(Number(patch) + 1));

interface Pod extends KubernetesObject {
  readonly spec: { readonly nodeName: string; readonly containers: readonly { readonly image: string }[] };
  readonly status: {
    readonly podIP: string;
    readonly containerStatuses: readonly { readonly containerID: string; readonly restartCount: number }[];
  };
}

/** The commands of docs/runbooks/upgrade.md, by its steps. */
const [APPLY = [], LOOK = [], REPLACE = [], END = []] = [
  ...readFileSync(join(__dirname, "../../docs/runbooks/upgrade.md"), "utf8").matchAll(/^```sh\n([^]*?)^```/gm),
].map(([, block]) => block!.trim().split("\n"));

describePods("HA in three pods on three nodes, as config/production.ts says", (parts) => {
  let cluster: Cluster;
  let commands: Commands;
  let seal: SealVault;
  let standIns: StandIns;
  let caFile: string;
  let host: string;
  let root: string;
  let admin: string;
  let loads = 0;
  const shares = join(temporaryFolder("shares"), "shares");
  const password = randomBytes(12).toString("hex");

  const run = (words: readonly string[], answers: Parameters<Commands["at"]>[2] = [], tag?: string) =>
    commands.at(acme(parts, seal, tag), words, answers);
  const pods = (selector = "component=server") => cluster.list<Pod>(SERVER, "pods", selector);
  const leader = async () => (await pods("vault-active=true"))[0]!;
  const share = (n: number) => readFileSync(join(shares, `recovery-share-${n}`), "utf8").trim();
  /** A line of a page, as somebody of platform-admin types it, or with another token. */
  const shell = (line: string, stdin = "", token = admin) =>
    cluster.exec(
      ["sh", "-c", line],
      {
        PATH: `${dirname(parts.vault)}:${process.env.PATH}`,
        KUBECONFIG: cluster.kubeconfig,
        VAULT_ADDR: `https://${host}:8200`,
        VAULT_CACERT: caFile,
        VAULT_TLS_SERVER_NAME: SERVER_NAME,
        VAULT_TOKEN: token,
      },
      stdin,
    );
  const whole = () =>
    until(
      "a healthy cluster",
      () => shell(LOOK[0]!),
      (text) => /^Healthy: +true/m.test(text),
      150_000,
    );
  const startLoad = () => {
    const prefix = `apps/data/load/${++loads}`;
    return Load.start(cluster, { host, port: 8200, servername: SERVER_NAME, caFile, prefix }, root);
  };
  const snapshot = join(temporaryFolder("snapshot"), "vault.snap");
  /** Runs a command that opens the snapshot, by the seal and by three shares; `token` is for the Vault in the pods. */
  const opened = (words: readonly string[], token = "", ...more: (readonly [string, string])[]) => {
    const ca = join(commands.folder, "seal.pem");
    writeFileSync(ca, seal.ca);
    const own = { SEAL_VAULT_TOKEN: seal.token, SEAL_VAULT_CACERT: ca, VAULT_BIN: parts.vault };
    const typed = [2, 4, 5].map((n) => ["Recovery share", share(n)] as const);
    const env = token ? { ...own, VAULT_TOKEN: token } : own;
    return commands.at(acme(parts, seal), words, [...typed, ...more], env);
  };
  const serial = async ({ status }: Pod) => {
    const connect = `openssl s_client -connect ${status.podIP}:8200 -servername ${SERVER_NAME} 2>/dev/null`;
    return (await shell(`${connect} </dev/null | openssl x509 -noout -serial`)).trim();
  };
  /** Issues another certificate, under load. The kubelet carries it to the servers within a minute or two. */
  const renew = async () => {
    const before = await pods();
    const [old] = await Promise.all(before.map(serial));
    const load = await startLoad();
    const since = Date.now();
    await standIns.certificate();
    return { before, old, load, since };
  };
  let renewal: Awaited<ReturnType<typeof renew>>;
  /** All that was acknowledged is there; says how much that was, and how long nothing was. */
  const nothingLost = async (load: Load, what: string, since: number) => {
    const { all, one } = load.silence(since);
    const lost = await load.lost();
    const { acknowledged, failed } = load.writes;
    say(
      `${what}: ${acknowledged.length} writes acknowledged, ${lost.length} lost, ${failed.length} failed; ` +
        `none acknowledged for ${all} s, none of one client for ${one} s`,
    );
    expect(lost).toEqual([]);
    return all;
  };

  beforeAll(async () => {
    const server = vaultImage(parts, [VERSIONS.images.vault.tag, NEXT]);
    cluster = await Cluster.start(parts, [server, operatorImage(parts), proxyImage(parts)], TURNS.ha, 3);
    seal = await startSealVault(cluster, parts);
    const authority = await CertificateAuthority.create(temporaryFolder("acme-ca"));
    caFile = authority.certFile;
    standIns = new StandIns(cluster, authority, seal);
    commands = new Commands(cluster, "nonprod", { VAULT_CACERT: caFile });
    await standIns.install();
  }, START_TIMEOUT_MS);
  afterAll(() => cluster?.stop());

  test("up: three servers on three nodes, unsealed by the other Vault, and values in their Secret", async () => {
    const others = standIns.answer();
    const ended = await run(
      ["up", "--out-dir", shares],
      [
        [`New password of ${ADMIN}`, password],
        ["The same once more", password],
      ],
    );
    expect([plain(ended), ended.code]).toEqual([expect.stringContaining("done: 1 synced"), 0]);
    await others;
    const servers = await pods();
    expect(servers.map(({ metadata }) => metadata.name)).toEqual(PODS);
    expect(new Set(servers.map(({ spec }) => spec.nodeName)).size).toBe(3);
    host = await cluster.kubectl("-n", SERVER, "get", "service", SERVER, "-o", "jsonpath={.spec.clusterIP}");
    const login = `vault login -method=userpass -no-store -field=token username=${ADMIN} password=-`;
    admin = (await shell(login, password)).trim();
    await whole();
  });

  test("status, unseal and root-token find each of the three", async () => {
    // bootstrap.md: With TLS, set `VAULT_CACERT`
    const status = await run(["ops", "status"]);
    expect([plain(status), status.code]).toEqual([expect.stringContaining("All is well."), 0]);
    expect(serving(status)).toEqual(["leads", "stands by", "stands by"]);
    const unsealed = await run(["ops", "unseal"]);
    expect(plain(unsealed)).toContain(PODS.map((pod) => `${pod}: was unsealed`).join("\n"));
    const shown = await run(
      ["ops", "root-token", "create"],
      [...[5, 1, 3].map((n) => ["Recovery share", share(n)] as const), ["Enter when it is kept", ""]],
    );
    expect(shown.code).toBe(0);
    root = /hvs\.[\w-]+/.exec(shown.output)![0];
  });

  test("the leader's pod killed while four clients write: another leads, nothing acknowledged is lost", async () => {
    // bootstrap.md: One that unseals itself comes back alone.
    const load = await startLoad();
    const killed = await leader();
    const since = Date.now();
    await cluster.kubectl("-n", SERVER, "delete", "pod", killed.metadata.name, "--grace-period=0", "--force");
    await load.untilEachWrites(50);
    expect(await nothingLost(load, "leader killed", since)).toBeLessThan(30);
    expect((await leader()).metadata.name).not.toBe(killed.metadata.name);
    await whole();
  });

  test("a job of the CronJob takes a snapshot: it opens by the seal, and has every set", async () => {
    renewal = await renew();
    await setValue(shell, root, "of then");
    await cluster.kubectl("-n", SERVER, "create", "job", `--from=cronjob/${BACKUP}`, "now");
    await cluster.kubectl("-n", SERVER, "wait", "--for=condition=complete", "job/now", "--timeout=120s");
    await readSnapshot(shell, snapshot, `hashicorp/vault:${VERSIONS.images.vault.tag}`);
    const verified = await opened(["ops", "backup", "verify", snapshot]);
    expect([plain(verified), verified.code]).toEqual([
      expect.stringContaining("proven: 1 of 1 secret sets of Vault nonprod are in it, and decrypt"),
      0,
    ]);
    // The job's account may do nothing else, not even take a second one with the same token.
    const policy = await shell(`vault policy read ${BACKUP}`);
    expect(policy.match(/^path .*/gm)).toEqual(['path "sys/storage/raft/snapshot" {']);
  });

  test("a renewed certificate is served by every server without a restart, and no write fails", async () => {
    const { before, old, load, since } = renewal;
    await until(
      "the new certificate",
      () => Promise.all(before.map(serial)),
      (seen) => new Set(seen).size === 1 && seen[0] !== old,
      200_000,
      5_000,
    );
    say(`certificate renewed: served by all after ${seconds(since)} s`);
    await nothingLost(load, "certificate renewed", since);
    expect(load.writes.failed).toEqual([]);
    const containers = (list: readonly Pod[]) =>
      list.map(({ status }) => status.containerStatuses.map(({ containerID }) => containerID).sort());
    expect(containers(await pods())).toEqual(containers(before));
  }, 400_000);

  test("a node without power: two servers go on without it; it is back, and all three are healthy", async () => {
    // The cluster's only name server would be gone too.
    const [names] = await cluster.list<Pod>("kube-system", "pods", "k8s-app=kube-dns");
    const gone = (await pods()).find(({ spec }) => spec.nodeName !== names!.spec.nodeName)!;
    const load = await startLoad();
    const since = Date.now();
    const failure = await PowerFailure.of(cluster, gone.spec.nodeName);
    const ready = "jsonpath={.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}";
    const addresses = ["get", "endpointslices", "-l", `kubernetes.io/service-name=${SERVER}`, "-o", ready];
    await until(
      "the service's addresses",
      async () => (await cluster.kubectl("-n", SERVER, ...addresses)).trim().split(" "),
      (seen) => seen.length === 2 && !seen.includes(gone.status.podIP),
      120_000,
    );
    say(`node gone: the service leads to two servers after ${seconds(since)} s`);
    // kube-proxy may need a moment more.
    await until(
      "a cluster that is not healthy",
      () => shell(LOOK[0]!),
      (text) => /^Healthy: +false/m.test(text),
    );
    const status = await run(["ops", "status"]);
    expect(plain(status)).toMatch(new RegExp(`^ *${gone.metadata.name} +not reached`, "m"));
    expect(status.code).toBe(3);
    // Others than who looks at each find one that answers.
    expect(
      (
        await run(
          ["ops", "users", "list"],
          [
            ["User name in Vault nonprod", ADMIN],
            [`Password of ${ADMIN}`, password],
          ],
        )
      ).code,
    ).toBe(0);
    await load.untilEachWrites(50);
    const back = Date.now();
    await failure.end();
    await whole();
    say(`node back: all healthy after ${seconds(back)} s`);
    expect(await nothingLost(load, "node gone and back", since)).toBeLessThan(30);
    expect(serving(await run(["ops", "status"]))).toEqual(["leads", "stands by", "stands by"]);
  }, 400_000);

  test("docs/runbooks/upgrade.md, as it stands there: nothing acknowledged is lost", async () => {
    // bootstrap.md: Another version of Vault, or another configuration
    const load = await startLoad();
    const since = Date.now();
    const typed = (line: string) => line.split(" ").filter((word) => !["npm", "run", "--"].includes(word));
    const applied = await run(typed(APPLY[0]!), [[`Password of ${ADMIN}`, password]], NEXT);
    expect([plain(applied), applied.code]).toEqual([expect.stringContaining("up in"), 0]);
    const [NOW, THEN] = [VERSIONS.images.vault.tag, NEXT].map((tag) => `hashicorp/vault:${tag}`);
    const images = async () => (await shell(LOOK[1]!)).match(/\S+$/gm)!.slice(1);
    expect(await images()).toEqual([NOW, NOW, NOW]);
    const last = (await leader()).metadata.name;
    for (const pod of [...PODS.filter((name) => name !== last), last]) {
      await whole();
      for (const line of REPLACE) await shell(line.replaceAll("POD", pod));
    }
    await whole();
    say(`upgrade: ${seconds(since)} s`);
    expect(await nothingLost(load, "upgrade", since)).toBeLessThan(30);
    expect(await images()).toEqual([THEN, THEN, THEN]);
    expect((await leader()).metadata.name).not.toBe(last);
    expect(serving(await run(typed(END[0]!), [], NEXT))).toEqual(["leads", "stands by", "stands by"]);
  }, 400_000);

  test("the job's snapshot restored over a newer value, on three servers: the value of then is delivered", async () => {
    await setValue(shell, root, "of now");
    await arrives(cluster, "of now");
    const words = ["ops", "restore", snapshot];
    const refused = await opened(words, root);
    expect([plain(refused), refused.code]).toEqual([expect.stringContaining("1 secret set newer than in"), 1]);
    const since = Date.now();
    const restored = await opened([...words, "--discard-newer"], root, ["Type the Vault's name", "nonprod"]);
    expect([plain(restored), restored.code]).toEqual([expect.stringContaining("restored and unsealed"), 0]);
    await arrives(cluster, "of then");
    say(`restored: the value of then is in its Secret after ${seconds(since)} s`);
    await whole();
    expect(serving(await run(["ops", "status"]))).toEqual(["leads", "stands by", "stands by"]);
  }, 400_000);

  test("the root token is taken away again", async () => {
    const ended = await run(["ops", "root-token", "revoke"], [["Root token", root]]);
    expect([plain(ended), ended.code]).toEqual([expect.stringContaining("the root token is revoked"), 0]);
  });
});

function seconds(since: number): number {
  return (Date.now() - since) / 1000;
}
