import type { Construct } from "constructs";
import { OperatorInstall } from "../constructs";
import type { Cluster, Platform } from "../model";
import { PlatformStack } from "./platform-stack";

/** `<platform>-operator-<cluster>`: the Vault Secrets Operator and its CRDs. Needs, to plan, its cluster. */
export class OperatorStack extends PlatformStack {
  constructor(scope: Construct, platform: Platform, { name, operator }: Cluster & { readonly operator: NonNullable<Cluster["operator"]> }) {
    super(scope, operator.stack, platform, platform.backend);
    this.useKubernetes(name);
    this.useHelm(name);
    new OperatorInstall(this, "operator", { operator });
  }
}
