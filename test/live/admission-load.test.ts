import { performance } from "node:perf_hooks";
import { join } from "node:path";
import { admissionSpec } from "../../constructs/admission-rules";
import { objects } from "../helpers/synth";
import { pathOf } from "./admission-platform";
import { stacksOf } from "./load-access";
import { chartsFolder, describeLive, startKubernetes, type KubernetesCluster } from "./servers";

const charts = chartsFolder();
const APPS = 1000;
const ENVIRONMENTS = ["dev", "qa", "stg", "int", "prod"];
const REQUESTS = 200;
const OPERATOR = "acme-operator-main";

interface ObjectOf {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec?: object;
}

describeLive(
  ["kubernetes", "kubectl", "charts"],
  "1,000 apps in five environments of one cluster, each in a namespace of its own",
  () => {
    let cluster: KubernetesCluster;
    const stacks = stacksOf({
      name: "acme",
      secretOwner: "operator",
      vaults: { main: { cluster: "main", mode: "standalone", unsafeNoTls: true } },
      clusters: { main: { context: "live" } },
      environments: Object.fromEntries(
        ENVIRONMENTS.map((name) => [name, { vault: "main", cluster: "main", namespace: "{app}-{environment}" }]),
      ),
      apps: Object.fromEntries(
        Array.from({ length: APPS }, (_, i) => [`app-${i}`, { owner: "team", keys: ["USERNAME", "PASSWORD"] }]),
      ),
    });
    const resources = (type: string) => Object.values(stacks[OPERATOR]!.resource![type]!);
    const manifests = resources("kubernetes_manifest").map(({ manifest }) => manifest as ObjectOf);
    const post = ({ kind, metadata, ...rest }: ObjectOf) =>
      cluster.ok("POST", `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase().replace(/policy$/, "policie")}s`, {
        kind,
        metadata,
        ...rest,
      });

    /** Median and slowest time of an update of an object's spec, in milliseconds. */
    async function times(path: string): Promise<{ readonly median: number; readonly most: number }> {
      const taken: number[] = [];
      for (let i = 0; i < REQUESTS; i++) {
        const start = performance.now();
        await cluster.ok("PATCH", path, { spec: { refreshAfter: `${i + 1}s` } });
        taken.push(performance.now() - start);
      }
      taken.sort((a, b) => a - b);
      return { median: taken[REQUESTS / 2]!, most: taken.at(-1)! };
    }

    beforeAll(async () => {
      cluster = await startKubernetes();
      await cluster.kubectl("apply", "--server-side", "-f", join(charts!, "vault-secrets-operator", "crds"));
      for (const namespace of ["app-7-qa", "left"]) await cluster.createNamespace(namespace);
    }, 60_000);

    afterAll(() => cluster.stop());

    test("an environment that all apps have left: its policy lets nothing through", async () => {
      const metadata = { name: "left", namespace: "" };
      const [policy, binding] = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"].map((kind) =>
        manifests.find((each) => each.kind === kind),
      ) as [ObjectOf, ObjectOf];
      const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "left" } };
      await post({ ...policy, metadata, spec: admissionSpec(OPERATOR, {}) });
      const matchResources = { namespaceSelector };
      await post({ ...binding, metadata, spec: { ...binding.spec, policyName: "left", matchResources } });
      const mine = {
        kind: "VaultConnection",
        metadata: { name: "mine" },
        spec: { address: "https://elsewhere.example" },
      };
      const ask = () =>
        cluster.request<{ message: string }>("POST", `${pathOf("VaultConnection", "left")}?dryRun=All`, {
          apiVersion: "secrets.hashicorp.com/v1beta1",
          ...mine,
        });
      await cluster.until(async () => (await ask()).status === 403, "the policy holds");
      expect((await ask()).body.message).toContain("given a name that the config does not have; accepted: nothing.");
    }, 60_000);

    test("what is accepted fits into a policy an environment, and a request takes little longer", async () => {
      const name = "app-7-vault-static-secret";
      const manifest = (objects({ resource: stacks["acme-qa"]!.resource }) as unknown as ObjectOf[]).find(
        ({ metadata }) => metadata.namespace === "app-7-qa" && metadata.name === name,
      )!;
      const path = pathOf("VaultStaticSecret", "app-7-qa");
      await cluster.until(async () => (await cluster.request("GET", path)).status === 200, "the CRDs are served");
      await cluster.ok("POST", path, manifest);
      await times(`${path}/${name}`);
      const before = await times(`${path}/${name}`);

      for (const each of manifests) await post(each);
      const other = { ...manifest, metadata: { ...manifest.metadata, name: "other" } };
      await cluster.until(
        async () => (await cluster.request("POST", `${path}?dryRun=All`, other)).status === 403,
        "the policy holds",
      );
      const after = await times(`${path}/${name}`);
      const policies = manifests.filter(({ kind }) => kind === "ValidatingAdmissionPolicy");
      const sizes = policies.map((policy) => JSON.stringify(policy).length);
      process.stderr.write(
        `admission of ${APPS} apps in ${ENVIRONMENTS.length} environments: policies of ${sizes.join(", ")} bytes; ` +
          `an update takes ${before.median.toFixed(1)} ms without, ${after.median.toFixed(1)} ms with the policy ` +
          `(slowest ${before.most.toFixed(1)}, ${after.most.toFixed(1)})\n`,
      );
      expect(sizes).toHaveLength(ENVIRONMENTS.length);
      expect(Math.max(...sizes)).toBeLessThan(1 << 20);
      // A text that goes through all names takes more than this.
      expect(after.median / before.median).toBeLessThan(10);
    }, 180_000);
  },
);
