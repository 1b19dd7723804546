import {
  AppNamespace,
  AuthMethod,
  BindingsRelease,
  EnvSecretSet,
  KvMount,
  VaultConnection,
  VsoBinding,
  Workload,
} from "../../constructs";
import { resolvePlatform } from "../../model";
import { smallConfig } from "../helpers/configs";
import { addresses, only, resources, synthConstructs, synthPlatform } from "../helpers/synth";

const apps = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`app-${i}`, { owner: "team", keys: ["KEY"] }]));
const environment = (more: object = {}) => ({ dev: { vault: "main", cluster: "local", ...more } });
const small = (more: object = {}) =>
  synthPlatform(smallConfig({ environments: environment(more) })).stacks["small-dev"]!;

test("a namespace's objects are in one release, as the manifests have them, and Terraform forgets those", () => {
  const [manifests, chart] = [small(), small({ delivery: "chart" })];
  const release = only(chart, "helm_release") as { values: string[]; depends_on: string[] };
  expect(release).toMatchObject({
    name: "vault-bindings",
    namespace: "small-dev",
    chart: "./vault-bindings",
    create_namespace: false,
  });
  const { objects } = JSON.parse(release.values[0]!) as { objects: { [key: string]: { kind: string } } };
  const released = Object.values(objects).filter(({ kind }) => kind === "ServiceAccount");
  const accounts = resources(manifests, "kubernetes_service_account_v1").map(({ metadata }) => metadata);
  expect(released.map((each) => (each as unknown as { metadata: object }).metadata)).toEqual(accounts);
  const others = Object.values(objects).filter(({ kind }) => kind !== "ServiceAccount");
  const theirs = resources(manifests, "kubernetes_manifest").map(({ manifest }) => manifest as { kind: string });
  const byKind = (a: { kind: string }, b: { kind: string }) => (a.kind < b.kind ? -1 : 1);
  expect(others.sort(byKind)).toEqual(theirs.sort(byKind));
  const gone = addresses(manifests).filter((each) => /^kubernetes_(manifest|service_account_v1)\./.test(each));
  expect(chart.removed!.map(({ from, lifecycle }) => [from, lifecycle]).sort()).toEqual(
    gone.map((from) => [from, { destroy: false }]),
  );
  expect(release.depends_on).toContain("vault_kubernetes_auth_backend_role.shop_workload_role");
});

test("a move to the chart takes over what is there, one to manifests imports it and forgets the release", () => {
  expect(only(small({ delivery: "chart", movesDelivery: true }), "helm_release").take_ownership).toBe(true);
  const back = small({ delivery: "manifests", movesDelivery: true });
  const left = [{ from: "helm_release.bindings_small-dev", lifecycle: { destroy: false } }];
  expect([back.removed, small().removed]).toEqual([left, left]);
  expect(small().import).toBeUndefined();
  expect(back.import!.map(({ id }) => id).sort()).toEqual([
    "apiVersion=secrets.hashicorp.com/v1beta1,kind=VaultAuth,namespace=small-dev,name=shop-vault-auth-static",
    "apiVersion=secrets.hashicorp.com/v1beta1,kind=VaultConnection,namespace=small-dev,name=small-vault",
    "apiVersion=secrets.hashicorp.com/v1beta1,kind=VaultStaticSecret,namespace=small-dev,name=shop-vault-static-secret",
    "small-dev/shop-vault-operator-sa",
  ]);
});

test("manifests up to 25 bindings, the chart above; what the config says holds", () => {
  const delivery = (count: number, more: object = {}) =>
    resolvePlatform(smallConfig({ apps: apps(count), environments: environment(more) })).environments[0]!.delivery;
  expect([
    delivery(25),
    delivery(26),
    delivery(26, { delivery: "manifests" }),
    delivery(1, { delivery: "chart" }),
  ]).toEqual(["manifests", "chart", "manifests", "chart"]);
});

test("two objects of one kind and name are refused", () => {
  const synthesis = () =>
    synthConstructs((stack) => {
      const namespace = AppNamespace.fromName(stack, "namespace", "apps");
      const release = new BindingsRelease(stack, "bindings", { namespace });
      const connection = new VaultConnection(stack, "connection", {
        namespace,
        release,
        address: "https://vault:8200",
      });
      const secretSet = EnvSecretSet.fromPath(stack, "secrets", {
        mount: KvMount.fromPath(stack, "kv", "kvv2"),
        path: "shop",
        keys: ["KEY"],
      });
      const workload = Workload.fromServiceAccount(stack, "workload", {
        name: "shop",
        authMethod: AuthMethod.fromPath(stack, "login", "k8s"),
        namespace: "apps",
        serviceAccount: "shop",
      });
      for (const id of ["one", "two"])
        new VsoBinding(stack, id, { secretSet, workload, connection, createServiceAccount: false });
    });
  expect(synthesis).toThrow(/BindingsRelease\.namespace: given "two objects VaultAuth\/shop"/);
});
