import { LETS_THROUGH, newlyLetThrough, noLongerHeld } from "./admission";
import { all, byAction, changes, gone, trustChanges, when, type Judge, type Rule } from "./change";
import { isObject, objectIn, textsIn, type Json } from "./json";
import { closed } from "./record";
import { keysOf } from "./unread";

/** What this project knows of a kind of manifest that it writes or judges. */
export interface ManifestKind {
  /**
   * How the API calls it, to ask for permission.
   * @default unknown: no stack of ours writes the kind
   */
  readonly plural?: string;
  /** The API that it belongs to, without its version; other APIs have kinds of the same name. */
  readonly api: string;
  /**
   * The fields of its `spec` that the model of access reads, or by which nobody can gain anything: a closed list.
   * @default it has no `spec`
   */
  readonly reads?: ReadonlySet<string>;
  /**
   * The fields of its `spec` that say whom to trust, as {@link ResourceType.trusts}.
   * @default none
   */
  readonly trusts?: readonly string[];
  /**
   * Whether it is in no namespace.
   * @default false: it is in one
   */
  readonly clusterWide?: boolean;
  /** What a planned change of it means; `before` and `after` are its `spec`. */
  readonly change: Judge;
}

/** A warning for each field of a spec that differs, but for some. */
function fields(why: string | ((field: string) => string), leaveOut: readonly string[] = []): Judge {
  return (change, called) => {
    const names = Object.keys({ ...change.before, ...change.after }).filter((name) => !leaveOut.includes(name));
    return changes(names, why)(change, called);
  };
}

/** Says of a right in Kubernetes that it is made or changed. */
export const mayReadSecrets: Judge = ({ action }, called) =>
  when(
    action !== "delete" && action !== "forget",
    "warning",
    `${called} is ${action === "create" ? "made" : "changed"}`,
    "It may let somebody read Secrets: npm run access says who.",
  );

const OPERATOR = "secrets.hashicorp.com";
const RBAC = { api: "rbac.authorization.k8s.io", change: mayReadSecrets };
const MONITORING = "monitoring.coreos.com";
const UNTOLD = "Somebody may no longer be told of what hurts.";
const ADMISSION = "admissionregistration.k8s.io";

const CONNECTION = ["address", "caCertSecretRef", "skipTLSVerify", "tlsServerName"];

const trust = byAction({
  create: ({ after: { address, skipTLSVerify, allowedNamespaces } }, called) => [
    ...when(
      skipTLSVerify === true,
      "error",
      `${called} does not check whom it talks to (skipTLSVerify)`,
      "Whoever answers there is believed to be Vault.",
    ),
    ...when(
      address !== undefined,
      "warning",
      `${called} leads to ${String(address)}`,
      "Whoever answers there is believed to be Vault.",
    ),
    ...when(
      textsIn(allowedNamespaces).length > 0,
      "warning",
      `${called} is lent to ${textsIn(allowedNamespaces).join(", ")}`,
      "Other namespaces may use this identity.",
    ),
  ],
  gone: gone("warning", "What delivers by it stops."),
  update: all(
    trustChanges(CONNECTION, "Whoever answers there is believed to be Vault."),
    fields(
      (field) =>
        field === "allowedNamespaces" ? "Other namespaces may use this identity." : "Who logs in, and where.",
      CONNECTION,
    ),
  ),
});

/** Which version of its set a VaultStaticSecret delivers. */
const delivers: Judge = ({ before, after }, called) => {
  const [was, is] = [before.version, after.version].map((version) => (version ? `version ${String(version)}` : NEWEST));
  return when(
    was !== is,
    "warning",
    `${called} delivers ${is} instead of ${was}`,
    is === NEWEST
      ? "From then on what somebody sets in Vault reaches pods without a change of the config."
      : "Pods get the values of that version.",
  );
};

const NEWEST = "the newest version";

