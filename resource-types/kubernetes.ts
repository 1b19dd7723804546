import type { ClusterNeeds, RbacRule } from "../policies/write";
import { byAction, changes, differing, gone, says, type Judge, type Rule } from "./change";
import { objectIn } from "./json";
import { MANIFEST_KINDS, manifestChange, mayReadSecrets, unreadManifest } from "./manifests";
import {
  closed,
  type Attributes,
  type ObjectKind,
  type Purpose,
  type ResourceType,
  type ResourceTypes,
} from "./record";
import { given, keysOf } from "./unread";

const RBAC = "rbac.authorization.k8s.io";
const READ = ["get"];
const WRITE = ["create", "delete", "patch"];

/** Judges the changes of an object that is called by a word, its namespace and its name. */
function object(word: string, judge: Judge): Rule {
  return (change) => {
    const { namespace, name } = objectIn(change.before.metadata ?? change.after.metadata);
    return judge(change, `${word} ${[namespace, name].filter((each) => typeof each === "string").join("/")}`);
  };
}

/** Reads objects of a name, everywhere. */
function readsNamed(group: string, resource: string): ResourceType["inCluster"] {
  return ({ metadata }) => ({ everywhere: [{ group, resource, names: [nameIn(metadata)], verbs: READ }] });
}

function nameIn(metadata: unknown): string {
  return String(objectIn(metadata).name);
}

/** Reads objects of its namespaces, and writes them to apply. */
function inNamespaces(group: string, resource: string, purpose: Purpose): Partial<ClusterNeeds> {
  return { inNamespaces: [{ group, resource, verbs: purpose === "apply" ? [...READ, ...WRITE] : READ }] };
}

/** Only named Secrets are ever read. */
function secretPermissions({ metadata }: Attributes, purpose: Purpose): Partial<ClusterNeeds> {
  const secrets = { group: "", resource: "secrets" };
  const named = (verbs: readonly string[]): RbacRule => ({ ...secrets, names: [nameIn(metadata)], verbs });
  // Kubernetes does not hold `create` to a name.
  return {
    inNamespaces:
      purpose === "apply" ? [named(["delete", "get", "patch"]), { ...secrets, verbs: ["create"] }] : [named(READ)],
  };
}

function manifestPermissions({ manifest }: Attributes, purpose: Purpose): ClusterNeeds {
  const { apiVersion, kind, metadata } = manifest as Attributes & {
    readonly apiVersion: string;
    readonly kind: string;
  };
  const { plural, clusterWide = false } = MANIFEST_KINDS[kind] ?? {};
  if (plural === undefined)
    throw new Error(
      `no required permissions are known for a manifest of kind ${kind}; add its plural to resource-types/manifests.ts`,
    );
  const group = apiVersion.split("/")[0]!;
  return {
    inNamespaces: [],
    ...(!clusterWide && inNamespaces(group, plural, purpose)),
    everywhere: [
      // The provider looks for the type's schema among all CRDs.
      { group: "apiextensions.k8s.io", resource: "customresourcedefinitions", verbs: ["list"] },
      // A job applies none of them: who may write one may let anything through.
      ...(clusterWide ? [{ group, resource: plural, names: [nameIn(metadata)], verbs: READ }] : []),
    ],
  };
}

/** A right in Kubernetes: every binding, and a role that is about Secrets, may let somebody read some. */
function rights(word: string, grants: ObjectKind, inCluster?: ResourceType["inCluster"]): ResourceType {
  return {
    grants,
    reads: closed(grants.endsWith("Binding") ? "metadata role_ref subject" : "metadata rule"),
    // What aggregates into a role is told by labels, on either side.
    unread: ({ metadata }) =>
      JSON.stringify(metadata ?? {}).includes("rbac.authorization.k8s.io/aggregate")
        ? ["its labels add it to another role, which this report does not follow"]
        : [],
    ...(inCluster && { inCluster }),
    change: object(word, mayReadSecrets),
  };
}

