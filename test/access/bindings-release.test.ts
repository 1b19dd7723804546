import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgePlan, parsePlan, readStacks } from "../../access";
import { synthesize } from "../../cli/synth";
import sample from "../../config/sample";
import { BINDINGS_CHART, resolvePlatform, type PlatformConfig } from "../../model";
import { at, checkOf, stacksOf, type Mutable, type Stacks } from "./fixture";

const RELEASE = "helm_release.bindings_sample";
const chart: PlatformConfig = {
  ...sample,
  environments: { ...sample.environments, local: { ...sample.environments.local!, delivery: "chart" } },
};

/** The sample's local environment with its bindings as a release, of which something is changed. */
function changed(change: (release: Mutable, objects: Mutable, stacks: Stacks) => void): Stacks {
  const stacks = stacksOf(chart);
  const release = at(stacks, "sample-local", RELEASE);
  const { objects } = JSON.parse(release.values[0]);
  const before = JSON.stringify(objects);
  change(release, objects, stacks);
  if (JSON.stringify(objects) !== before) release.values = [JSON.stringify({ objects })];
  return stacks;
}
const found = (stacks: Stacks) => checkOf(stacks).failures.map(({ proof, says }) => `${proof}: ${says}`);
const AUTH = "VaultAuth/sample-node-api-vault-auth-static";
const STATIC = "VaultStaticSecret/sample-node-api-vault-static-secret";
const CONNECTION = "VaultConnection/sample-vault";
const ACCOUNT = "ServiceAccount/sample-node-api-vault-operator-sa";

test("a release of bindings holds every proof, and gives what the manifests give", () => {
  expect(found(stacksOf(chart))).toEqual([]);
});

test.each<[what: string, change: (release: Mutable, objects: Mutable) => void, says: RegExp]>([
  [
    "a ClusterRole",
    (_, objects) => {
      objects["ClusterRole/x"] = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: "x", namespace: "sample" },
        rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }],
      };
    },
    /supported: .* its object ClusterRole sample\/x is of a kind that no binding has/,
  ],
  [
    "a Pod",
    (_, objects) => {
      objects["Pod/x"] = { apiVersion: "v1", kind: "Pod", metadata: { name: "x", namespace: "sample" }, spec: {} };
    },
    /a Pod of v1 may grant access/,
  ],
  [
    "an object of another namespace",
    (_, objects) => void (objects[ACCOUNT].metadata.namespace = "kube-system"),
    /its object ServiceAccount kube-system\/\S+ is in another namespace than the release/,
  ],
  ["an object under another's name", (_, o) => void (o["VaultAuth/x"] = o[AUTH]), /is called VaultAuth\/x/],
  [
    "another API's VaultAuth",
    (_, o) => void (o[AUTH].apiVersion = "example.com/v1"),
    /a VaultAuth of example\.com\/v1/,
  ],
  ["a field of a spec that is not read", (_, o) => void (o[AUTH].spec.headers = { x: "y" }), /its spec's headers/],
  [
    "a token for an account's pods",
    (_, o) => void (o[ACCOUNT].secrets = [{ name: "x" }]),
    /its secrets may grant access/,
  ],
  [
    "a login of another app",
    (_, o) => void (o[AUTH].spec.kubernetes.role = "sample-python-api-local"),
    /does not admit/,
  ],
  [
    "another address",
    (_, o) => void (o[CONNECTION].spec.address = "http://evil:8200"),
    /trust: address of VaultConnection/,
  ],
  [
    "another set",
    (_, o) => void (o[STATIC].spec.path = "sample/sample-python-api/sample-python-api-local"),
    /cannot read/,
  ],
  ["another chart", (release) => void (release.chart = "./other"), /the chart \.\/other may bring rights/],
  [
    "its chart by another path",
    (release) => void (release.chart = "../x/vault-bindings"),
    /may bring rights of its own/,
  ],
  [
    "its chart from a repository",
    (release) => void (release.repository = "https://x.example"),
    /its repository may grant/,
  ],
  ["another name", (release) => void (release.name = "x"), /its name is "x"/],
  [
    "a value beside the values",
    (release) => void (release.set = [{ name: "objects.x", value: "y" }]),
    /its set may grant/,
  ],
  ["values of two texts", (release) => void release.values.push("{}"), /its values are no list of objects/],
  [
    "the same key twice, of which readers take one or the other",
    (release) => void (release.values = [release.values[0].replace('{"objects":{', `{"objects":{"${AUTH}":{},`)]),
    /its values are no list of objects/,
  ],
  ["an expression", (release) => void (release.values = ['${file("/x")}']), /its values/],
  ["a post-renderer", (release) => void (release.postrender = { binary_path: "/bin/x" }), /its postrender may grant/],
])("%s in it is a finding", (_, change, says) => {
  expect(found(changed(change)).join("\n")).toMatch(says);
});

test("a release of another chart that takes over what others made is a finding", () => {
  const stacks = stacksOf(chart);
  at(stacks, "sample-operator-local", "helm_release.operator_release").take_ownership = true;
  expect(found(stacks).join("\n")).toMatch(/its take_ownership is true/);
});

