import type { Construct } from "constructs";
import { VaultInstall } from "../constructs";
import type { Platform, StackSpec, Vault } from "../model";
import { PlatformStack } from "./platform-stack";

/** `<platform>-vault-<vault>`: the server. Needs, to plan, its cluster. */
export class VaultStack extends PlatformStack {
  constructor(scope: Construct, platform: Platform, spec: StackSpec, { installation, address }: Vault) {
    super(scope, platform, spec);
    if (!installation) throw new Error(`${spec.name} installs nothing`);
    this.useKubernetes(installation.cluster);
    this.useHelm(installation.cluster);
    new VaultInstall(this, "vault", { ...installation, address });
  }
}
