import { Audit } from "@cdktf/provider-vault/lib/audit";
import { Construct } from "constructs";
import { auditDeviceName, auditOptions, type AuditConfig } from "../model";
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
      new Audit(this, name, { type: device.type, path: name, options: auditOptions(device) });
    }
  }
}
