import { at } from "../fixture";
import { add, each, NONPROD_OPERATOR, PROD_OPERATOR, type Mutation } from "./mutation";

const RBAC = "rbac.authorization.k8s.io";
const JOB = "ci:repo:acme/vault-tenancy:environment:apply-acme-dev";
const subject = (kind: string, name: string) => ({ kind, api_group: RBAC, name });

/** Rights inside Kubernetes of jobs of the CI. */
export const KUBERNETES_PIPELINES: readonly Mutation[] = [
  ...each({ config: "production", expect: "protection" }, [
    {
      name: "a pipeline of development that writes into a protected namespace",
      change: (s) =>
        add(s, NONPROD_OPERATOR, "kubernetes_role_binding_v1.extra", {
          metadata: { name: "apply-acme-dev", namespace: "payments-stg" },
          role_ref: { api_group: RBAC, kind: "ClusterRole", name: "apply-acme-dev" },
          subject: [subject("User", JOB)],
        }),
    },
    {
      name: "a pipeline that reads Secrets",
      change: (s) =>
        at(s, PROD_OPERATOR, "kubernetes_cluster_role_v1.pipeline_plan-acme-prod-eu_role").rule.push({
          api_groups: [""],
          resources: ["secrets"],
          verbs: ["get"],
        }),
    },
    {
      name: "a pipeline that makes tokens of service accounts",
      change: (s) =>
        at(s, PROD_OPERATOR, "kubernetes_cluster_role_v1.pipeline_apply-acme-prod-eu_role").rule.push({
          api_groups: [""],
          resources: ["serviceaccounts/token"],
          verbs: ["create"],
        }),
    },
    {
      name: "everybody as a pipeline",
      change: (s) =>
        at(s, PROD_OPERATOR, "kubernetes_role_binding_v1.pipeline_apply-acme-prod-eu_binding_payments").subject.push(
          subject("Group", "system:authenticated"),
        ),
    },
  ]),
];
