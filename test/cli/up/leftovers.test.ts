import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kubernetes } from "../../../cli/kubernetes";
import { deleteClusterRights } from "../../../cli/up/leftovers";
import { stubCluster } from "../stub-kubeconfig";
import { StubServer } from "../vault/stub-server";

describe("rights in the whole cluster that a release leaves", () => {
  const folder = mkdtempSync(join(tmpdir(), "rights-"));
  const api = new StubServer();
  let kubernetes: Kubernetes;

  beforeAll(async () => {
    await api.start();
    kubernetes = await stubCluster(folder, api.address);
  });
  afterAll(async () => {
    kubernetes.close();
    await api.stop();
    rmSync(folder, { recursive: true });
  });

  const binding = (name: string, role: string, ...namespaces: readonly string[]) => ({
    metadata: { name },
    roleRef: { name: role },
    subjects: namespaces.map((namespace) => ({ kind: "ServiceAccount", name: "sa", namespace })),
  });
  const role = (name: string, namespace?: string) => ({
    metadata: { name, annotations: namespace && { "meta.helm.sh/release-namespace": namespace } },
  });

  test("are deleted by release and namespace; a hook's by whom they bind, the role first; others' stay", async () => {
    api.answer(
      {
        status: 200,
        json: {
          items: [
            binding("ours", "ours", "ns"),
            binding("hook", "hook", "ns"),
            binding("theirs", "theirs", "elsewhere"),
            binding("shared", "shared", "ns", "elsewhere"),
            binding("nobody", "nobody"),
          ],
        },
      },
      {
        status: 200,
        json: {
          items: [role("ours", "ns"), role("hook"), role("theirs", "elsewhere"), role("shared"), role("unbound")],
        },
      },
      { status: 200, json: {} },
    );
    await deleteClusterRights(kubernetes, { namespace: "ns", release: "vso" });
    expect(api.requests[0]?.url).toContain(
      "/clusterrolebindings?labelSelector=app.kubernetes.io%2Fmanaged-by%3DHelm%2Capp.kubernetes.io%2Finstance%3Dvso",
    );
    const gone = api.requests.filter(({ method }) => method === "DELETE");
    expect(gone.map(({ url }) => url.replace("/apis/rbac.authorization.k8s.io/v1/", ""))).toEqual([
      "clusterroles/ours",
      "clusterroles/hook",
      "clusterrolebindings/ours",
      "clusterrolebindings/hook",
    ]);
  });

  test("nothing there is nothing to do", async () => {
    api.answer({ status: 200, json: { items: [] } });
    await deleteClusterRights(kubernetes, { namespace: "ns", release: "vso" });
    expect(api.requests.map(({ method }) => method)).toEqual(["GET", "GET"]);
  });
});
