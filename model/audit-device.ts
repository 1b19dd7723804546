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

/** What a device is told, in the words of Vault's API; absent defaults are filled in. */
export function auditOptions(device: AuditConfig): { [name: string]: string } {
  switch (device.type) {
    case "file":
      return { file_path: device.path };
    case "socket":
      return { address: device.address, socket_type: device.socketType ?? "tcp" };
    case "syslog":
      return { tag: device.tag ?? "vault" };
  }
}
