import { Audit } from "@cdktf/provider-vault/lib/audit";
import { Aspects, dependable, TerraformResource } from "cdktf";
import { Construct, type IConstruct } from "constructs";
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
 * While Vault enables a device, it fails what else it is asked ("failed to persist salt: cannot write to storage during
 * setup") and has done it all the same; done again, that is there already. So they are enabled one after the other, and
 * before all else with {@link goBefore}.
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
  private last?: Audit;

  constructor(scope: Construct, id: string, { devices }: AuditDevicesProps) {
    super(scope, id);
    pinProviders(this, "vault");
    for (const device of devices) {
      const name = auditDeviceName(device);
      this.last = new Audit(this, name, {
        type: device.type,
        path: name,
        options: auditOptions(device),
        ...(this.last && { dependsOn: [this.last] }),
      });
    }
  }

  /** Lets every other resource of Vault in a tree wait until they are enabled: those to come too. */
  goBefore(tree: IConstruct): void {
    const { last } = this;
    if (!last) return;
    Aspects.of(tree).add({
      visit: (node) => {
        if (!TerraformResource.isTerraformResource(node) || node instanceof Audit) return;
        if (!node.terraformResourceType.startsWith("vault_")) return;
        node.dependsOn = [...new Set([...(node.dependsOn ?? []), dependable(last)])];
      },
    });
  }
}
