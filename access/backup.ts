import { BACKUP_ROLE, SNAPSHOT_PATH } from "../model";
import type { PolicyRule } from "../policies/write";
import { textsIn, type Json } from "../resource-types";
import type { HeldEscalation } from "./access";
import type { Role } from "./vault-side";

/**
 * Whether a role is the one by which the config says that snapshots are taken, and admits the service account alone
 * that it says. All else that the role has is for the proof `trust`.
 */
export function isBackupRole(role: Role | undefined): boolean {
  if (!role || `role ${role.mount}/${role.name}` !== BACKUP_ROLE) return false;
  const said = role.resource.stack.metadata.trust?.[BACKUP_ROLE];
  if (!said) return false;
  const [names, namespaces] = [said.bound_service_account_names, said.bound_service_account_namespaces].map((each) =>
    textsIn(each as Json),
  );
  const [account, ...others] = role.accounts;
  return others.length === 0 && account?.name === names![0] && account?.namespace === namespaces![0];
}

/** Whether a rule lets its holder read a snapshot, and do nothing else. */
export function isSnapshotRule({ path, capabilities }: Pick<PolicyRule, "path" | "capabilities">): boolean {
  return path === SNAPSHOT_PATH && capabilities.length === 1 && capabilities[0] === "read";
}

/** Whether an escalation is the one that the config declares: its backup takes snapshots. */
export function isDeclaredBackup({ login, escalation }: HeldEscalation): boolean {
  return escalation.name === "snapshot" && isBackupRole(login.role);
}
