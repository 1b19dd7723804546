import { execFileSync } from "node:child_process";
import sample from "../../config/sample";
import { pause } from "../live/servers";
import { until, type Cluster, type KubernetesObject } from "./cluster";
import { plain } from "./commands";
import { describePods, START_TIMEOUT_MS, TURNS } from "./parts";
import { APP, environments, PASSWORD, SamplePods, SECRET, secretWord, USERNAME, WRITER } from "./sample-pods";
import { secretsPage } from "./secrets-page";
import { usersPage } from "./users-page";
import { workload } from "./workload";

const OPERATOR = "sample-vault-secrets-operator";

describePods("the sample in real pods", (parts) => {
  let platform: SamplePods;
  let cluster: Cluster;
  let before: object;
  let other: readonly KubernetesObject[];
  const values = [1, 2, 3, 4].map(secretWord);
  const inPod = (name: string, ...words: string[]) =>
    cluster.kubectl("--namespace", "sample", "exec", `deploy/${name}`, "--", ...words);
  const environmentOf = (name: string) => inPod(name, "sh", "-c", `printf %s "$${PASSWORD}"`);

  beforeAll(async () => {
    platform = await SamplePods.start(parts, TURNS.sample, {
      environments: environments({ refreshAfter: "5s", restarts: "automatic", secretOwner: "operator" }),
      apps: {
        ...sample.apps,
        [APP]: { ...sample.apps[APP]!, restartTargets: [{ kind: "Deployment", name: "restarted" }] },
      },
    });
    cluster = platform.cluster;
    before = await cluster.inventory();
  }, START_TIMEOUT_MS);
  afterAll(() => cluster?.stop());

  test("up, from an empty cluster to synced secrets", async () => {
    // kind.md: $ npm run up -- local
    // kind.md: $ export TF_VAR_kubeconfig_local
    // kind.md: Every command makes a port-forward of its own.
    // kind.md: It asks what `npm run up` asks
    const ended = await platform.up();
    expect([plain(ended), ended.code]).toEqual([expect.stringContaining("done: 2 synced"), 0]);
    expect(await platform.inSecret(PASSWORD)).toBe("TBD");
  });

  test("an invited person sets the first value; it is in a running pod's environment and file", async () => {
    // kind.md: $ npm run ops -- users invite
    // kind.md: $ npm run ops -- users accept
    // kind.md: $ npm run ops -- secrets set
    // kind.md: $ kubectl -n sample get secret
    await platform.invite(WRITER);
    await platform.set(PASSWORD, values[0]!);
    await platform.arrives(PASSWORD, values[0]!);
    await cluster.apply(workload("restarted", SECRET), workload("left-alone", SECRET));
    for (const name of ["restarted", "left-alone"]) {
      await cluster.kubectl("-n", "sample", "rollout", "status", `deploy/${name}`, "--timeout=60s");
      expect(await environmentOf(name)).toBe(values[0]);
      expect(await inPod(name, "cat", `/secrets/${PASSWORD}`)).toBe(values[0]);
    }
  });

  test("a changed value: the restart target has a younger pod with it", async () => {
    const old = await platform.pods("sample", "app=restarted");
    other = await platform.pods("sample", "app=left-alone");
    await pause(1100); // ages are in whole seconds
    const changed = new Date(Math.floor(Date.now() / 1000) * 1000);
    await platform.set(PASSWORD, values[1]!);
    // The operator may still restart it for the first value, which came before the Deployment.
    const environment = () => environmentOf("restarted");
    await until("the new value in a pod's environment", environment, (seen) => seen === values[1]);
    const now = () => platform.pods("sample", "app=restarted");
    const [young] = await until("one pod", now, (seen) => seen.length === 1);
    expect(young!.metadata.uid).not.toBe(old[0]!.metadata.uid);
    expect(new Date(young!.metadata.creationTimestamp).getTime()).toBeGreaterThanOrEqual(changed.getTime());
    expect(await environment()).toBe(values[1]);
    expect(await inPod("restarted", "cat", `/secrets/${PASSWORD}`)).toBe(values[1]);
  });

  secretsPage(() => platform);
  usersPage(parts, () => platform);

  test("Vault's pod deleted: status says sealed; unsealed, all goes on", async () => {
    // kind.md: $ kubectl -n sample-vault delete pod
    // kind.md: $ npm run ops -- status
    await platform.restartVault();
    const sealed = await platform.run(["ops", "status"]);
    expect(plain(sealed)).toMatch(/main.*sealed/);
    const typed = [1, 2, 3].map((n) => ["ey share", platform.share(n)] as const);
    const unsealed = await platform.run(["ops", "unseal"], typed);
    expect([plain(unsealed), unsealed.code]).toEqual([expect.stringContaining("unsealed"), 0]);
    await platform.set(USERNAME, values[2]!);
    await platform.arrives(USERNAME, values[2]!, 120_000);
    expect(await platform.inSecret(PASSWORD)).toBe(values[1]);
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
    expect(await platform.pods("sample", "app=left-alone")).toEqual([
      expect.objectContaining({ metadata: expect.objectContaining({ uid: other[0]!.metadata.uid }) as object }),
    ]);
  });

  test("the operator's pod killed: another goes on, with the chart's own rights alone", async () => {
    const [killed] = await platform.pods(OPERATOR, "control-plane=controller-manager");
    await cluster.kubectl("-n", OPERATOR, "delete", "pod", killed!.metadata.name, "--grace-period=0", "--force");
    await platform.set(PASSWORD, values[3]!);
    await platform.arrives(PASSWORD, values[3]!, 120_000);
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
    const doctor = () => platform.run(["ops", "doctor"]);
    await cluster.kubectl("delete", "clusterrolebinding", binding[0]!.metadata.name);
    expect(plain(await doctor())).toMatch(/login-refused[^]*may not be allowed to review tokens/);
    const { metadata, ...rights } = binding[0]!;
    await cluster.apply({ ...rights, metadata: { name: metadata.name } });
    expect((await doctor()).code).toBe(0);
  });

  test("down with the values: nothing is left; no value was ever in a command line", async () => {
    // kind.md: $ npm run down -- --delete-secrets
    await cluster.kubectl("-n", "sample", "delete", "deploy", "--all");
    const ended = await platform.run(["down", "--delete-secrets"], [["Type sample to go on", "sample"]]);
    expect([plain(ended), ended.code]).toEqual([expect.stringContaining("nothing of it is left."), 0]);
    expect(await cluster.inventory()).toEqual(before);
    const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
    expect(processes.filter((each) => each.includes("port-forward") && each.includes(cluster.kubeconfig))).toEqual([]);
    const lines = [...platform.commands.commandLines].join("\n");
    expect(lines).toContain("secrets set");
    for (const secret of [...values, ...Object.values(platform.passwords)]) expect(lines).not.toContain(secret);
  });
});
