import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnosis } from "../../cli/ops/doctor";
import sample from "../../config/sample";
import { ops } from "./ops";
import { startOperator } from "./operator";
import {
  chartsFolder,
  describeLive,
  startKubernetes,
  startVault,
  temporaryFolder,
  type KubernetesCluster,
  type VaultServer,
} from "./servers";
import { onExistingVault } from "./up-helpers";
import { Workspace } from "./workspace";

const charts = chartsFolder();
const READERS = ["sample-node-api", "sample-python-api"] as const;
const SET = "sample/broker/broker-local";
const PATH = `kvv2/data/${SET}`;

describeLive(
  ["vault", "kubernetes", "kubectl", "terraform-providers", "operator", "charts"],
  "with the operator: a set that two apps read",
  () => {
    let server: VaultServer;
    let cluster: KubernetesCluster;
    let workspace: Workspace;
    const file = join(temporaryFolder("platform"), "platform.ts");

    const platform = (readBy: readonly string[]) =>
      onExistingVault(server, cluster, charts!, {
        environments: { local: { vault: "main", cluster: "local", namespace: "sample", refreshAfter: "2s" } },
        apps: Object.fromEntries(
          Object.entries(sample.apps).map(([name, app]) => [name, { ...app, environments: ["local"] }]),
        ),
        sharedSets: {
          broker: { owner: "team-mq", keys: ["BROKER_PASSWORD"], readBy },
          mail: { owner: "team-mail", keys: ["MAIL_PASSWORD"], generated: { MAIL_PASSWORD: {} }, readBy: [READERS[0]] },
        },
      });
    const secretOf = async (app: string, set = "broker") => {
      const path = `/api/v1/namespaces/sample/secrets/${app}-${set}-local-secrets`;
      const { status, body } = await cluster.request<{ data?: Record<string, string> }>("GET", path);
      return status === 404
        ? undefined
        : Object.fromEntries(
            Object.entries(body.data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]),
          );
    };
    const arrives = (app: string, value: string) =>
      cluster.until(
        async () => (await secretOf(app))?.BROKER_PASSWORD === value,
        `the Secret of ${app} has ${value}`,
        40_000,
      );
    const set = (value: string) => server.ok("POST", PATH, { body: { data: { BROKER_PASSWORD: value } } });

    const run = (words: readonly string[], secret = "") =>
      ops(server, words, { env: { PLATFORM: file, VAULT_TOKEN: server.rootToken }, secret: () => secret });

    beforeAll(async () => {
      [cluster, server] = await Promise.all([startKubernetes(), startVault({ storage: "dev" })]);
      await cluster.kubectl("apply", "--server-side", "-f", join(charts!, "vault-secrets-operator", "crds"));
      writeFileSync(file, `export default ${JSON.stringify(platform(READERS))};\n`);
      workspace = new Workspace(platform(READERS), { VAULT_TOKEN: server.rootToken });
      await workspace.apply("sample-access-main");
      await workspace.apply("sample-local");
      await startOperator(cluster);
    }, 120_000);

    test("a value arrives in the Secret of each, with the set's keys and no other", async () => {
      await server.ok("POST", PATH, { body: { data: { BROKER_PASSWORD: "shared", UNDECLARED: "left out" } } });
      for (const app of READERS) {
        await arrives(app, "shared");
        expect(await secretOf(app)).toEqual({ BROKER_PASSWORD: "shared" });
      }
    }, 90_000);

    test("the commands know the set by its name: set, status, doctor", async () => {
      const set = await run(["secrets", "set", "broker", "local", "BROKER_PASSWORD"], "by-a-person");
      expect(set.outLines).toEqual([`BROKER_PASSWORD of broker in local is set: version 3 of kvv2/${SET}.`]);
      for (const app of READERS) await arrives(app, "by-a-person");
      expect((await run(["secrets", "status", "--app", "broker"])).outLines.join("\n")).toMatch(
        /broker +local +[a-z ]+ 3 /,
      );
      const screen = (await run(["status"])).outLines.join("\n");
      for (const app of READERS) expect(screen).toMatch(new RegExp(`${app}-local/broker +sample +yes +yes +yes`));
      const said = await run(["doctor", "broker", "--json"]);
      const { findings } = JSON.parse(said.outLines.join("\n")) as Diagnosis;
      // Here no operator is installed in its namespace: the test runs its program beside the cluster.
      expect(findings.filter(({ id }) => id !== "operator-down")).toEqual([]);
    }, 90_000);

    test("a set whose one key is generated is placed empty; the value that is made arrives", async () => {
      const { data } = await server.ok<{ data: { data: object } }>("GET", "kvv2/data/sample/mail/mail-local");
      expect(data.data).toEqual({});
      expect(await workspace.changes("sample-local")).toEqual([]);
      const made = await run(["secrets", "generate", "mail", "local"]);
      expect(made.outLines).toEqual(["MAIL_PASSWORD of mail in local made: version 2 of kvv2/sample/mail/mail-local."]);
      await cluster.until(
        async () => /^[0-9A-Za-z]{32}$/.test((await secretOf(READERS[0], "mail"))?.MAIL_PASSWORD ?? ""),
        "the made value is in the Secret",
        40_000,
      );
      expect(await workspace.changes("sample-local")).toEqual([]);
    }, 90_000);

    test("a reader less, by the config: its Secret goes, and the other's is filled as before", async () => {
      workspace.synthesize(platform([READERS[0]]));
      await workspace.apply("sample-local");
      await cluster.until(async () => (await secretOf(READERS[1])) === undefined, "the Secret is gone", 40_000);
      await set("changed");
      await arrives(READERS[0], "changed");
      expect(await workspace.changes("sample-local")).toEqual([]);
    }, 120_000);
  },
);
