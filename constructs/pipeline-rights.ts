import { ClusterRoleBindingV1 } from "@cdktf/provider-kubernetes/lib/cluster-role-binding-v1";
import { ClusterRoleV1 } from "@cdktf/provider-kubernetes/lib/cluster-role-v1";
import { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1";
import { Lazy, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ClusterNeeds, RbacRule } from "../policies";

/** Props of {@link PipelineRights}. */
export interface PipelineRightsProps {
  /** Name of the roles and bindings. */
  readonly name: string;
  /** Who has them, as the API server knows them; one or more. */
  readonly users: readonly string[];
  /** The namespaces that its stack has objects in. */
  readonly namespaces: readonly string[];
  /** What the stack needs, asked for when the roles are written: every stack is there only then. */
  readonly needs: () => ClusterNeeds;
  /**
   * What must be there before: the namespaces, where this stack makes them.
   * @default nothing of this stack
   */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * What jobs of the CI may do in a cluster. One cluster role says what it may do in its namespaces and is bound in each
 * of them; another, bound everywhere, what it must see to plan at all. Source: Kubernetes' documentation, "Using RBAC
 * Authorization".
 */
export class PipelineRights extends Construct {
  constructor(scope: Construct, id: string, { name, users, namespaces, needs, dependsOn }: PipelineRightsProps) {
    super(scope, id);
    const before = dependsOn && [...dependsOn];
    const labels = { "app.kubernetes.io/managed-by": "vault-tenancy" };
    const subject = users.map((user) => ({ kind: "User", name: user, apiGroup: "rbac.authorization.k8s.io" }));
    const inNamespaces = new ClusterRoleV1(this, "role", {
      metadata: { name, labels },
      rule: rules(() => needs().inNamespaces),
    });
    for (const namespace of namespaces)
      new RoleBindingV1(this, `binding_${namespace}`, {
        metadata: { name, namespace, labels },
        roleRef: roleRef(name),
        subject,
        dependsOn: [...(before ?? []), inNamespaces],
      });
    const everywhere = new ClusterRoleV1(this, "everywhere-role", {
      metadata: { name: `${name}-everywhere`, labels },
      rule: rules(() => needs().everywhere),
    });
    new ClusterRoleBindingV1(this, "everywhere-binding", {
      metadata: { name: `${name}-everywhere`, labels },
      roleRef: roleRef(`${name}-everywhere`),
      subject,
      dependsOn: [everywhere],
    });
  }
}

function roleRef(name: string): { readonly apiGroup: string; readonly kind: string; readonly name: string } {
  return { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name };
}

/** In the words of Terraform's JSON: the bindings do not look into what is known only later. */
function rules(produce: () => readonly RbacRule[]): ReturnType<typeof Lazy.anyValue> {
  return Lazy.anyValue({
    produce: () =>
      produce().map(({ group, resource, names, verbs }) => ({
        api_groups: [group],
        resources: [resource],
        ...(names && { resource_names: names }),
        verbs,
      })),
  });
}
