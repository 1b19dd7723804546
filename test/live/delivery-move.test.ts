import { join } from "node:path";
import { judgePlan, parsePlan } from "../../access";
import type { EnvironmentConfig, PlatformConfig } from "../../model";
import { startOperator } from "./operator";
import {
  chartsFolder,
  describeLive,
  startKubernetes,
  startVault,
  type KubernetesCluster,
  type ServerProcess,
  type VaultServer,
} from "./servers";
import { onExistingVault } from "./up-helpers";
import { Workspace } from "./workspace";

const charts = chartsFolder();
const STACK = "sample-local";
const SECRET = "/api/v1/namespaces/sample/secrets/sample-node-api-local-secrets";
const OBJECTS = [
  "/api/v1/namespaces/sample/serviceaccounts/sample-node-api-vault-operator-sa",
  ...["vaultconnections/sample-vault", "vaultauths/sample-node-api-vault-auth-static"].map(crd),
  crd("vaultstaticsecrets/sample-node-api-vault-static-secret"),
];
const RECORDS = "/api/v1/namespaces/sample/configmaps?labelSelector=owner%3Dhelm";
const TIMEOUT_MS = 600_000;

function crd(path: string): string {
  return `/apis/secrets.hashicorp.com/v1beta1/namespaces/sample/${path}`;
}

interface Object {
  readonly metadata: {
    readonly uid: string;
    readonly labels?: { readonly [label: string]: string };
    readonly annotations?: { readonly [annotation: string]: string };
    readonly deletionTimestamp?: string;
  };
  readonly spec?: object;
  readonly data?: { readonly [key: string]: string };
}

/** Asks for an object, one request after the other, until it is told to end; each answer that is another is kept. */
function watch(cluster: KubernetesCluster, path: string): () => Promise<{ asked: number; answers: readonly string[] }> {
  let over = false;
  let asked = 0;
  const answers: string[] = [];
  const asking = (async () => {
    while (!over) {
      const { status, body } = await cluster.request<Object>("GET", path);
      const { uid, deletionTimestamp = "" } = body.metadata;
      const answer = `${status} ${uid} ${deletionTimestamp}${JSON.stringify(body.data ?? body.spec ?? null)}`;
      if (answers.at(-1) !== answer) answers.push(answer);
      asked++;
    }
  })();
  return async () => {
    over = true;
    await asking;
    return { asked, answers };
  };
}

