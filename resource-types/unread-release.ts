import { leaves, valuesOf } from "./helm-values";
import { isObject, type Json, type JsonObject } from "./json";
import { given } from "./unread";

/** A chart's name without its repository; of an archive, without its version and digest. */
export function chartName(chart: unknown): string {
  return String(chart)
    .split("/")
    .at(-1)!
    .replace(/-\d+\.\d+\.\d+[^/]*\.tgz$/, "");
}

/** Beginnings of the values that may say anything: nobody gains access by how large, where or how often a pod is. */
const FREE: { readonly [chart: string]: RegExp } = {
  vault: new RegExp(
    "^(global\\.tlsDisable|ui\\.enabled|server\\.(resources|updateStrategyType|includeConfigAnnotation|" +
      "(data|audit)Storage|persistentVolumeClaimRetentionPolicy|networkPolicy\\.ingress|shareProcessNamespace|image|" +
      "authDelegator\\.enabled|extraVolumes|extraSecretEnvironmentVars|extraEnvironmentVars|statefulSet|" +
      "service\\.publishNotReadyAddresses|standalone\\.enabled|" +
      "ha\\.(enabled|replicas|apiAddr|raft\\.(enabled|setNodeId))))(\\.|$)",
  ),
  "vault-secrets-operator": new RegExp(
    "^controller\\.(replicas|podDisruptionBudget|podSecurityContext|securityContext|" +
      "(manager|kubeRbacProxy)\\.image\\.(repository|tag)|" +
      "manager\\.(resources|maxConcurrentReconciles|backoffOnSecretSourceError))(\\.|$)" +
      "|^telemetry\\.serviceMonitor\\.enabled$",
  ),
};

/** Values that say one thing only: anything else brings a login, an identity or a store of values with it. */
const FIXED: { readonly [chart: string]: { readonly [path: string]: Json } } = {
  vault: { "injector.enabled": false, "csi.enabled": false, "server.networkPolicy.enabled": true },
  "vault-secrets-operator": {
    "csi.enabled": false,
    "defaultAuthMethod.enabled": false,
    "defaultVaultConnection.enabled": false,
    "defaultVaultConnection.skipTLSVerify": false,
    "controller.manager.clientCache.persistenceModel": "none",
    "controller.manager.globalTransformationOptions.excludeRaw": true,
    "controller.manager.globalVaultAuthOptions.allowDefaultGlobals": false,
    "controller.manager.extraArgs": ["--global-vault-auth-options="],
    "hooks.upgradeCRDs.enabled": true,
    "tests.enabled": false,
  },
};

/** What is set beside the values, since a value would merge with the chart's own. */
const SET: ReadonlySet<string> = new Set([
  "controller.podSecurityContext.seccompProfile.type",
  "controller.securityContext.capabilities.drop",
]);

/** What stands at the top of a server's configuration. Source: Vault's documentation, "Vault configuration". */
const SERVER_WORDS: ReadonlySet<string> = new Set([
  "ui",
  "disable_mlock",
  "listener",
  "storage",
  "service_registration",
  "seal",
  "user_lockout",
  "telemetry",
]);

/**
 * What of a Helm release the model of access does not understand: `said` are the values that the config itself gives.
 */
export function unreadRelease(values: JsonObject, said: JsonObject): string[] {
  const chart = chartName(values.chart);
  const [free, fixed] = [FREE[chart], FIXED[chart]];
  if (!free || !fixed) return [`the chart ${String(values.chart)} may bring rights of its own`];
  const read = valuesOf(values.values);
  if (!read) return ["its values are no JSON that stands in the stack"];
  const own = new Map(leaves(said));
  const set = [values.set, values.set_list].flatMap((each) => (Array.isArray(each) ? (each as readonly Json[]) : []));
  const names = set.map((each) => String(isObject(each) ? each.name : each));
  return [
    ...given(values, "take_ownership", undefined, false),
    ...names.filter((name) => !SET.has(name) && !own.has(name)).map((name) => `it sets ${name}`),
    ...leaves(read).flatMap(([path, value]): string[] => {
      if (own.has(path) && same(own.get(path), value)) return [];
      if (/^server\.(standalone|ha\.raft|ha)\.config$/.test(path)) return unreadConfig(String(value));
      if (path === "server.extraContainers") return unreadContainers(value, read);
      return free.test(path) || (path in fixed && same(fixed[path], value))
        ? []
        : [`its value ${path} is ${JSON.stringify(value)}, which this report does not read`];
    }),
  ];
}

function same(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Words at the top of a server's configuration that are not read, e.g. `raw_storage_endpoint`. */
function unreadConfig(config: string): string[] {
  const words = [...config.matchAll(/^([A-Za-z_]\w*)\b/gm)].map(([word]) => word);
  const others = words.filter((word) => !SERVER_WORDS.has(word));
  return others.map((word) => `the server's configuration has ${word}, which this report does not read`);
}

/** The one container beside the server tells it of a renewed certificate; another may read all that it reads. */
function unreadContainers(containers: Json | undefined, read: JsonObject): string[] {
  const images = new Map(leaves(read));
  const image = `${String(images.get("server.image.repository"))}:${String(images.get("server.image.tag"))}`;
  return (Array.isArray(containers) ? (containers as readonly Json[]) : [])
    .filter((each) => !isObject(each) || each.name !== "certificate-reload" || each.image !== image)
    .map((each) => `a container ${isObject(each) ? String(each.name) : "?"} runs beside the server`);
}
