import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlannedChange } from "../../../access";
import type { Kubernetes } from "../../../cli/kubernetes";
import { clearInterrupted, readyToUninstall, releasesOf } from "../../../cli/up/helm-releases";
import type { Terraform } from "../../../cli/terraform";
import { stubCluster } from "../stub-kubeconfig";
import { StubServer } from "../vault/stub-server";

const RELEASE = {
  namespace: "ns",
  release: "vault",
  address: "helm_release.vault",
  namespaceAddress: "kubernetes_namespace_v1.home",
};
const [HOME, VAULT] = [RELEASE.namespaceAddress, RELEASE.address];
const NEW = [{ address: RELEASE.address, action: "create" }];

describe("what Helm left behind", () => {
  const folder = mkdtempSync(join(tmpdir(), "helm-"));
  const api = new StubServer();
  let kubernetes: Kubernetes;
  const said: string[] = [];

  beforeAll(async () => {
    await api.start();
    kubernetes = await stubCluster(folder, api.address);
  });
  afterAll(async () => {
    kubernetes.close();
    await api.stop();
    rmSync(folder, { recursive: true });
  });

  const record = (status: string, i: number) => ({
    metadata: { name: `v${i + 1}`, labels: { status, version: String(i + 1) } },
  });
  const deleted = () => api.requests.flatMap(({ method, url }) => (method === "DELETE" ? url.split("/").at(-1)! : []));

  /** The records that were taken away, of revisions with these statuses. */
  async function cleared(statuses: readonly string[], changes: readonly object[]): Promise<readonly string[]> {
    const items = statuses.map(record);
    said.length = 0;
    // Eleven revisions come sorted by name: the tenth before the second.
    api.answer({ status: 200, json: { items: items.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)) } });
    const did = await clearInterrupted(kubernetes, [RELEASE], changes as readonly PlannedChange[], (text) =>
      said.push(text),
    );
    const gone = deleted();
    expect([did, said.length > 0]).toEqual([gone.length > 0, gone.length > 0]);
    return gone;
  }

  test.each([
    ["nothing", [], NEW, []],
    ["a release that is well", ["superseded", "deployed"], [], []],
    ["an upgrade that failed: Helm goes over it by itself", ["deployed", "failed"], [], []],
    ["an install that was killed", ["pending-install"], NEW, ["v1"]],
    ["an install that Helm gave up", ["failed"], NEW, ["v1"]],
    ["an install that Terraform did not write down", ["deployed"], NEW, ["v1"]],
    ["an upgrade that was killed", ["deployed", "pending-upgrade"], [], ["v2"]],
    ["one of many", [...Array<string>(10).fill("superseded"), "pending-rollback"], [], ["v11"]],
    ["an uninstall that was killed", ["superseded", "uninstalling"], [], ["v1", "v2"]],
    [
      "anything in a namespace that is not this stack's yet",
      ["pending-install"],
      [...NEW, { address: RELEASE.namespaceAddress, action: "create" }],
      [],
    ],
  ])("%s", async (_, statuses, changes, gone) => expect(await cleared(statuses, changes)).toEqual(gone));

  test("it is said in which state it was", async () => {
    await cleared(["pending-install"], NEW);
    expect(said).toEqual(["release vault: an earlier run left it pending-install; what there is of it is taken over"]);
    expect(api.requests[0]?.url).toContain(
      "/api/v1/namespaces/ns/configmaps?labelSelector=owner%3Dhelm%2Cname%3Dvault",
    );
  });

  test.each([
    ["an install that the state was not told of", [HOME], ["failed"], { gone: [], adopted: ["vault ns/vault"] }],
    ["an upgrade that was killed", [HOME, VAULT], ["deployed", "pending-upgrade"], { gone: ["v2"], adopted: [] }],
    ["a release that is well", [HOME, VAULT], ["deployed"], { gone: [], adopted: [] }],
    ["no release", [HOME], [], { gone: [], adopted: [] }],
    ["a namespace that is somebody else's", [], ["deployed"], { gone: [], adopted: [] }],
  ])("ready for down: %s", async (_, known, statuses, expected) => {
    const resource = {
      kubernetes_namespace_v1: { home: { metadata: { name: "ns" } } },
      helm_release: { vault: { name: "vault", namespace: "ns" } },
    };
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ resource }));
    api.answer({ status: 200, json: { items: statuses.map(record) } });
    const adopted: string[] = [];
    const terraform = {
      folder: () => folder,
      addresses: async () => known,
      adopt: async (_stack: string, address: string, id: string) => void adopted.push(`${address.split(".")[1]} ${id}`),
    };
    await readyToUninstall(kubernetes, terraform as unknown as Terraform, "stack");
    expect({ gone: deleted(), adopted }).toEqual(expected);
  });

  test("a stack's releases are those in a namespace that it makes", () => {
    const resource = {
      kubernetes_namespace_v1: { home: { metadata: { name: "ns" } } },
      helm_release: { vault: { name: "vault", namespace: "ns" }, other: { name: "other", namespace: "elsewhere" } },
    };
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ resource }));
    expect(releasesOf(folder)).toEqual([RELEASE]);
    writeFileSync(join(folder, "cdk.tf.json"), "{}");
    expect(releasesOf(folder)).toEqual([]);
  });
});
