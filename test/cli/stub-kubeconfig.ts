import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Kubernetes } from "../../cli/kubernetes";

/** Writes `.kube/config` below a folder, with one context that leads to a stub's address. Returns the file. */
export function stubKubeconfig(home: string, address: string, context: string): string {
  const file = join(home, ".kube", "config");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    JSON.stringify({
      clusters: [{ name: "c", cluster: { server: address, "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: [{ name: context, context: { cluster: "c", user: "u" } }],
    }),
  );
  return file;
}

/** The API of a stub, as a cluster; its kubeconfig lies below a folder. */
export function stubCluster(home: string, address: string): Promise<Kubernetes> {
  const kubeconfig = stubKubeconfig(home, address, "here");
  return Kubernetes.open({ name: "local", context: "here", kubeconfig, auths: [] }, {});
}
