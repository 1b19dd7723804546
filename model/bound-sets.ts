import type { BoundSet, Tenant } from "./platform";

/** What apps get: of each its own set, and the shared sets that it reads. */
export function boundSets(tenants: readonly Tenant[]): BoundSet[] {
  return tenants.flatMap((tenant) => [tenant, ...tenant.shared]);
}
