import { tokenCachePaths } from "../model";
import type { PolicyRule } from "../policies/write";
import type { HeldEscalation } from "./access";
import type { Role } from "./vault-side";

/**
 * Whether a role is the one by which the config says that an operator's tokens are encrypted, and admits the service
 * account alone that it says.
 */
export function isTokenCacheRole(role: Role | undefined): boolean {
  const [account, ...others] = role?.accounts ?? [];
  if (!role || !account || others.length > 0) return false;
  return (role.resource.stack.metadata.tokenCaches ?? []).some(
    ({ name, mount, namespace, serviceAccount }) =>
      name === role.name && mount === role.mount && namespace === account.namespace && serviceAccount === account.name,
  );
}

/** Whether a rule lets such a role have its own key used, and do nothing else. */
export function isTokenCacheRule(
  role: Role | undefined,
  { path, capabilities }: Pick<PolicyRule, "path" | "capabilities">,
): boolean {
  return isTokenCacheRole(role) && tokenCachePaths(role!.name).includes(path) && capabilities.join() === "update";
}

/** Whether an escalation is the one that the config declares: an operator has its own key used. */
export function isDeclaredTokenCache({ login: { role }, escalation: { name, path } }: HeldEscalation): boolean {
  return name === "keys" && isTokenCacheRole(role) && tokenCachePaths(role!.name).includes(path);
}
