import type { Construct } from "constructs";
import { VaultInstall } from "../constructs";
import type { Installation, Platform, Vault } from "../model";
import { PlatformStack } from "./platform-stack";

/** `<platform>-vault-<vault>`: the server. Needs, to plan, its cluster. */
export class VaultStack extends PlatformStack {
  constructor(
    scope: Construct,
    platform: Platform,
    { stack, installation, address }: Vault & { readonly stack: string; readonly installation: Installation },
  ) {
    super(scope, stack, platform, platform.backend);
    this.useKubernetes(installation.cluster);
    this.useHelm(installation.cluster);
    new VaultInstall(this, "vault", { installation, address });
  }
}
