import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { releasesOf } from "../../cli/up/helm-releases";
import { PLATFORM_ADMIN, type PlatformConfig } from "../../model";
import { temporaryFolder } from "../live/servers";
import { Cluster } from "./cluster";
import { Commands, killTree, plain } from "./commands";
import { crashingImage, operatorImage, proxyImage, vaultImage } from "./images";
import { chartIn, describePods, START_TIMEOUT_MS, TURNS, type Parts } from "./parts";

type VaultConfig = PlatformConfig["vaults"][string];

/** A platform with a Vault alone. */
function vaultOnly(parts: Parts, name: string, vault: object): PlatformConfig {
  const main = { cluster: "local", unsafeNoTls: true, unsafeDestroy: true, chart: chartIn(parts, "vault"), ...vault };
  return {
    name,
    vaults: { main: main as VaultConfig },
    clusters: { local: { context: "docker-desktop" } },
    environments: { dev: { vault: "main" } },
    apps: { api: { owner: "team", keys: ["PASSWORD"] } },
  };
}

interface Broken {
  readonly image?: object;
  readonly resources?: object;
  readonly storage?: object;
  readonly values?: { readonly server?: object };
}

/** With one volume instead of two: the cluster has few. */
function withoutAudit({ values = {}, ...vault }: Broken): object {
  return { ...vault, values: { server: { auditStorage: { enabled: false }, ...values.server } } };
}

const CASES: readonly (readonly [name: string, vault: Broken, said: readonly (string | RegExp)[]])[] = [
  [
    "crashing",
    { image: { tag: "9.9.1" } },
    [
      /pod crashing-vault-0, container vault: it crashes: ended \d times?, the last time with exit code 1/,
      "| Error loading configuration: [token] password=[…]",
      "waiting is in vain",
      "correct the config",
    ],
  ],
  [
    "noimage",
    { image: { tag: "9.9.9" } },
    [
      "container vault: its image hashicorp/vault:9.9.9 cannot be pulled: ErrImagePull",
      "0 of 1 pods of noimage-vault run after 45 s.",
      "Check the image's name and tag",
    ],
  ],
  [
    "nonode",
    { resources: { requests: { memory: "900Gi" }, limits: { memory: "900Gi" } } },
    ["pod nonode-vault-0: no node takes it: 0/1 nodes are available: 1 Insufficient memory", "Add a node"],
  ],
  [
    "novolume",
    { storage: { storageClass: "none-such" } },
    [
      "pod novolume-vault-0, claim data-novolume-vault-0: no volume is bound to it (class none-such)",
      "Name a storage class that exists",
    ],
  ],
  [
    "forbidden",
    {
      values: {
        server: { statefulSet: { securityContext: { container: { capabilities: { add: ["SYS_ADMIN"] } } } } },
      },
    },
    [
      "StatefulSet forbidden-vault: its pods are refused by the API server",
      'violates PodSecurity "restricted',
      "waiting is in vain",
      "The namespace takes restricted pods alone",
    ],
  ],
];

