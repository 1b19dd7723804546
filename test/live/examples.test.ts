import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../helpers/source";
import { startOperator } from "./operator";
import { reviewerToken } from "./reviewer-token";
import { describeLive, startKubernetes, startVault, type KubernetesCluster, type VaultServer } from "./servers";
import { findCharts } from "./vault-charts";
import { Workspace } from "./workspace";

const charts = findCharts();

const TIMEOUT_MS = 180_000;
/** Where the examples' bindings look for Vault: here it runs beside the cluster. */
const IN_CLUSTER = /http:\/\/(sample-)?vault\.(sample-)?vault\.svc:8200/g;

type Resources = { readonly [type: string]: { readonly [id: string]: { [argument: string]: unknown } } | undefined };

describeLive(
  ["vault", "kubernetes", "nodes", "terraform-providers", "operator", "charts", "helm"],
  "with Terraform and the operator: the examples",
  () => {
    let cluster: KubernetesCluster;
    let server: VaultServer;
    let reviewer: { readonly [argument: string]: unknown };

    beforeAll(async () => {
      [cluster, server] = await Promise.all([
        startKubernetes({ scheduler: true, kwok: true }),
        startVault({ storage: "dev" }),
      ]);
      await server.ok("POST", "sys/mounts/secret", { body: { type: "kv", options: { version: "2" } } });
      const token_reviewer_jwt = await reviewerToken(cluster);
      // In its pod Vault knows these by itself.
      reviewer = { kubernetes_host: cluster.address, kubernetes_ca_cert: cluster.ca.trimEnd(), token_reviewer_jwt };
    }, TIMEOUT_MS);

    /** An example as it is but for where its servers, its charts and its reviewer are. */
    function synthesized(name: string): Workspace {
      const workspace = new Workspace(undefined, { VAULT_ADDR: server.address, VAULT_TOKEN: server.rootToken });
      const outdir = join(workspace.folder, "cdktf.out");
      execFileSync(
        process.execPath,
        ["--require", join(ROOT, "node_modules/tsx/dist/cjs/index.cjs"), join(ROOT, `examples/${name}.ts`)],
        { cwd: workspace.folder, env: { ...process.env, CDKTF_OUTDIR: outdir } },
      );
      for (const stack of readdirSync(join(outdir, "stacks"))) {
        const file = join(outdir, "stacks", stack, "cdk.tf.json");
        const text = readFileSync(file, "utf8")
          .replaceAll("~/.kube/config", cluster.kubeconfig)
          .replaceAll("docker-desktop", "live")
          .replaceAll(IN_CLUSTER, server.address);
        const json = JSON.parse(text) as { readonly resource: Resources };
        for (const release of Object.values(json.resource.helm_release ?? {})) {
          release.chart = join(charts!.folder, String(release.chart));
          delete release.repository;
          delete release.version;
        }
        for (const config of Object.values(json.resource.vault_kubernetes_auth_backend_config ?? {}))
          Object.assign(config, reviewer, { disable_local_ca_jwt: true });
        writeFileSync(file, JSON.stringify(json));
      }
      return workspace;
    }

    async function applied(workspace: Workspace, ...stacks: readonly string[]): Promise<void> {
      for (const stack of stacks) {
        await workspace.apply(stack);
        expect([stack, await workspace.changes(stack)]).toEqual([stack, []]);
      }
    }

    const set = (path: string, data: object) => server.ok("POST", path, { body: { data } });
    const values = async (path: string) =>
      (await server.ok<{ data: { data: { [key: string]: string } } }>("GET", path)).data.data;
    const secret = async (namespace: string, name: string) => {
      const { body } = await cluster.request<{ data?: { [key: string]: string } }>(
        "GET",
        `/api/v1/namespaces/${namespace}/secrets/${name}`,
      );
      return Object.fromEntries(
        Object.entries(body.data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
      );
    };

    test(
      "the article applies, its second plan is empty, and a value that a person sets reaches the Secret",
      async () => {
        const workspace = synthesized("article");
        await applied(workspace, "servers", "sample");
        const data = { PRIVATE_NODE_API_DB_USERNAME: "node", PRIVATE_NODE_API_DB_PASSWORD: "a-person-set-this" };
        await set("kvv2/data/sample/sample-node-api/sample-node-api-local", { ...data, OTHER: "stays" });
        const operator = await startOperator(cluster);
        await cluster.until(
          async () => (await secret("sample", "sample-node-api-local-secrets")).PRIVATE_NODE_API_DB_USERNAME === "node",
          "the Secret has the person's value",
          90_000,
        );
        expect(await secret("sample", "sample-node-api-local-secrets")).toEqual(data);
        await operator.stop();
        expect(await workspace.changes("sample")).toEqual([]);
      },
      TIMEOUT_MS,
    );

    test(
      "a secret set on a mount that is there is placed once: what a person sets outlives the next apply",
      async () => {
        const workspace = synthesized("secret-set");
        await applied(workspace, "shop");
        expect(await values("secret/data/shop/shop-dev")).toEqual({ DB_USERNAME: "TBD", DB_PASSWORD: "TBD" });
        await set("secret/data/shop/shop-dev", { DB_USERNAME: "shop", DB_PASSWORD: "a-person-set-this" });
        await applied(workspace, "shop");
        expect((await values("secret/data/shop/shop-dev")).DB_PASSWORD).toBe("a-person-set-this");
      },
      TIMEOUT_MS,
    );

    test(
      "a binding to somebody else's secret carries it out, and changes nothing of theirs",
      async () => {
        await set("secret/data/platform/smtp", { SMTP_PASSWORD: "theirs", SMTP_ADMIN: "not ours" });
        if ((await server.request("GET", "sys/auth/kubernetes")).status !== 200)
          await server.ok("POST", "sys/auth/kubernetes", { body: { type: "kubernetes" } });
        await server.ok("POST", "auth/kubernetes/config", { body: { ...reviewer, disable_local_ca_jwt: true } });
        await cluster.createNamespace("mail");
        await applied(synthesized("binding"), "mailer");
        const operator = await startOperator(cluster);
        await cluster.until(
          async () => (await secret("mail", "mailer-secrets")).SMTP_PASSWORD === "theirs",
          "the Secret has their value",
          90_000,
        );
        expect(await secret("mail", "mailer-secrets")).toEqual({ SMTP_PASSWORD: "theirs" });
        expect(await values("secret/data/platform/smtp")).toEqual({ SMTP_PASSWORD: "theirs", SMTP_ADMIN: "not ours" });
        await operator.stop();
      },
      TIMEOUT_MS,
    );
  },
);
