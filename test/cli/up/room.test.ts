import production from "../../../config/production";
import type { Kubernetes } from "../../../cli/kubernetes";
import { checkRoom } from "../../../cli/up/room";
import { resolvePlatform } from "../../../model";

const server = resolvePlatform(production).vaults.find(({ name }) => name === "prod")!.installation!;
const NODES = [1, 2, 3, 4, 5].map(() => ({ status: { conditions: [{ type: "Ready", status: "True" }] } }));
const DEFAULT = { metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } } };

/** A cluster with five nodes, and what is listed at these paths. */
function cluster(listed: { readonly [path: string]: readonly object[] } = {}): Kubernetes {
  const all = { "/api/v1/nodes": NODES, ...listed } as { readonly [path: string]: readonly object[] };
  return { cluster: { name: "c" }, list: async (path: string) => Promise.resolve(all[path]) } as unknown as Kubernetes;
}

const check = (changes: object, listed?: Parameters<typeof cluster>[0]) =>
  checkRoom(cluster(listed), "prod", { ...server, ...changes });

test.each([
  ["data", { storage: {} }, "storage"],
  ["the audit log", { auditStorage: undefined }, "auditStorage"],
  ["the backup", { backup: { ...server.backup!, to: { volume: {} } } }, "backup.to.volume"],
])("without a default storage class, that of %s must be named", async (_, changes, field) => {
  await expect(check(changes)).rejects.toThrow(
    "cluster c: has no default storage class, so the volumes of Vault prod would wait for ever. Name one in " +
      `vaults.prod, as storageClass of ${field}, or make one the default.`,
  );
  const path = "/apis/storage.k8s.io/v1/storageclasses";
  await expect(check(changes, { [path]: [DEFAULT] })).resolves.toBeUndefined();
  await expect(check(changes, { "/api/v1/persistentvolumes": [{ metadata: {} }] })).resolves.toBeUndefined();
});

test("where each is named, nothing is asked of the cluster's classes", async () => {
  await expect(check({})).resolves.toBeUndefined();
});

test("each replica needs a node of its own", async () => {
  await expect(check({}, { "/api/v1/nodes": NODES.slice(1) })).rejects.toThrow(
    "cluster c: has 4 ready nodes without taints; Vault prod (ha) needs 5",
  );
});