test("the chart beside the stack is held to its bytes", () => {
  const outdir = mkdtempSync(join(tmpdir(), "bindings-"));
  const chartFolder = join(outdir, "stacks", "sample-local", BINDINGS_CHART.name);
  const said = () =>
    readStacks(outdir)
      .flatMap(({ beside }) => beside)
      .join("\n");
  try {
    synthesize(resolvePlatform(chart), { outdir });
    expect(said()).toBe("");
    mkdirSync(join(chartFolder, "crds"));
    writeFileSync(join(chartFolder, "crds", "x.yaml"), "");
    symlinkSync("/tmp", join(chartFolder, "charts"));
    writeFileSync(join(chartFolder, "templates", "objects.yaml"), "kind: ClusterRole\n");
    expect(said()).toBe(
      ["charts", "crds/x.yaml", "templates/objects.yaml"]
        .map((file) => `${BINDINGS_CHART.name}/${file}, which is not as a synthesis writes it,`)
        .join("\n"),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

describe("of a plan", () => {
  const values = () => {
    const { "//": _, ...release } = at(stacksOf(chart), "sample-local", RELEASE);
    return release;
  };
  const plan = (...changes: readonly Mutable[]) =>
    parsePlan(JSON.stringify({ format_version: "1.2", resource_changes: changes }));
  const release = (actions: readonly string[], before: Mutable, after: Mutable) => ({
    address: RELEASE,
    type: "helm_release",
    change: { actions, before, after },
  });
  const resource = (address: string, actions: readonly string[], manifest: Mutable, more: object = {}) => {
    const side = { manifest };
    const change = { actions, before: side, after: actions[0] === "forget" ? null : side, ...more };
    return { address, type: "kubernetes_manifest", change };
  };
  const said = (...changes: readonly Mutable[]) =>
    judgePlan(plan(...changes))
      .filter(({ severity }) => severity !== "info")
      .map(({ severity, address, says }) => `${severity} ${address}: ${says}`);
  const withObjects = (change: (objects: Mutable) => void) => {
    const after = values();
    const { objects } = JSON.parse(after.values[0]);
    change(objects);
    return { ...after, values: [JSON.stringify({ objects })] };
  };

  test("each object's change is told and judged as a manifest's", () => {
    const after = withObjects((objects) => {
      delete objects[AUTH];
      objects[CONNECTION].spec.skipTLSVerify = true;
      objects[STATIC].spec.path = "elsewhere";
    });
    expect(
      plan(release(["update"], values(), after)).changes.map(({ action, address }) => `${action} ${address}`),
    ).toEqual([
      `update ${RELEASE}`,
      `delete ${RELEASE} (${AUTH})`,
      `update ${RELEASE} (${CONNECTION})`,
      `update ${RELEASE} (${STATIC})`,
    ]);
    expect(said(release(["update"], values(), after))).toEqual([
      `error ${RELEASE} (${CONNECTION}): VaultConnection sample/sample-vault: skipTLSVerify changes`,
      `warning ${RELEASE} (${AUTH}): VaultAuth sample/sample-node-api-vault-auth-static is destroyed`,
      `warning ${RELEASE} (${CONNECTION}): kubernetes_manifest: it does not check whom it talks to (skipTLSVerify)`,
      `warning ${RELEASE} (${STATIC}): VaultStaticSecret sample/sample-node-api-vault-static-secret: path changes`,
    ]);
  });

  test("what goes over from a manifest is not made, and without the move Helm would refuse it", () => {
    const { objects } = JSON.parse(values().values[0]);
    const forgotten = resource("kubernetes_manifest.x", ["forget"], objects[CONNECTION]);
    const only = withObjects((all) => {
      for (const key of Object.keys(all)) if (key !== CONNECTION) delete all[key];
    });
    expect(said(forgotten, release(["create"], null, only))).toEqual([
      `error ${RELEASE}: release sample/vault-bindings would meet 1 of its objects, and Helm refuses them`,
    ]);
    expect(said(forgotten, release(["create"], null, { ...only, take_ownership: true }))).toEqual([
      `warning ${RELEASE}: release sample/vault-bindings takes over objects of its names that are there`,
    ]);
    const back = resource("kubernetes_manifest.x", ["update"], objects[CONNECTION], { importing: { id: "x" } });
    expect(said(back, release(["forget"], only, null))).toEqual([]);
    const { change, ...anew } = resource("kubernetes_manifest.x", ["create"], objects[CONNECTION]);
    expect(said({ ...anew, change: { ...change, before: null } }, release(["forget"], only, null))[0]).toBe(
      `error ${RELEASE}: release sample/vault-bindings is forgotten, and 1 of its objects would be made anew, though ` +
        "they are there",
    );
    expect(said(release(["delete"], only, null))[0]).toMatch(/^warning .*is destroyed|is uninstalled/);
  });
});

test("an import of a Secret, or of what no release has, is a finding", () => {
  const moving = stacksOf({
    ...sample,
    environments: { ...sample.environments, local: { ...sample.environments.local!, movesDelivery: true } },
  });
  expect(found(moving)).toEqual([]);
  moving["sample-local"].import[0].id = "apiVersion=v1,kind=Secret,namespace=sample,name=x";
  expect(found(moving).join("\n")).toMatch(/an import of apiVersion=v1,kind=Secret/);
});
