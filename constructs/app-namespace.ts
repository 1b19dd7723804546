import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { NAMESPACE } from "../model/rules";
import { RemovedBlock } from "./l1";
import { pinProviders } from "./providers";
import { textProblem, validateProps } from "./validation";

/** A namespace of apps, whoever made it. */
export interface IAppNamespace extends IConstruct {
  /** The namespace's name. */
  readonly name: string;
  /** What is in it waits for this; absent where somebody else made it. */
  readonly resource?: ITerraformDependable;
}

/** Props of {@link AppNamespace}. */
export interface AppNamespaceProps {
  /** The namespace's name. */
  readonly name: string;
  /**
   * Whether another stack makes it: one that this stack made before is then forgotten, and not destroyed.
   * @default false: this stack makes it
   */
  readonly madeElsewhere?: boolean;
}

/**
 * A namespace of apps.
 *
 * @example
 * const namespace = new AppNamespace(this, "namespace", { name: "shop" });
 */
export class AppNamespace extends Construct implements IAppNamespace {
  /** A namespace that another stack, or somebody else, made. */
  static fromName(scope: Construct, id: string, name: string): IAppNamespace {
    return Object.assign(new Construct(scope, id), { name });
  }

  readonly name: string;
  readonly resource?: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, madeElsewhere = false }: AppNamespaceProps) {
    super(scope, id);
    pinProviders(this, "kubernetes");
    validateProps(this, () => [
      textProblem("name", name, NAMESPACE, "Give the apps a namespace of their own, not one of Kubernetes'."),
    ]);
    this.name = name;
    if (madeElsewhere) new RemovedBlock(this, "resource", NamespaceV1.tfResourceType);
    else
      this.resource = new NamespaceV1(this, "resource", {
        metadata: { name, labels: { "app.kubernetes.io/managed-by": "vault-tenancy" } },
      });
  }
}
