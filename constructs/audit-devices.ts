import { Audit } from "@cdktf/provider-vault/lib/audit";
import { Construct } from "constructs";
import { auditDeviceName, type AuditConfig } from "../model";
import { pinProviders } from "./providers";

/** Props of {@link AuditDevices}. */
export interface AuditDevicesProps {
  /** In the order of the config; a device is mounted under its type and destination. */
  readonly devices: readonly AuditConfig[];
}

/**
 * Audit devices. With two of them, one that cannot write does not stop Vault. Source: Vault's documentation, "Audit
 * devices".
 *
 * @example
 * new AuditDevices(this, "audit", {
 *   devices: [
 *     { type: "file", path: "/vault/audit/audit.log" },
 *     { type: "file", path: "stdout" },
 *   ],
 * });
 */
export class AuditDevices extends Construct {
  constructor(scope: Construct, id: string, { devices }: AuditDevicesProps) {
    super(scope, id);
    pinProviders(this, "vault");
    for (const device of devices) {
      const name = auditDeviceName(device);
      new Audit(this, name, { type: device.type, path: name, options: AuditDevices.optionsOf(device) });
    }
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
