import { at, type Mutable, type Stacks } from "../fixture";
import { add, addManifest, each, LOCAL, OPERATOR, type Mutation } from "./mutation";

const RBAC = "rbac.authorization.k8s.io";
const DEBUG = { kind: "ServiceAccount", namespace: "sample", name: "debug" };

interface Right {
  readonly verbs: readonly string[];
  readonly resources: readonly string[];
  readonly group?: string;
  readonly subject?: Mutable;
}

/** A role in the sample's namespace with one rule, bound to somebody. */
function right({ verbs, resources, group = "", subject = DEBUG }: Right): (stacks: Stacks) => void {
  return (s) => {
    const metadata = { name: "extra", namespace: "sample" };
    const rule = [{ api_groups: [group], resources, verbs }];
    add(s, LOCAL, "kubernetes_role_v1.extra", { metadata, rule });
    const role_ref = { api_group: RBAC, kind: "Role", name: "extra" };
    add(s, LOCAL, "kubernetes_role_binding_v1.extra", { metadata, role_ref, subject: [subject] });
  };
}

/** A role of Kubernetes' own, bound in the sample's namespace. */
function builtIn(name: string, subject: Mutable = DEBUG): (stacks: Stacks) => void {
  return (s) =>
    add(s, LOCAL, "kubernetes_role_binding_v1.extra", {
      metadata: { name: "extra", namespace: "sample" },
      role_ref: { api_group: RBAC, kind: "ClusterRole", name },
      subject: [subject],
    });
}

/** A role of the whole cluster with one rule, bound everywhere. */
function everywhere({ verbs, resources, group = "", subject = DEBUG }: Right): (stacks: Stacks) => void {
  return (s) => {
    const rule = [{ api_groups: [group], resources, verbs }];
    add(s, OPERATOR, "kubernetes_cluster_role_v1.extra", { metadata: { name: "extra" }, rule });
    add(s, OPERATOR, "kubernetes_cluster_role_binding_v1.extra", {
      metadata: { name: "extra" },
      role_ref: { api_group: RBAC, kind: "ClusterRole", name: "extra" },
      subject: [subject],
    });
  };
}

const secrets = { resources: ["secrets"], verbs: ["get"] };
const group = (name: string) => ({ kind: "Group", api_group: RBAC, name });
const user = (name: string) => ({ kind: "User", api_group: RBAC, name });

/** An app's service account of one environment, which reads the Secrets of the same app in another. */
const ANOTHER_ENVIRONMENT: Mutation = {
  name: "the app's own Secret for its service account of another environment",
  config: "production",
  expect: "isolation",
  change: (s) => {
    const metadata = { name: "extra", namespace: "storefront-stg" };
    const rule = [
      { api_groups: [""], resources: ["secrets"], resource_names: ["storefront-stg-secrets"], verbs: ["get"] },
    ];
    add(s, "acme-stg", "kubernetes_role_v1.extra", { metadata, rule });
    add(s, "acme-stg", "kubernetes_role_binding_v1.extra", {
      metadata,
      role_ref: { api_group: RBAC, kind: "Role", name: "extra" },
      subject: [{ kind: "ServiceAccount", namespace: "storefront-dev", name: "storefront-vault-operator-sa" }],
    });
  },
};

