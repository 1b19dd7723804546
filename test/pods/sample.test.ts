import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";
import { pause, temporaryFolder } from "../live/servers";
import { Cluster, until, type KubernetesObject } from "./cluster";
import { Commands, plain } from "./commands";
import { operatorImage, proxyImage, vaultImage } from "./images";
import { chartIn, describePods } from "./parts";
import { workload } from "./workload";

const APP = "sample-node-api";
const [USERNAME, PASSWORD] = ["PRIVATE_NODE_API_DB_USERNAME", "PRIVATE_NODE_API_DB_PASSWORD"];
const OPERATOR = "sample-vault-secrets-operator";
const SECRET = "sample-app-node-api-local-db-connection-secret";
const ADMIN = "sample-node-api-admin";
const secretWord = () => randomBytes(12).toString("hex");

describePods("the sample in real pods", (parts) => {
  let cluster: Cluster;
  let commands: Commands;
  let before: object;
  let other: readonly KubernetesObject[];
  const shares = join(temporaryFolder("shares"), "shares");
  const passwords = { "platform-admin": secretWord(), [ADMIN]: secretWord() };
  const values = [1, 2, 3, 4].map(secretWord);
  const config: PlatformConfig = {
    ...sample,
    vaults: { main: { ...sample.vaults.main!, chart: chartIn(parts, "vault") } as PlatformConfig["vaults"][string] },
    clusters: { local: { ...sample.clusters.local!, operator: { chart: chartIn(parts, "vault-secrets-operator") } } },
    environments: {
      ...sample.environments,
      local: { ...sample.environments.local!, refreshAfter: "5s", restarts: "automatic" },
    },
    apps: {
      ...sample.apps,
      [APP]: { ...sample.apps[APP]!, restartTargets: [{ kind: "Deployment", name: "restarted" }] },
    },
  };

  const run = (words: readonly string[], answers: Parameters<Commands["at"]>[2] = []) =>
    commands.at(config, words, answers);
  const as = (user: keyof typeof passwords) =>
    [
      [`User name in Vault main`, user],
      [`Password of ${user}`, passwords[user]!],
    ] as const;
  const set = async (key: string, value: string) => {
    const ended = await run(["ops", "secrets", "set", APP, "local", key], [...as(ADMIN), [`Value of ${key}`, value]]);
    expect([plain(ended), ended.code]).toEqual([expect.stringContaining(`${key} of ${APP} in local is set`), 0]);
    expect(ended.output).not.toContain(value);
  };
  const pods = (namespace: string, selector: string) => cluster.list<KubernetesObject>(namespace, "pods", selector);
  const inPod = (name: string, ...words: string[]) =>
    cluster.kubectl("--namespace", "sample", "exec", `deploy/${name}`, "--", ...words);
  const environmentOf = (name: string) => inPod(name, "sh", "-c", `printf %s "$${PASSWORD}"`);
  const inSecret = async (key: string) => {
    const text = await cluster.kubectl("-n", "sample", "get", "secret", SECRET, "-o", `jsonpath={.data.${key}}`);
    return Buffer.from(text, "base64").toString("utf8");
  };
  const arrives = (key: string, value: string, ms?: number) =>
    until(`${key} in its Secret`, () => inSecret(key), (seen) => seen === value, ms); // prettier-ignore

  beforeAll(async () => {
    cluster = await Cluster.start(parts, [vaultImage(parts), operatorImage(parts), proxyImage(parts)]);
    commands = new Commands(cluster);
    before = await cluster.inventory();
  });
  afterAll(() => cluster?.stop());

  test("up, from an empty cluster to synced secrets", async () => {
    const password = passwords["platform-admin"]!;
    const ended = await run(
      ["up", "--out-dir", shares],
      [
        ["New password of platform-admin", password],
        ["The same once more", password],
      ],
    );
    expect([plain(ended), ended.code]).toEqual([expect.stringContaining("done: 2 synced"), 0]);
    expect(await inSecret(PASSWORD)).toBe("TBD");
  });

  test("an invited person sets the first value; it is in a running pod's environment and file", async () => {
    const invited = await run(["ops", "users", "invite", ADMIN, "--json"], as("platform-admin"));
    const token = /hvs\.[\w-]+/.exec(invited.output)?.[0] ?? "";
    const accepted = await run(
      ["ops", "users", "accept", ADMIN],
      [
        ["Token of the invitation", token],
        [`New password of ${ADMIN}`, passwords[ADMIN]!],
        ["The same once more", passwords[ADMIN]!],
      ],
    );
    expect([plain(accepted), accepted.code]).toEqual([expect.stringContaining(`${ADMIN} has an own password`), 0]);
    await set(PASSWORD, values[0]!);
    await arrives(PASSWORD, values[0]!);
    await cluster.apply(workload("restarted", SECRET), workload("left-alone", SECRET));
    for (const name of ["restarted", "left-alone"]) {
      await cluster.kubectl("-n", "sample", "rollout", "status", `deploy/${name}`, "--timeout=60s");
      expect(await environmentOf(name)).toBe(values[0]);
      expect(await inPod(name, "cat", `/secrets/${PASSWORD}`)).toBe(values[0]);
    }
  });

  test("a changed value: the restart target has a younger pod with it", async () => {
    const old = await pods("sample", "app=restarted");
    other = await pods("sample", "app=left-alone");
    await pause(1100); // ages are in whole seconds
    const changed = new Date(Math.floor(Date.now() / 1000) * 1000);
    await set(PASSWORD, values[1]!);
    // The operator may still restart it for the first value, which came before the Deployment.
    const environment = () => environmentOf("restarted");
    await until("the new value in a pod's environment", environment, (seen) => seen === values[1]);
    const now = () => pods("sample", "app=restarted");
    const [young] = await until("one pod", now, (seen) => seen.length === 1);
    expect(young!.metadata.uid).not.toBe(old[0]!.metadata.uid);
    expect(new Date(young!.metadata.creationTimestamp).getTime()).toBeGreaterThanOrEqual(changed.getTime());
    expect(await environment()).toBe(values[1]);
    expect(await inPod("restarted", "cat", `/secrets/${PASSWORD}`)).toBe(values[1]);
  });

  test("Vault's pod deleted: status says sealed; unsealed, all goes on", async () => {
    await cluster.kubectl("-n", "sample-vault", "delete", "pod", "sample-vault-0");
    await until(
      "Vault's new pod",
      () => cluster.kubectl("-n", "sample-vault", "get", "pod", "sample-vault-0", "-o", "jsonpath={.status.phase}"),
      (phase) => phase === "Running",
    );
    const sealed = await run(["ops", "status"]);
    expect(plain(sealed)).toMatch(/main.*sealed/);
    const typed = [1, 2, 3].map(
      (n) => ["ey share", readFileSync(join(shares, `key-share-${n}`), "utf8").trim()] as const,
    );
    const unsealed = await run(["ops", "unseal"], typed);
    expect([plain(unsealed), unsealed.code]).toEqual([expect.stringContaining("unsealed"), 0]);
    await set(USERNAME, values[2]!);
    await arrives(USERNAME, values[2]!, 120_000);
    expect(await inSecret(PASSWORD)).toBe(values[1]);
  });

  test("the pod that is no restart target stayed, with the new value in its file", async () => {
    // The kubelet writes a changed Secret within about a minute; an environment never changes.
    await until(
      "the file of the pod that stayed",
      () => inPod("left-alone", "cat", `/secrets/${PASSWORD}`),
      (seen) => seen === values[1],
      120_000,
    );
    expect(await environmentOf("left-alone")).toBe(values[0]);
    expect(await pods("sample", "app=left-alone")).toEqual([
      expect.objectContaining({ metadata: expect.objectContaining({ uid: other[0]!.metadata.uid }) as object }),
    ]);
  });

  test("the operator's pod killed: another goes on, with the chart's own rights alone", async () => {
    const [killed] = await pods(OPERATOR, "control-plane=controller-manager");
    await cluster.kubectl("-n", OPERATOR, "delete", "pod", killed!.metadata.name, "--grace-period=0", "--force");
    await set(PASSWORD, values[3]!);
    await arrives(PASSWORD, values[3]!, 120_000);
    const manager = ["deploy/vault-secrets-operator-controller-manager", "-c", "manager"];
    const logs = await cluster.kubectl("-n", OPERATOR, "logs", ...manager);
    expect(logs).toContain("Starting workers");
    expect(logs).not.toMatch(/is forbidden|cannot (get|list|watch|create|update|patch)/);
  });

  test("Vault's own service account reviews tokens: without its right no login is let in, with it again", async () => {
    type Binding = KubernetesObject & { roleRef: { name: string }; subjects?: readonly object[] };
    const bindings = await cluster.list<Binding>("default", "clusterrolebindings");
    const binding = bindings.filter(({ roleRef }) => roleRef.name === "system:auth-delegator");
    expect(binding.map(({ subjects }) => subjects)).toEqual([
      [{ kind: "ServiceAccount", name: "sample-vault", namespace: "sample-vault" }],
    ]);
    const doctor = () => run(["ops", "doctor"]);
    await cluster.kubectl("delete", "clusterrolebinding", binding[0]!.metadata.name);
    expect(plain(await doctor())).toMatch(/login-refused[^]*may not be allowed to review tokens/);
    const { metadata, ...rights } = binding[0]!;
    await cluster.apply({ ...rights, metadata: { name: metadata.name } });
    expect((await doctor()).code).toBe(0);
  });

  test("down with the values: nothing is left; no value was ever in a command line", async () => {
    await cluster.kubectl("-n", "sample", "delete", "deploy", "--all");
    const ended = await run(["down", "--delete-secrets"], [["Type sample to go on", "sample"]]);
    expect([plain(ended), ended.code]).toEqual([expect.stringContaining("nothing of it is left."), 0]);
    expect(await cluster.inventory()).toEqual(before);
    const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
    expect(processes.filter((each) => each.includes("port-forward") && each.includes(cluster.kubeconfig))).toEqual([]);
    const lines = [...commands.commandLines].join("\n");
    expect(lines).toContain("secrets set");
    for (const secret of [...values, ...Object.values(passwords)]) expect(lines).not.toContain(secret);
  });
});
