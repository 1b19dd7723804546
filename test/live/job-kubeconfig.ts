import { readFileSync } from "node:fs";
import type { KubernetesCluster } from "./servers";
import type { Workspace } from "./workspace";

/** Who a CI's job is in a cluster of {@link jobKubeconfig}: its deployment environment. */
export function jobUser(role: string): string {
  return `ci:repo:acme/vault-tenancy:environment:${role}`;
}

/** A kubeconfig in a workspace that acts in a job's name: the admin's, impersonating. Returns its file. */
export function jobKubeconfig(cluster: KubernetesCluster, workspace: Workspace, role: string): string {
  const json = JSON.parse(readFileSync(cluster.kubeconfig, "utf8")) as { users: { user: object }[] };
  const users = json.users.map((each) => ({ ...each, user: { ...each.user, as: jobUser(role) } }));
  return workspace.write(`kubeconfig-${role}`, JSON.stringify({ ...json, users }));
}
