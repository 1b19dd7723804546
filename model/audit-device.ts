import type { AuditConfig } from "./config/vault";

/**
 * An audit device's path under `sys/audit/`: its type, and what tells it from others of that type; letters, digits and
 * dashes.
 */
export function auditDeviceName(device: AuditConfig): string {
  const detail =
    device.type === "file" ? device.path : device.type === "socket" ? device.address : (device.tag ?? "vault");
  return `${device.type}-${detail
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")}`;
}