describeLive(
  ["vault", "kubernetes", "kubectl", "terraform-providers", "operator", "charts"],
  "with the operator: an environment's bindings go over to a release, and back",
  () => {
    let server: VaultServer;
    let cluster: KubernetesCluster;
    let workspace: Workspace;
    let operator: ServerProcess | undefined;

    const platform = (delivery: Pick<EnvironmentConfig, "delivery" | "movesDelivery">): PlatformConfig => {
      const config = onExistingVault(server, cluster, charts!, {});
      const local = { vault: "main", cluster: "local", namespace: "sample", refreshAfter: "2s" } as const;
      return {
        ...config,
        secretOwner: "operator",
        environments: { local: { ...local, ...delivery } },
        apps: Object.fromEntries(
          Object.entries(config.apps).map(([name, { kubernetes: _, ...app }]) => [
            name,
            { ...app, environments: ["local"] },
          ]),
        ),
        people: {},
      };
    };
    const synthesize = async (delivery: Pick<EnvironmentConfig, "delivery" | "movesDelivery">) => {
      workspace.synthesize(platform(delivery));
      // With the release comes another provider.
      const { code, output } = await workspace.terraform(STACK, ["init", "-input=false", "-no-color"]);
      if (code !== 0) throw new Error(output);
    };
    const set = (value: string) =>
      server.ok("POST", "kvv2/data/sample/sample-node-api/sample-node-api-local", {
        body: { data: { PRIVATE_NODE_API_DB_PASSWORD: value } },
      });
    const arrives = (value: string) =>
      cluster.until(
        async () => {
          const { body } = await cluster.request<Object>("GET", SECRET);
          return Buffer.from(body.data?.PRIVATE_NODE_API_DB_PASSWORD ?? "", "base64").toString("utf8") === value;
        },
        `the Secret has ${value}`,
        60_000,
      );
    const objects = () => Promise.all(OBJECTS.map((path) => cluster.ok<Object>("GET", path)));
    const records = async () => (await cluster.ok<{ items: readonly object[] }>("GET", RECORDS)).items.length;

    /** What the gate says of a plan of the stack as it is, from gravest to least. */
    const judged = async () => {
      await workspace.changes(STACK);
      const { output } = await workspace.terraform(STACK, ["show", "-json", "check.tfplan"]);
      return judgePlan(parsePlan(output));
    };

    /** Applies a move, and looks at the Secret and each object all the while. */
    async function move(delivery: Pick<EnvironmentConfig, "delivery" | "movesDelivery">) {
      await synthesize(delivery);
      const before = await objects();
      const findings = await judged();
      const watched = [SECRET, ...OBJECTS].map((path) => watch(cluster, path));
      await workspace.apply(STACK);
      const seen = await Promise.all(watched.map((end) => end()));
      for (const { asked, answers } of seen) {
        expect(asked).toBeGreaterThan(20);
        expect(answers).toEqual([expect.stringMatching(/^200 /)]);
      }
      const after = await objects();
      expect(after.map(({ metadata: { uid }, spec }) => ({ uid, spec }))).toEqual(
        before.map(({ metadata: { uid }, spec }) => ({ uid, spec })),
      );
      return { findings, labels: after.map(({ metadata: { labels } }) => labels?.["app.kubernetes.io/managed-by"]) };
    }

    beforeAll(async () => {
      [cluster, server] = await Promise.all([startKubernetes(), startVault({ storage: "dev" })]);
      await cluster.kubectl("apply", "--server-side", "-f", join(charts!, "vault-secrets-operator", "crds"));
      workspace = new Workspace(platform({ delivery: "manifests" }), { VAULT_TOKEN: server.rootToken });
      await workspace.apply("sample-access-main");
      await workspace.apply(STACK);
      operator = await startOperator(cluster);
      await set("before");
      await arrives("before");
    }, TIMEOUT_MS);

    afterAll(() => operator?.stop());

    test(
      "the other delivery without a move stops, and nothing goes",
      async () => {
        await synthesize({ delivery: "chart" });
        const before = await objects();
        expect((await judged()).filter(({ severity }) => severity === "error")).toEqual([
          expect.objectContaining({ address: "helm_release.bindings_sample" }),
        ]);
        const { code, output } = await workspace.tryApply(STACK);
        expect({ code, output }).toMatchObject({ code: 1 });
        expect(output).toContain("invalid ownership metadata");
        expect((await objects()).map(({ metadata }) => metadata.uid)).toEqual(
          before.map(({ metadata }) => metadata.uid),
        );
      },
      TIMEOUT_MS,
    );

    test(
      "to a release: no Secret goes for a moment, and nothing of the objects changes but whose they are",
      async () => {
        const { findings, labels } = await move({ delivery: "chart", movesDelivery: true });
        expect(labels).toEqual(["Helm", "Helm", "Helm", "Helm"]);
        expect(findings.filter(({ severity }) => severity !== "info").map(({ says }) => says)).toEqual([
          "release sample/vault-bindings takes over objects of its names that are there",
          expect.stringMatching(/^VaultConnection sample\/sample-vault leads to /),
        ]);
        expect(await records()).toBe(1);
        expect(await workspace.changes(STACK)).toEqual([]);
        await set("in-a-release");
        await arrives("in-a-release");
      },
      TIMEOUT_MS,
    );

    test(
      "after it, the move is taken out of the config: the release alone is asked for, and nothing changes",
      async () => {
        await synthesize({ delivery: "chart" });
        expect((await workspace.changes(STACK)).map(({ address }) => address)).toEqual([
          "helm_release.bindings_sample",
        ]);
        await workspace.apply(STACK);
        expect(await workspace.changes(STACK)).toEqual([]);
      },
      TIMEOUT_MS,
    );

    test(
      "back to manifests: no Secret goes for a moment",
      async () => {
        const { findings } = await move({ delivery: "manifests", movesDelivery: true });
        expect(findings.filter(({ severity }) => severity !== "info")).toEqual([]);
        await synthesize({ delivery: "manifests" });
        await workspace.apply(STACK);
        expect(await workspace.changes(STACK)).toEqual([]);
        await set("in-manifests");
        await arrives("in-manifests");
      },
      TIMEOUT_MS,
    );

    test(
      "to the release again, once Helm's records are deleted",
      async () => {
        const words = ["-n", "sample", "delete", "configmap", "-l", "owner=helm,name=vault-bindings"];
        await cluster.kubectl(...words);
        expect(await records()).toBe(0);
        await move({ delivery: "chart", movesDelivery: true });
        expect(await workspace.changes(STACK)).toEqual([]);
        await set("again");
        await arrives("again");
      },
      TIMEOUT_MS,
    );

    test(
      "back to manifests without a move: the apply stops, and nothing goes; the move then ends it",
      async () => {
        await synthesize({ delivery: "manifests" });
        const before = await objects();
        expect((await judged()).filter(({ severity }) => severity === "error")).toEqual([
          expect.objectContaining({ address: "helm_release.bindings_sample" }),
        ]);
        const { code, output } = await workspace.tryApply(STACK);
        expect({ code, output }).toMatchObject({ code: 1 });
        expect(output).toContain("already exists");
        expect((await objects()).map(({ metadata }) => metadata.uid)).toEqual(
          before.map(({ metadata }) => metadata.uid),
        );
        // The state has no release any more: the gate takes what is imported for unknown.
        await move({ delivery: "manifests", movesDelivery: true });
        await synthesize({ delivery: "manifests" });
        await workspace.apply(STACK);
        await set("after-all");
        await arrives("after-all");
      },
      TIMEOUT_MS,
    );
  },
);