/** Kinds of manifests. */
export const MANIFEST_KINDS: { readonly [kind: string]: ManifestKind } = {
  VaultStaticSecret: {
    plural: "vaultstaticsecrets",
    api: OPERATOR,
    reads: closed(
      "mount path type version vaultAuthRef refreshAfter hmacSecretData rolloutRestartTargets syncConfig " +
        "destination.name destination.create destination.labels destination.transformation.excludeRaw " +
        "destination.transformation.includes",
    ),
    change: byAction({
      gone: (change, called) =>
        objectIn(change.before.destination).create === true
          ? gone("error", "The operator deletes the Secret that it made with it.")(change, called)
          : gone("warning", "The Secret keeps its values and is not renewed.")(change, called),
      create: ({ after }, called) =>
        when(
          String(after.vaultAuthRef).includes("/"),
          "warning",
          `${called} uses ${String(after.vaultAuthRef)}`,
          "That identity is of another namespace.",
        ),
      update: all(
        delivers,
        fields("Which values reach which Secret, and by which identity.", [
          "version",
          "refreshAfter",
          "rolloutRestartTargets",
          "syncConfig",
        ]),
      ),
    }),
  },
  VaultDynamicSecret: {
    plural: "vaultdynamicsecrets",
    api: OPERATOR,
    reads: closed(
      "mount path vaultAuthRef allowStaticCreds rolloutRestartTargets refreshAfter renewalPercent destination.name " +
        "destination.create destination.labels destination.transformation.excludeRaw " +
        "destination.transformation.includes",
    ),
    change: byAction({
      gone: gone("warning", "The operator deletes the Secret that it made with it; the credentials end unrenewed."),
      update: fields("Which credentials reach which Secret, and by which identity.", [
        "refreshAfter",
        "renewalPercent",
        "rolloutRestartTargets",
      ]),
    }),
  },
  VaultAuth: {
    plural: "vaultauths",
    api: OPERATOR,
    reads: closed(
      "method mount vaultConnectionRef allowedNamespaces kubernetes.role kubernetes.serviceAccount " +
        "kubernetes.audiences kubernetes.tokenExpirationSeconds jwt.role jwt.serviceAccount jwt.audiences " +
        "jwt.tokenExpirationSeconds",
    ),
    change: trust,
  },
  VaultConnection: {
    plural: "vaultconnections",
    api: OPERATOR,
    reads: closed("address caCertSecretRef skipTLSVerify tlsServerName timeout"),
    trusts: CONNECTION,
    change: trust,
  },
  Certificate: {
    plural: "certificates",
    api: "cert-manager.io",
    reads: closed("secretName issuerRef dnsNames ipAddresses commonName duration renewBefore privateKey usages"),
    trusts: ["secretName", "issuerRef", "dnsNames", "ipAddresses", "commonName"],
    change: byAction({
      gone: gone("warning", "The server's certificate is not renewed: TLS ends when it expires."),
      update: all(
        trustChanges(["issuerRef"], "Whoever it is decides which certificates the server has."),
        fields("TLS: clients trust the new certificate only if its names and issuer are right.", ["issuerRef"]),
      ),
    }),
  },
  PrometheusRule: {
    plural: "prometheusrules",
    api: MONITORING,
    reads: closed("groups"),
    change: byAction({ gone: gone("warning", UNTOLD), update: fields(UNTOLD) }),
  },
  PodMonitor: {
    plural: "podmonitors",
    api: MONITORING,
    reads: closed("selector podMetricsEndpoints"),
    trusts: ["selector", "podMetricsEndpoints"],
    change: byAction({ gone: gone("warning", UNTOLD), update: fields(UNTOLD) }),
  },
  ValidatingAdmissionPolicy: {
    plural: "validatingadmissionpolicies",
    clusterWide: true,
    api: ADMISSION,
    reads: closed("failurePolicy matchConstraints matchConditions variables validations"),
    change: byAction({
      gone: gone("error", LETS_THROUGH),
      update: all(fields(LETS_THROUGH, ["variables"]), newlyLetThrough),
    }),
  },
  ValidatingAdmissionPolicyBinding: {
    plural: "validatingadmissionpolicybindings",
    clusterWide: true,
    api: ADMISSION,
    reads: closed("policyName validationActions matchResources"),
    change: byAction({
      gone: gone("error", LETS_THROUGH),
      update: all(fields(LETS_THROUGH, ["matchResources"]), noLongerHeld),
    }),
  },
  Role: RBAC,
  ClusterRole: RBAC,
  RoleBinding: RBAC,
  ClusterRoleBinding: RBAC,
};

/** The fields of a kind's `spec` that say whom to trust. */
export function manifestTrusts(kind: string): readonly string[] {
  return (Object.hasOwn(MANIFEST_KINDS, kind) && MANIFEST_KINDS[kind]!.trusts) || [];
}

/** What stands in a manifest beside its `spec`: of roles and bindings, what the model of access reads. */
const BODY = closed("apiVersion kind metadata spec rules roleRef subjects");

/** Seconds, an hour: how long the operator's tokens of service accounts may live. */
const LONGEST = 3_600;

/** What of a manifest the model of access does not understand: its kind, or a field of its own. */
export function unreadManifest(manifest: Json | undefined): string[] {
  if (!isObject(manifest)) return ["its manifest is known only after an apply"];
  const { apiVersion, kind, metadata, spec } = manifest;
  const known = Object.hasOwn(MANIFEST_KINDS, String(kind)) ? MANIFEST_KINDS[String(kind)] : undefined;
  if (!known || String(apiVersion).split("/")[0] !== known.api)
    return [`a ${String(kind)} of ${String(apiVersion)} may grant access, and this report does not read it`];
  const { skipTLSVerify, destination, kubernetes, jwt } = objectIn(spec);
  const seconds = Number(objectIn(kubernetes ?? jwt).tokenExpirationSeconds ?? 0);
  return [
    ...keysOf("its field", manifest, BODY),
    ...(known.reads ? keysOf("its spec's", objectIn(spec), known.reads) : []),
    ...(seconds > LONGEST ? [`the token that it logs in with lives for ${seconds} seconds, longer than an hour`] : []),
    ...(destination !== undefined && objectIn(objectIn(destination).transformation).excludeRaw !== true
      ? ["it puts the whole of Vault's answer into the Secret (no excludeRaw)"]
      : []),
    ...(skipTLSVerify !== undefined && skipTLSVerify !== false
      ? ["it does not check whom it talks to (skipTLSVerify)"]
      : []),
    ...(JSON.stringify(metadata ?? {}).includes("rbac.authorization.k8s.io/aggregate")
      ? ["its labels add it to another role, which this report does not follow"]
      : []),
  ];
}

/** Judges a manifest by its kind. */
export const manifestChange: Rule = (change) => {
  const [before, after] = [objectIn(change.before.manifest), objectIn(change.after.manifest)];
  const { kind, metadata } = before.kind === undefined ? after : before;
  const { namespace, name } = objectIn(metadata);
  const judge = MANIFEST_KINDS[String(kind)]?.change ?? byAction({ gone: gone("info", "") });
  const spec = { ...change, before: objectIn(before.spec), after: objectIn(after.spec), unknown: {} };
  const called = [namespace, name ?? "?"].filter((each) => each !== undefined).map(String);
  return judge(spec, `${String(kind ?? "?")} ${called.join("/")}`);
};
