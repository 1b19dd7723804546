import { join } from "node:path";
import { writeFileSync } from "node:fs";
import type { Diagnosis } from "../../cli/ops/doctor";
import type { FindingId } from "../../cli/ops/doctor/findings";
import { ops } from "./ops";
import { startOperator } from "./operator";
import {
  chartsFolder,
  describeLive,
  startKubernetes,
  startVault,
  temporaryFolder,
  type KubernetesCluster,
  type ServerProcess,
  type VaultServer,
} from "./servers";
import { onExistingVault } from "./up-helpers";
import { Workspace } from "./workspace";

const charts = chartsFolder();
jest.setTimeout(60_000);
const VSS =
  "/apis/secrets.hashicorp.com/v1beta1/namespaces/sample/vaultstaticsecrets/sample-node-api-vault-static-secret";
const AUTH = "/apis/secrets.hashicorp.com/v1beta1/namespaces/sample/vaultauths/sample-node-api-vault-auth-static";
const CONNECTION = "/apis/secrets.hashicorp.com/v1beta1/namespaces/sample/vaultconnections/sample-vault";
const ROLE = "auth/kubernetes-local/role/sample-node-api-local";

interface Conditions {
  readonly spec: Record<string, unknown>;
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}

describeLive(
  ["vault", "kubernetes", "kubectl", "openssl", "terraform-providers", "operator", "charts"],
  "with the operator: status and doctor, each failure made once",
  () => {
    let cluster: KubernetesCluster;
    let server: VaultServer;
    let operator: ServerProcess;
    let env: Record<string, string>;
    let role: Record<string, unknown>;

    const run = (words: readonly string[], more: Record<string, string> = {}) =>
      ops(server, words, { env: { ...env, ...more } });
    const diagnose = async (more: Record<string, string> = {}) => {
      const io = await run(["doctor", "sample-node-api", "--json"], more);
      const diagnosis = JSON.parse(io.outLines.join("\n")) as Diagnosis;
      // Here no operator is installed in its namespace: the test runs its program beside the cluster.
      return {
        io,
        findings: diagnosis.findings.filter(({ id }) => id !== "operator-down" && id !== "placeholder"),
        all: diagnosis,
      };
    };
    const ids = async (more: Record<string, string> = {}) => (await diagnose(more)).findings.map(({ id }) => id);
    const setRole = (changes: object) => server.ok("POST", ROLE, { body: { ...role, ...changes } });
    const says = async (expression: RegExp) => {
      await cluster.until(async () => {
        const { status } = await cluster.ok<Conditions>("GET", VSS);
        return Boolean(
          status?.conditions?.some(
            ({ type, status: is, message }) => type === "SecretSynced" && is === "False" && expression.test(message),
          ),
        );
      }, `the operator says ${expression}`);
    };
    const synced = () =>
      cluster.until(async () => {
        const { status } = await cluster.ok<Conditions>("GET", VSS);
        return Boolean(status?.conditions?.some(({ type, status: is }) => type === "SecretSynced" && is === "True"));
      }, "the values are synced");
    const restartOperator = async () => {
      await operator.stop();
      operator = await startOperator(cluster);
    };

    beforeAll(async () => {
      [cluster, server] = await Promise.all([startKubernetes(), startVault({ storage: "file" })]);
      await server.init(3, 2);
      await server.unseal();
      await cluster.kubectl("apply", "--server-side", "-f", join(charts!, "vault-secrets-operator", "crds"));
      const config = onExistingVault(server, cluster, charts!, {
        environments: { local: { vault: "main", cluster: "local", namespace: "sample", refreshAfter: "2s" } },
      });
      const file = join(temporaryFolder("platform"), "platform.ts");
      writeFileSync(file, `export default ${JSON.stringify(config)};\n`);
      env = { PLATFORM: file, VAULT_TOKEN: server.rootToken };
      const workspace = new Workspace(config, { VAULT_TOKEN: server.rootToken });
      await workspace.apply("sample-access-main");
      await workspace.apply("sample-local");
      operator = await startOperator(cluster);
      role = (await server.ok<{ data: Record<string, unknown> }>("GET", ROLE)).data;
      await synced();
    }, 120_000);

    test("status: one screen of a Vault and its bindings, with their last sync; nothing of it is secret", async () => {
      const io = await run(["status"]);
      const screen = io.outLines.join("\n");
      expect(screen).toMatch(/unsealed +alone +shamir/);
      expect(screen).toMatch(/sample-node-api-local +sample +yes +yes +yes +\d+s ago/);
      expect(screen).toContain("no audit device; nobody could say later who read what");
      expect(io.code).toBe(3);
      const { vaults, clusters } = JSON.parse((await run(["status", "--json"])).outLines.join("\n")) as {
        vaults: { servers: { sealed: boolean }[]; audit: string[] }[];
        clusters: { bindings: { lastSync: string }[] }[];
      };
      expect(vaults[0]).toMatchObject({ servers: [{ sealed: false }], audit: [] });
      expect(Date.parse(clusters[0]!.bindings[0]!.lastSync)).not.toBeNaN();
    });

    test("a placeholder that nobody replaced; and nothing else while all is well", async () => {
      const { all, findings, io } = await diagnose();
      expect(findings).toEqual([]);
      expect(all.findings.filter(({ id }) => id === "placeholder")).toMatchObject([
        {
          where: "sample-node-api-local",
          severity: "warning",
          remedy: "npm run ops -- secrets set sample-node-api local",
        },
      ]);
      expect(io.code).toBe(3);
      await server.ok("POST", "kvv2/data/sample/sample-node-api/sample-node-api-local", {
        body: { data: { PRIVATE_NODE_API_DB_USERNAME: "a", PRIVATE_NODE_API_DB_PASSWORD: "b" } },
      });
      expect((await diagnose()).all.findings.filter(({ id }) => id === "placeholder")).toEqual([]);
    });

    test.each<[FindingId, string, object, RegExp]>([
      [
        "wrong-audience",
        "a role for another audience",
        { bound_audiences: ["other"] },
        /the role takes tokens for another audience: other; the service account's is for vault/,
      ],
      [
        "wrong-namespace",
        "a role bound to another namespace",
        { bound_subject: "system:serviceaccount:other:sample-node-api-vault-operator-sa" },
        /bound to another namespace: other; the service account is in sample/,
      ],
      [
        "wrong-service-account",
        "a role bound to another service account",
        { bound_subject: "system:serviceaccount:sample:default" },
        /bound to another service account: default; this is sample-node-api-vault-operator-sa/,
      ],
      [
        "role-without-policy",
        "a role without its policy",
        { token_policies: ["default"] },
        /does not have the policy sample-node-api-local/,
      ],
    ])("%s: %s", async (id, _, changes, cause) => {
      await setRole(changes);
      const { findings, io } = await diagnose();
      await setRole({});
      expect(findings).toMatchObject([
        { id, where: "sample-node-api-local", cause: expect.stringMatching(cause) as string },
      ]);
      if (id !== "role-without-policy")
        expect(findings[0]!.seen).toContain(
          "its token says: subject system:serviceaccount:sample:sample-node-api-vault-operator-sa, audience vault",
        );
      // Claims, never the token.
      expect(io.outLines.join()).not.toMatch(/eyJ[\w-]{10,}\./);
    });

    test("role-missing: a role that was deleted", async () => {
      await server.ok("DELETE", ROLE);
      expect(await ids()).toEqual(["role-missing"]);
      await setRole({});
    });

    test("without a Vault token it says the same, with less in it, and that it did not look", async () => {
      await setRole({ bound_audiences: ["other"] });
      const { findings, all } = await diagnose({ VAULT_TOKEN: "" });
      await setRole({});
      expect(findings).toMatchObject([{ id: "wrong-audience" }]);
      expect(all.notes[0]).toContain("roles and metadata were not read");
    });

    test("stale-token: the operator's token is from before the role was mended", async () => {
      await setRole({ token_policies: ["default"] });
      await restartOperator();
      await says(/403/);
      await setRole({});
      const { findings } = await diagnose();
      expect(findings).toMatchObject([
        { id: "stale-token", remedy: expect.stringContaining("restart the operator") as string },
      ]);
      await restartOperator();
      await synced();
      expect(await ids()).toEqual([]);
    });

    test("operator-tls: the operator does not trust the Vault", async () => {
      const { spec } = await cluster.ok<Conditions>("GET", CONNECTION);
      const tls = await startVault({ storage: "dev", tls: true });
      await cluster.ok("PATCH", CONNECTION, { spec: { address: tls.address } });
      await restartOperator();
      await says(/certificate|x509|tls/);
      expect(await ids()).toEqual(["operator-tls"]);
      await cluster.ok("PATCH", CONNECTION, { spec: { address: spec.address } });
      await restartOperator();
      await synced();
      // And from here.
      expect(await ids({ VAULT_ADDR: tls.address, TF_VAR_vault_address_main: tls.address })).toContain("vault-tls");
      const io = await run(["status", "--json"], {
        TF_VAR_vault_address_main: tls.address,
        VAULT_CACERT: tls.caFile!,
      });
      const { vaults } = JSON.parse(io.outLines.join("\n")) as {
        vaults: { servers: { certificate: { days: number } }[] }[];
      };
      expect(vaults[0]!.servers[0]!.certificate.days).toBeLessThanOrEqual(1);
      await tls.remove();
    });

    test("secret-missing and service-account-missing: somebody deleted what the stack made", async () => {
      const secret = "/api/v1/namespaces/sample/secrets/sample-app-node-api-local-db-connection-secret";
      const account = "/api/v1/namespaces/sample/serviceaccounts/sample-node-api-vault-operator-sa";
      const { body } = await cluster.request<{ metadata: { labels: object }; data: object; type: string }>(
        "GET",
        secret,
      );
      await cluster.ok("DELETE", secret);
      expect(await ids()).toContain("secret-missing");
      await cluster.ok("POST", "/api/v1/namespaces/sample/secrets", {
        metadata: { name: secret.split("/").at(-1), labels: body.metadata.labels },
        data: body.data,
        type: body.type,
      });
      await cluster.ok("DELETE", account);
      expect(await ids()).toContain("service-account-missing");
      await cluster.createServiceAccount("sample", "sample-node-api-vault-operator-sa");
    });

    test("vault-sealed, and then unsealed: the operator goes on by itself", async () => {
      await server.seal();
      await says(/sealed/i);
      expect(await ids()).toEqual(["vault-sealed"]);
      expect((await run(["status"])).outLines.join()).toContain("SEALED, 0 of 2 shares given");
      await server.unseal();
      await synced();
      expect(await ids()).toEqual([]);
    });

    test("binding-missing: a VaultAuth that is gone; and an app that is none suggests the nearest", async () => {
      const { spec } = await cluster.ok<Conditions>("GET", AUTH);
      expect(spec).toBeDefined();
      await operator.stop();
      await cluster.ok("PATCH", AUTH, { metadata: { finalizers: [] } });
      await cluster.ok("DELETE", AUTH);
      expect(await ids()).toEqual(["binding-missing"]);
      const io = await run(["doctor", "sample-node-apo"]);
      expect([io.code, io.errLines.join()]).toEqual([
        2,
        expect.stringContaining('Did you mean "sample-node-api"?') as string,
      ]);
    });

    test("crd-missing, vault-unreachable, cluster-unreachable", async () => {
      // The operator is stopped: nobody else takes its finalizers off.
      for (const name of ["node", "python"])
        await cluster.ok("PATCH", VSS.replace("node", name), { metadata: { finalizers: [] } });
      await cluster.ok(
        "DELETE",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/vaultstaticsecrets.secrets.hashicorp.com",
      );
      await cluster.until(
        async () =>
          (await cluster.request("GET", "/apis/secrets.hashicorp.com/v1beta1/vaultstaticsecrets")).status === 404,
        "the CRD is gone",
      );
      expect(await ids()).toEqual(["crd-missing"]);
      expect(await ids({ TF_VAR_vault_address_main: "http://127.0.0.1:1" })).toEqual([
        "vault-unreachable",
        "crd-missing",
      ]);
      await cluster.stop();
      expect(await ids()).toEqual(["cluster-unreachable"]);
    });
  },
);