describePods("what up says of a pod that does not run, and how it goes on", (parts) => {
  let cluster: Cluster;
  let commands: Commands;
  let before: object;
  let said: Readonly<Record<string, string>>;
  const secrets = ["hvs.CAESIJlnotreally0123456789", "hunter2"];
  const password = "correct-horse-battery-staple";
  const shares = join(temporaryFolder("shares"), "shares");
  const operator = { chart: chartIn(parts, "vault-secrets-operator") };
  const config: PlatformConfig = {
    ...vaultOnly(parts, "again", {}),
    clusters: { local: { context: "docker-desktop", operator } },
    environments: { local: { vault: "main", cluster: "local", namespace: "again" } },
  };
  const image = { tag: "0.0.0" };
  const withoutImage = {
    ...config,
    clusters: { local: { ...config.clusters.local!, operator: { ...operator, image } } },
  };
  const NO_IMAGE = "cannot be pulled: ErrImagePull";
  const stack = () => join(commands.folder, "again", "cdktf.out", "stacks", "again-operator-local");

  beforeAll(async () => {
    const crashing = crashingImage("9.9.1", `Error loading configuration: ${secrets[0]} password=${secrets[1]}`);
    cluster = await Cluster.start(parts, [vaultImage(parts), proxyImage(parts), crashing], TURNS.troubles);
    await cluster.addVolumes(6);
    commands = new Commands(cluster);
    // All at once, each in a namespace of its own: they wait most of the time.
    const runs = CASES.map(async ([name, vault]) => {
      const words = ["up", "--pod-timeout", "45s", "--out-dir", temporaryFolder("shares")];
      const ended = await commands.at(vaultOnly(parts, name, withoutAudit(vault)), words);
      return [name, `${plain(ended)}\nexit code ${ended.code}`] as const;
    });
    said = Object.fromEntries(await Promise.all(runs));
    before = await cluster.inventory();
  }, START_TIMEOUT_MS);
  afterAll(() => cluster?.stop());

  test.each(CASES)("%s: which container, why, and what to do", (name, _, words) => {
    const output = said[name]!;
    for (const each of words) expect(output).toMatch(each);
    expect(output).toContain("exit code 1");
    for (const secret of secrets) expect(output).not.toContain(secret);
    // What the pod waits for is said while it waits, before the run gives up.
    // bootstrap.md: While `up` waits for pods
    // bootstrap.md: It ends by itself where waiting is in vain
    expect(output.split("FAILED")[0]).toMatch(words[0]!);
  });

  type Answers = Parameters<Commands["at"]>[2];
  const up = (changed: PlatformConfig = config, after: Answers = [], before: Answers = []) =>
    commands.at(changed, ["up"], [...before, [`Password of ${PLATFORM_ADMIN}`, password], ...after]);
  const status = () =>
    cluster.kubectl(
      ...["get", "configmaps", "-A", "-l", "owner=helm,name=vault-secrets-operator"],
      ...["-o", "jsonpath={.items[*].metadata.labels.status}"],
    );

  test("killed while Helm waits for the operator's pod: what it waits for is said meanwhile", async () => {
    const killed = await commands.at(
      config,
      ["up", "--out-dir", shares],
      [
        [`New password of ${PLATFORM_ADMIN}`, password],
        ["The same once more", password],
        [NO_IMAGE, killTree],
      ],
    );
    expect(plain(killed)).toMatch(
      /container manager: its image hashicorp\/vault-secrets-operator:\S+ cannot be pulled/,
    );
    expect(await status()).toBe("pending-install");
  });

  test("the next run goes on; where Helm gives up, the error says what the pod waits for", async () => {
    // bootstrap.md: Where a run was killed while Helm worked
    const timeout = join(stack(), "timeout_override.tf.json");
    const [{ address } = { address: "" }] = releasesOf(stack());
    const resource = { helm_release: { [address.split(".")[1]!]: { timeout: 5 } } };
    // After the proofs: they refuse a file that Terraform would read and they have not seen.
    const shorten = () => writeFileSync(timeout, JSON.stringify({ resource }));
    const failed = await up(config, [], [["checks:", shorten]]);
    rmSync(timeout);
    expect([plain(failed), failed.code]).toEqual([
      expect.stringContaining("an earlier run left it pending-install"),
      1,
    ]);
    expect(plain(failed).split("FAILED")[1]).toContain(NO_IMAGE.split(":")[0]);
    expect(await status()).toBe("failed");
  });

  test("with the image there, it goes on to the end", async () => {
    await cluster.load([operatorImage(parts)]);
    const ended = await up();
    expect([plain(ended), ended.code]).toEqual([expect.stringContaining("done: 1 synced"), 0]);
    expect(plain(ended)).toContain("an earlier run left it failed");
    expect(await status()).toBe("deployed");
  });

  test("killed in an upgrade: the next run goes on", async () => {
    await up(withoutImage, [[NO_IMAGE, killTree]]);
    expect(await status()).toMatch(/pending-upgrade/);
    const ended = await up();
    expect([plain(ended), ended.code]).toEqual([expect.stringContaining("an earlier run left it pending-upgrade"), 0]);
    expect((await status()).split(" ").filter((each) => each === "deployed")).toHaveLength(1);
  });

  test("killed in an upgrade, and taken down without another run: nothing is left", async () => {
    await up(withoutImage, [[NO_IMAGE, killTree]]);
    const ended = await commands.at(config, ["down", "--delete-secrets"], [["Type again to go on", "again"]]);
    expect([plain(ended), ended.code]).toEqual([expect.stringContaining("nothing of it is left."), 0]);
    expect(await cluster.inventory()).toEqual(before);
  });

  test("down takes away a release that the state was never told of", async () => {
    const stack = join(commands.folder, "crashing", "cdktf.out", "stacks", "crashing-vault-main");
    commands.terraform(stack, "state", "rm", releasesOf(stack)[0]!.address);
    const words = ["down", "--delete-secrets"];
    const ended = await commands.at(vaultOnly(parts, "crashing", {}), words, [["Type crashing to go on", "crashing"]]);
    expect([plain(ended), ended.code]).toEqual([expect.stringContaining("nothing of it is left."), 0]);
    expect(JSON.stringify(await cluster.inventory())).not.toContain("crashing");
  });
});
