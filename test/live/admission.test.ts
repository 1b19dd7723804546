import { join } from "node:path";
import sample from "../../config/sample";
import {
  ACCESS,
  AdmissionPlatform,
  ENVIRONMENT,
  OPERATOR,
  pathOf,
  stackFile,
  type OperatorKind,
} from "./admission-platform";
import { AUTH, CONNECTION, ELSEWHERE, REFUSED, STATIC } from "./admission-refusals";
import { chartsFolder, describeLive } from "./servers";

const charts = chartsFolder();
const TIMEOUT_MS = 60_000;

describeLive(
  ["vault", "kubernetes", "nodes", "kubectl", "terraform-providers", "operator", "charts"],
  "with the operator: what an environment's apply may make of its objects",
  () => {
    let platform: AdmissionPlatform;

    beforeAll(async () => {
      platform = await AdmissionPlatform.start(join(charts!, "vault-secrets-operator"));
    }, 180_000);

    afterAll(() => platform.stop());

    test(
      "before the policy is there, its job has the operator ask an address of its choice",
      async () => {
        expect((await platform.make("VaultConnection", "stray", { address: ELSEWHERE })).status).toBe(201);
        await platform.cluster.until(
          async () => (await platform.object("VaultConnection", "stray")).metadata.finalizers?.length === 1,
          "the operator has the stray connection",
        );
      },
      TIMEOUT_MS,
    );

    test(
      "a platform that is there gets the policy, and nothing of it is in the policy's way",
      async () => {
        const { workspace } = platform;
        const changes = await workspace.changes(OPERATOR!);
        expect(changes.filter(({ actions }) => actions.join() === "create").map(({ address }) => address)).toEqual([
          "kubernetes_manifest.admission_binding_sample-local",
          "kubernetes_manifest.admission_policy_sample-local",
        ]);
        await workspace.apply(OPERATOR!);
        expect(await workspace.changes(OPERATOR!)).toEqual([]);
        expect(await platform.planEnvironment()).toEqual([]);
        await platform.cluster.until(
          async () => (await platform.make("VaultConnection", "probe", { address: ELSEWHERE })).status === 403,
          "the API server holds the job to the policy",
        );
      },
      TIMEOUT_MS,
    );

    test.each(REFUSED)("it gives %s to a %s: refused", async (_, kind, name, spec, given, accepted) => {
      const { status, message } = await platform.change(kind, name, spec);
      expect(message).toContain(`${kind} sample/${name}: given ${given}`);
      expect(message).toContain(`; accepted: ${accepted}`);
      expect(message).toMatch(/\. (Change the config, and have stack sample-operator-local applied|Leave it out)/);
      expect(status).toBe(403);
    });

    test.each<[OperatorKind, object, accepted: readonly string[]]>([
      ["VaultConnection", { address: "https://vault.example", caCertSecretRef: "sample-vault-ca" }, [CONNECTION]],
      ["VaultAuth", { method: "jwt", mount: "kubernetes-local" }, [AUTH, "sample-python-api-vault-auth-static"]],
      [
        "VaultStaticSecret",
        { mount: "kvv2", type: "kv-v2", path: "x", destination: { name: "x", create: true } },
        [STATIC, "sample-python-api-vault-static-secret"],
      ],
    ])("it makes another %s: refused, with the names that there are", async (kind, spec, accepted) => {
      const { status, message } = await platform.make(kind, "mine", spec);
      const [, called, names] = /request: (.*); accepted: (.*)\. Change the config/.exec(message)!;
      expect(called).toBe(`${kind} sample/mine: given a name that the config does not have`);
      expect(names!.split(", ").sort()).toEqual(accepted);
      expect(status).toBe(403);
    });

    test("who may do everything makes a VaultDynamicSecret: refused, as the config has no databases", async () => {
      const spec = { mount: "database", path: "creds/x", destination: { name: "x" } };
      const { status, message } = await platform.make("VaultDynamicSecret", "mine", spec, { admin: true });
      expect([status, message]).toEqual([
        403,
        expect.stringContaining("given a name that the config does not have; accepted: nothing. Change the") as string,
      ]);
    });

    test.each<[OperatorKind, object]>([
      ["VaultAuthGlobal", {}],
      ["VaultPKISecret", { mount: "x", role: "x", destination: { name: "x" } }],
      ["SecretTransformation", {}],
      ["HCPAuth", { organizationID: "x", projectID: "x" }],
      ["HCPVaultSecretsApp", { appName: "x", destination: { name: "x" } }],
    ])("who may do everything makes a %s there: refused; elsewhere it is none of our business", async (kind, spec) => {
      const { status, message } = await platform.make(kind, "other", spec, { admin: true });
      expect(message).toContain(
        `${kind} sample/other: given a kind that the platform has none of in its namespaces; ` +
          `accepted: VaultConnection, VaultAuth, VaultStaticSecret, VaultDynamicSecret. Leave it out`,
      );
      expect(status).toBe(403);
      expect(await platform.make(kind, "other", spec, { admin: true, namespace: "default" })).toEqual({
        status: 201,
        message: "",
      });
    });

    test(
      "by Terraform, too, its apply stops with the same words; nothing has changed, and the plan is empty again",
      async () => {
        const { workspace } = platform;
        const file = stackFile(ENVIRONMENT!);
        const whole = JSON.stringify(workspace.read(file));
        const { address } = platform.vault;
        const mine = JSON.parse(whole) as { resource: { kubernetes_manifest: Record<string, { manifest: object }> } };
        const manifests = mine.resource.kubernetes_manifest;
        const { manifest } = manifests.connection_sample!;
        manifests.connection_sample!.manifest = { ...manifest, spec: { address: ELSEWHERE, skipTLSVerify: false } };
        workspace.write(file, JSON.stringify(mine));
        const { code, output } = await platform.applyEnvironment();
        expect(code).toBe(1);
        expect(output).toContain(
          `given address=${ELSEWHERE}; accepted: address=${address}, caCertSecretRef=sample-vault-ca. Change the`,
        );
        expect((await platform.object("VaultConnection", CONNECTION)).spec.address).toBe(address);
        workspace.write(file, whole);
        expect(await platform.planEnvironment()).toEqual([]);
      },
      TIMEOUT_MS,
    );

    test("it changes neither the policy, nor its binding, nor a namespace's name", async () => {
      const policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
      for (const path of [
        `${policies}/${ENVIRONMENT}`,
        `${policies.replace(/ies$/, "ybindings")}/${ENVIRONMENT}`,
        "/api/v1/namespaces/sample",
      ]) {
        expect(await platform.cluster.request("GET", path)).toMatchObject({ status: 200 });
        for (const method of ["PATCH", "DELETE"])
          expect([method, path, (await platform.ask(method, path, {})).status]).toEqual([method, path, 403]);
      }
      type Namespace = { readonly metadata: { readonly labels: Readonly<Record<string, string>> } };
      const labels = { "kubernetes.io/metadata.name": "other" };
      const patched = await platform.cluster.ok<Namespace>("PATCH", "/api/v1/namespaces/sample", {
        metadata: { labels },
      });
      expect(patched.metadata.labels["kubernetes.io/metadata.name"]).toBe("sample");
    });

    test(
      "the operator goes on: a value that a person sets arrives, its objects have their finalizers and their status",
      async () => {
        await platform.arrives("first");
        for (const [kind, name] of [
          ["VaultConnection", CONNECTION],
          ["VaultAuth", AUTH],
          ["VaultStaticSecret", STATIC],
        ] as const)
          expect((await platform.object(kind, name)).metadata.finalizers).toHaveLength(1);
        expect(platform.operator.logs()).not.toContain("ValidatingAdmissionPolicy");
      },
      TIMEOUT_MS,
    );

    test(
      "what was there before goes on too, and can be deleted",
      async () => {
        const path = `${pathOf("VaultConnection")}/stray`;
        expect(await platform.ask("PATCH", path, { metadata: { labels: { seen: "yes" } } })).toMatchObject({
          status: 200,
        });
        expect((await platform.change("VaultConnection", "stray", { timeout: "1s" })).status).toBe(403);
        expect(await platform.ask("DELETE", path)).toMatchObject({ status: 200 });
        await platform.cluster.until(
          async () => (await platform.ask("GET", path)).status === 404,
          "the operator has taken its finalizer off",
        );
      },
      TIMEOUT_MS,
    );

    test(
      "routine goes through: another interval, an object that is made again, labels",
      async () => {
        platform.synthesize({
          environments: {
            local: { vault: "main", cluster: "local", namespace: "sample", refreshAfter: "3s" },
            dev: { vault: "main" },
          },
        });
        expect(await platform.workspace.changes(OPERATOR!)).toEqual([]);
        const static_ = "kubernetes_manifest.sample-node-api_binding_static-secret";
        for (const words of [[], [`-replace=${static_}`]])
          expect(await platform.applyEnvironment(...words)).toMatchObject({ code: 0 });
        expect((await platform.object("VaultStaticSecret", STATIC)).spec.refreshAfter).toBe("3s");
        expect(await platform.planEnvironment()).toEqual([]);
        await platform.arrives("second");
      },
      TIMEOUT_MS * 3,
    );

    test(
      "a Secret that the config calls otherwise: refused until the operator's stack is applied, then let through",
      async () => {
        const app = sample.apps["sample-node-api"]!;
        platform.synthesize({
          apps: { ...sample.apps, "sample-node-api": { ...app, kubernetes: { secret: "renamed" } } },
        });
        const early = await platform.applyEnvironment();
        expect(early.code).toBe(1);
        expect(early.output).toContain(
          [
            "given destination.name=renamed",
            "accepted: destination.name=sample-app-node-api-local-db-connection-secret. " +
              "Change the config, and have stack sample-operator-local applied before the environment's.",
          ].join("; "),
        );
        await platform.workspace.apply(OPERATOR!);
        await platform.cluster.until(
          async () => (await platform.applyEnvironment()).code === 0,
          "the API server has what is accepted now",
        );
        expect(await platform.planEnvironment()).toEqual([]);
        expect(await platform.workspace.changes(OPERATOR!)).toEqual([]);
      },
      TIMEOUT_MS * 3,
    );

    test(
      "a shared set's binding: let through as the config has it, with its set, its Secret and its app's login alone",
      async () => {
        const reader = "sample-node-api";
        platform.synthesize({ sharedSets: { broker: { owner: "team-mq", keys: ["B"], readBy: [reader] } } });
        await platform.workspace.apply(ACCESS, { VAULT_TOKEN: platform.vault.rootToken });
        expect((await platform.applyEnvironment()).output).toContain("given a name that the config does not have");
        await platform.workspace.apply(OPERATOR!);
        await platform.cluster.until(
          async () => (await platform.applyEnvironment()).code === 0,
          "the API server has what is accepted now",
        );
        expect(await platform.planEnvironment()).toEqual([]);
        const name = `${reader}-broker-vault-static-secret`;
        const { spec } = await platform.object("VaultStaticSecret", name);
        for (const [field, other] of [
          ["path", "sample/sample-python-api/sample-python-api-local"],
          ["vaultAuthRef", "sample-python-api-vault-auth-static"],
          ["destination.name", "other"],
        ] as const) {
          const change = field === "destination.name" ? { destination: { name: other } } : { [field]: other };
          const { status, message } = await platform.change("VaultStaticSecret", name, change);
          expect([field, status, message]).toEqual([field, 403, expect.stringContaining(`given ${field}=${other}`)]);
        }
        const foreign = "sample-python-api-broker-vault-static-secret";
        const body = { ...spec, vaultAuthRef: "sample-python-api-vault-auth-static" };
        expect(await platform.make("VaultStaticSecret", foreign, body)).toMatchObject({ status: 403 });
        expect(
          (await platform.change("VaultStaticSecret", STATIC, { path: "sample/broker/broker-local" })).status,
        ).toBe(403);
      },
      TIMEOUT_MS * 3,
    );

    test(
      "taken away and made again in the same API server, it holds as before",
      async () => {
        const { workspace, cluster } = platform;
        const of = ["policy", "binding"].map((each) => `-target=kubernetes_manifest.admission_${each}_sample-local`);
        const probe = (name: string) => platform.make("VaultConnection", name, { address: ELSEWHERE });
        await workspace.terraform(OPERATOR!, ["destroy", "-auto-approve", "-input=false", ...of], {});
        let i = 0;
        await cluster.until(async () => (await probe(`free-${i++}`)).status === 201, "nothing is held");
        // The API server looks at its policies once a second: it has seen that there is none.
        await new Promise((done) => setTimeout(done, 3_000));
        await workspace.apply(OPERATOR!);
        await cluster.until(async () => (await probe(`held-${i++}`)).status === 403, "the job is held again");
        expect((await probe("held")).message).toContain("given a name that the config does not have");
        expect(await platform.applyEnvironment("-replace=kubernetes_manifest.connection_sample")).toMatchObject({
          code: 0,
        });
        await platform.arrives("third");
      },
      TIMEOUT_MS * 3,
    );
  },
);
