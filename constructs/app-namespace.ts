import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { RemovedBlock } from "./l1";

/** Props of {@link AppNamespace}. */
export interface AppNamespaceProps {
  readonly name: string;
  /**
   * Whether another stack makes it: one that this stack made before is then forgotten, and not destroyed.
   * @default false: this stack makes it
   */
  readonly madeElsewhere?: boolean;
}

/** A namespace of apps. */
export class AppNamespace extends Construct {
  /** What is in it waits for this; absent where another stack makes it. */
  readonly namespace?: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, madeElsewhere = false }: AppNamespaceProps) {
    super(scope, id);
    if (madeElsewhere) new RemovedBlock(this, "resource", NamespaceV1.tfResourceType);
    else
      this.namespace = new NamespaceV1(this, "resource", {
        metadata: { name, labels: { "app.kubernetes.io/managed-by": "vault-tenancy" } },
      });
  }
}
