import { Construct } from "constructs";
import { BACKUP, backupRole, SNAPSHOT_PATH } from "../model";
import { NAMESPACE } from "../model/rules";
import type { IAuthMethod } from "./auth-method";
import { ThinResource } from "./l1";
import { Policy } from "./policy";
import { textProblem, validateProps } from "./validation";
import { waitFor } from "./wait-for";

/** Props of {@link BackupRole}. */
export interface BackupRoleProps {
  /** Where the cluster's service accounts log in: an auth method of type `kubernetes`. */
  readonly authMethod: IAuthMethod;
  /** The server's namespace, in which the backup runs. */
  readonly namespace: string;
}

/**
 * What takes snapshots, as Vault knows it: a policy that lets it read a snapshot and nothing else, and a role that the
 * service account `backup` of the server's namespace takes, for one request. A snapshot has everything, encrypted.
 *
 * @example
 * new BackupRole(this, "backup", { authMethod: new AuthMethod(this, "login"), namespace: "vault" });
 */
export class BackupRole extends Construct {
  constructor(scope: Construct, id: string, { authMethod, namespace }: BackupRoleProps) {
    super(scope, id);
    validateProps(this, () => [
      textProblem("namespace", namespace, NAMESPACE, "Name the namespace of the VaultInstall."),
      authMethod.type !== "kubernetes" && {
        prop: "authMethod",
        given: authMethod.type,
        accepted: "an auth method of type kubernetes",
        hint: "Give the one of the cluster that the server is in.",
      },
    ]);
    new Policy(this, "policy", { name: BACKUP, rules: [{ path: SNAPSHOT_PATH, capabilities: ["read"] }] });
    new ThinResource(
      this,
      "role",
      "vault_kubernetes_auth_backend_role",
      { backend: authMethod.path, ...backupRole(namespace) },
      { dependsOn: waitFor(authMethod.resource) },
    );
  }
}
