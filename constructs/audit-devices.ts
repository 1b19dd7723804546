import { Audit } from "@cdktf/provider-vault/lib/audit";
import { Construct } from "constructs";
import type { AuditConfig } from "../model";

/** Props of {@link AuditDevices}. */
export interface AuditDevicesProps {
  /** In the order of the config; each has its place in it as part of its path. */
  readonly devices: readonly AuditConfig[];
}

/** Audit devices. With two of them, one that cannot write does not stop Vault. Source: Vault's documentation, "Audit devices". */
export class AuditDevices extends Construct {
  constructor(scope: Construct, id: string, { devices }: AuditDevicesProps) {
    super(scope, id);
    for (const device of devices) {
      const name = AuditDevices.nameOf(device);
      new Audit(this, name, { type: device.type, path: name, options: AuditDevices.optionsOf(device) });
    }
  }

  /** The device's path under `sys/audit/`: its type, and what tells it from others of that type. */
  static nameOf(device: AuditConfig): string {
    const detail = device.type === "file" ? device.path : device.type === "socket" ? device.address : (device.tag ?? "vault");
    return `${device.type}-${detail.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")}`;
  }

  private static optionsOf(device: AuditConfig): { [name: string]: string } {
    switch (device.type) {
      case "file":
        return { file_path: device.path };
      case "socket":
        return { address: device.address, socket_type: device.socketType ?? "tcp" };
      case "syslog":
        return { tag: device.tag ?? "vault" };
    }
  }
}