/** Rights inside Kubernetes by which somebody comes to a Secret, or to an identity that does. */
export const KUBERNETES_RIGHTS: readonly Mutation[] = [
  ANOTHER_ENVIRONMENT,
  ...each({ config: "sample", expect: "isolation" }, [
    { name: "the role edit", change: builtIn("edit") },
    { name: "the role admin", change: builtIn("admin") },
    { name: "the role cluster-admin", change: builtIn("cluster-admin") },
    {
      name: "the role cluster-admin everywhere",
      change: (s) =>
        add(s, OPERATOR, "kubernetes_cluster_role_binding_v1.extra", {
          metadata: { name: "extra" },
          role_ref: { api_group: RBAC, kind: "ClusterRole", name: "cluster-admin" },
          subject: [DEBUG],
        }),
    },
    {
      name: "the role edit for every service account of the namespace",
      change: builtIn("edit", group("system:serviceaccounts:sample")),
    },
    {
      name: "the role edit for everybody who is logged in",
      change: builtIn("edit", group("system:authenticated")),
    },
    { name: "a role of a name that an apply makes known", change: builtIn("${var.role}") },
    { name: "a role of a name that no stack makes", change: builtIn("secret-reader") },
    { name: "Secrets for a service account", change: right(secrets) },
    {
      name: "Secrets for every service account of the namespace",
      change: right({ ...secrets, subject: group("system:serviceaccounts:sample") }),
    },
    {
      name: "Secrets for every service account",
      change: right({ ...secrets, subject: group("system:serviceaccounts") }),
    },
    {
      name: "Secrets for everybody, logged in or not",
      change: right({ ...secrets, subject: group("system:unauthenticated") }),
    },
    {
      name: "Secrets for a service account that is called a user",
      change: right({ ...secrets, subject: user("system:serviceaccount:sample:debug") }),
    },
    {
      name: "Secrets for whoever is not logged in",
      change: right({ ...secrets, subject: user("system:anonymous") }),
    },
    {
      name: "Secrets for a subject that an apply makes known",
      change: right({ ...secrets, subject: user("${var.who}") }),
    },
    { name: "Secrets by writing them", change: right({ resources: ["secrets"], verbs: ["patch"] }) },
    { name: "Secrets by updating them", change: right({ resources: ["secrets"], verbs: ["update"] }) },
    { name: "every resource of the namespace", change: right({ resources: ["*"], verbs: ["*"] }) },
    {
      name: "tokens of service accounts",
      change: right({ resources: ["serviceaccounts/token"], verbs: ["create"] }),
    },
    {
      name: "every part of service accounts",
      change: right({ resources: ["serviceaccounts/*"], verbs: ["create"] }),
    },
    { name: "new pods", change: right({ resources: ["pods"], verbs: ["create"] }) },
    { name: "commands in pods", change: right({ resources: ["pods/exec"], verbs: ["create", "get"] }) },
    { name: "streams of pods", change: right({ resources: ["pods/attach"], verbs: ["create"] }) },
    {
      name: "containers in running pods",
      change: right({ resources: ["pods/ephemeralcontainers"], verbs: ["patch"] }),
    },
    {
      name: "new deployments",
      change: right({ resources: ["deployments"], verbs: ["create"], group: "apps" }),
    },
    {
      name: "changed stateful sets",
      change: right({ resources: ["statefulsets"], verbs: ["patch"], group: "apps" }),
    },
    { name: "new jobs", change: right({ resources: ["cronjobs"], verbs: ["create"], group: "batch" }) },
    {
      name: "rights that one has not oneself",
      change: right({ resources: ["roles"], verbs: ["escalate", "update"], group: RBAC }),
    },
    {
      name: "roles that one may bind",
      change: right({ resources: ["clusterroles"], verbs: ["bind"], group: RBAC }),
    },
    {
      name: "new role bindings",
      change: right({ resources: ["rolebindings"], verbs: ["create"], group: RBAC }),
    },
    {
      name: "somebody else's name",
      change: everywhere({ resources: ["serviceaccounts", "users"], verbs: ["impersonate"] }),
    },
    {
      name: "the operator's logins",
      change: right({ resources: ["vaultauths"], verbs: ["patch"], group: "secrets.hashicorp.com" }),
    },
    {
      name: "the operator's bindings",
      change: right({ resources: ["vaultstaticsecrets"], verbs: ["create"], group: "secrets.hashicorp.com" }),
    },
    {
      name: "what the operator connects to",
      change: right({ resources: ["vaultconnections"], verbs: ["patch"], group: "secrets.hashicorp.com" }),
    },
    {
      name: "every resource of the operator",
      change: right({ resources: ["*"], verbs: ["*"], group: "secrets.hashicorp.com" }),
    },
    {
      name: "every pod by its node",
      change: everywhere({ resources: ["nodes/proxy"], verbs: ["get", "create"] }),
    },
    {
      name: "certificates of anybody",
      change: everywhere({
        resources: ["certificatesigningrequests/approval"],
        verbs: ["update"],
        group: "certificates.k8s.io",
      }),
    },
    {
      name: "a say in everything that is written",
      change: everywhere({
        resources: ["mutatingwebhookconfigurations"],
        verbs: ["create"],
        group: "admissionregistration.k8s.io",
      }),
    },
    {
      name: "Secrets of the whole cluster for a group",
      change: everywhere({ ...secrets, subject: group("developers") }),
    },
    {
      name: "Secrets of the cluster by a role that is made of others",
      change: (s) =>
        add(s, OPERATOR, "kubernetes_cluster_role_v1.extra", {
          metadata: { name: "extra", labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" } },
          rule: [{ api_groups: [""], ...secrets }],
        }),
    },
    {
      name: "a role made of others by their labels",
      change: (s) => {
        builtIn("extra")(s);
        add(s, OPERATOR, "kubernetes_cluster_role_v1.extra", {
          metadata: { name: "extra" },
          aggregation_rule: {
            cluster_role_selectors: { match_labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } },
          },
        });
      },
    },
    {
      name: "rules of a role by a dynamic block",
      change: (s) => {
        right({ resources: ["configmaps"], verbs: ["get"] })(s);
        at(s, LOCAL, "kubernetes_role_v1.extra").dynamic = {
          rule: { for_each: "${var.rules}", content: { api_groups: [""], resources: ["secrets"], verbs: ["get"] } },
        };
      },
    },
    {
      name: "rules of a role by expression",
      change: (s) => {
        right(secrets)(s);
        at(s, LOCAL, "kubernetes_role_v1.extra").rule = "${var.rules}";
      },
    },
    {
      name: "verbs of a role by expression",
      change: right({ resources: ["secrets"], verbs: ["${var.verb}"] }),
    },
    {
      name: "rights in a list of manifests",
      change: (s) =>
        addManifest(s, LOCAL, "v1", "List", {
          items: [
            {
              apiVersion: `${RBAC}/v1`,
              kind: "RoleBinding",
              metadata: { name: "extra", namespace: "sample" },
              roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "admin" },
              subjects: [DEBUG],
            },
          ],
        }),
    },
    {
      name: "a binding of rights as a manifest",
      change: (s) =>
        addManifest(s, LOCAL, `${RBAC}/v1`, "RoleBinding", {
          metadata: { namespace: "sample" },
          roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "edit" },
          subjects: [DEBUG],
        }),
    },
  ]),
];