/** The namespace that a release or a tenant goes into. */
export const NAMESPACE: ResourceType = {
  label: ["namespace", "namespaces"],
  grants: "nothing",
  reads: closed("metadata"),
  // In one where pods may do anything, one that mounts the node reads what the others have.
  unread: ({ metadata }) =>
    Object.entries(objectIn(objectIn(metadata).labels)).flatMap(([label, value]) =>
      label === "pod-security.kubernetes.io/enforce" && value !== "restricted"
        ? [`its pods may do more than restricted ones (${label}: ${String(value)})`]
        : [],
    ),
  inCluster: readsNamed("", "namespaces"),
  change: object(
    "namespace",
    byAction({ gone: gone("error", "Everything in it goes with it, volumes and Secrets too.") }),
  ),
};

const BY_NAME: ResourceTypes = {
  kubernetes_secret: {
    label: ["Secret", "Secrets"],
    grants: "Secret",
    reads: closed("metadata type data_wo data_wo_revision immutable"),
    // Kubernetes fills a Secret of another type with a service account's token.
    unread: (values) => given(values, "type", undefined, "Opaque"),
    inCluster: secretPermissions,
    change: object(
      "Secret",
      byAction({
        gone: gone("error", "Pods that mount it lose their values until the operator makes or fills it again."),
        import: says("warning", "is imported", "Its values are read into the state."),
        update: (change, called) =>
          differing(change, ["data", "binary_data", "data_wo_revision", "binary_data_wo_revision"]).map((name) => [
            "warning",
            `${called} is written again (${name})`,
            "The synced values are overwritten until the operator's next sync; with data they are in the state.",
          ]),
      }),
    ),
  },
  kubernetes_service_account: {
    label: ["service account", "service accounts"],
    grants: "ServiceAccount",
    reads: closed("metadata automount_service_account_token"),
    inCluster: (_, purpose) => inNamespaces("", "serviceaccounts", purpose),
    change: object(
      "service account",
      byAction({ gone: gone("warning", "The workload's identity: the operator cannot log in as it.") }),
    ),
  },
  kubernetes_persistent_volume_claim: {
    label: ["volume claim", "volume claims"],
    grants: "nothing",
    reads: closed("metadata spec wait_until_bound"),
    // One that is made from another, or names its volume, has what is on that.
    unread: ({ spec }) =>
      keysOf("its spec's", objectIn(spec), closed("access_modes resources.requests.storage storage_class_name")),
    inCluster: (_, purpose) => inNamespaces("", "persistentvolumeclaims", purpose),
    change: object(
      "volume claim",
      byAction({ gone: gone("error", "What is on the volume goes with it, unless its storage class retains it.") }),
    ),
  },
  // That each is one of the config's, in all that it says, is for the proof `trust`.
  kubernetes_cron_job: {
    label: ["CronJob", "CronJobs"],
    grants: "job",
    reads: closed("metadata spec"),
    inCluster: (_, purpose) => inNamespaces("batch", "cronjobs", purpose),
    change: object(
      "CronJob",
      byAction({
        create: says("warning", "is made", "What it runs has the rights of its service account, again and again."),
        update: changes(["metadata", "spec"], "What it runs has the rights of its service account, again and again."),
        gone: gone("warning", "What it did is no longer done: of a backup, no snapshot is taken from then on."),
      }),
    ),
  },
  kubernetes_role: rights("role", "Role"),
  kubernetes_cluster_role: rights("cluster role", "ClusterRole", readsNamed(RBAC, "clusterroles")),
  // In the namespaces of environments, by one name each.
  kubernetes_role_binding: rights("role binding", "RoleBinding", readsNamed(RBAC, "rolebindings")),
  kubernetes_cluster_role_binding: rights(
    "cluster role binding",
    "ClusterRoleBinding",
    readsNamed(RBAC, "clusterrolebindings"),
  ),
};

/** Kubernetes' objects, each under both of its names in the provider. */
export const KUBERNETES: ResourceTypes = {
  kubernetes_manifest: {
    label: ["custom resource", "custom resources"],
    grants: "manifest",
    reads: closed("manifest field_manager"),
    unread: ({ manifest, field_manager: manager }) => [
      ...unreadManifest(manifest),
      // Of an object that was another's: Terraform's word for each of its fields holds.
      ...keysOf("its field_manager's", objectIn(manager), closed("force_conflicts")),
    ],
    inCluster: manifestPermissions,
    change: manifestChange,
  },
  ...Object.fromEntries(
    Object.entries(BY_NAME).flatMap(([type, record]) => [
      [type, record],
      [`${type}_v1`, record],
    ]),
  ),
};
