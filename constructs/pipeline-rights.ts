import { ClusterRoleBindingV1 } from "@cdktf/provider-kubernetes/lib/cluster-role-binding-v1";
import { ClusterRoleV1 } from "@cdktf/provider-kubernetes/lib/cluster-role-v1";
import { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import type { IAppNamespace } from "./app-namespace";
import { pinProviders } from "./providers";
import type { ClusterNeeds, RbacRule } from "../policies/write";

/** Props of {@link PipelineRights}. */
export interface PipelineRightsProps {
  /** Name of the roles and bindings. */
  readonly name: string;
  /** Who has them, as the API server knows them; one or more. */
  readonly users: readonly string[];
  /** The namespaces that its stack has objects in. */
  readonly namespaces: readonly IAppNamespace[];
  /** What the stack needs, asked for when the roles are written: every stack is there only then. */
  readonly needs: () => ClusterNeeds;
}

/**
 * What jobs of the CI may do in a cluster. One cluster role says what it may do in its namespaces and is bound in each
 * of them; another, bound everywhere, what it must see to plan at all. Source: Kubernetes' documentation, "Using RBAC
 * Authorization".
 *
 * @example
 * new PipelineRights(this, "plan", {
 *   name: "plan-shop-dev",
 *   users: ["ci:repo:acme/shop:environment:plan-shop-dev"],
 *   namespaces: [AppNamespace.fromName(this, "namespace", "shop")],
 *   needs: () => ({ inNamespaces: [{ group: "", resource: "serviceaccounts", verbs: ["get"] }], everywhere: [] }),
 * });
 */
export class PipelineRights extends Construct {
  constructor(scope: Construct, id: string, { name, users, namespaces, needs }: PipelineRightsProps) {
    super(scope, id);
    pinProviders(this, "kubernetes");
    const made = namespaces.flatMap(({ resource }) => resource ?? []);
    const labels = { "app.kubernetes.io/managed-by": "vault-tenancy" };
    const subject = users.map((user) => ({ kind: "User", name: user, apiGroup: "rbac.authorization.k8s.io" }));
    const inNamespaces = new ClusterRoleV1(this, "role", {
      metadata: { name, labels },
      rule: rules(() => needs().inNamespaces),
    });
    for (const { name: namespace } of namespaces)
      new RoleBindingV1(this, `binding_${namespace}`, {
        metadata: { name, namespace, labels },
        roleRef: roleRef(name),
        subject,
        dependsOn: [...made, inNamespaces],
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
