import type { ReleaseConfig } from "@cdktf/provider-helm/lib/release";
import { imageOf, tokenCacheValues, VERSIONS, type OperatorConfig, type TokenCacheSettings } from "../model";
import { mergeValues } from "../model/chart-values";
import type { Values } from "./chart";

/**
 * Values of the `vault-secrets-operator` chart: ours, and over them those of the config, key by key (a list replaces a
 * list).
 */
export function operatorValues({
  replicas = 1,
  memoryLimit = "512Mi",
  image,
  proxyImage,
  tokenCache,
  values,
}: OperatorConfig & { readonly tokenCache?: TokenCacheSettings }): Values {
  return withoutDefaultGlobals(
    [tokenCache && tokenCacheValues(tokenCache), values].reduce<Values>((merged, each) => mergeValues(merged, each), {
      controller: {
        replicas,
        // One replica leads and the others stand by: one may go at a time. The chart's "0" would be written out as a
        // second bound.
        podDisruptionBudget: { enabled: replicas > 1, maxUnavailable: "1", minAvailable: "" },
        podSecurityContext: { runAsNonRoot: true },
        securityContext: { allowPrivilegeEscalation: false },
        ...(proxyImage && { kubeRbacProxy: { image: imageOf(VERSIONS.images.operatorProxy, proxyImage) } }),
        manager: {
          ...(image && { image: imageOf(VERSIONS.images.operator, image) }),
          // A Secret holds the declared keys, never the whole response, whatever a binding says.
          globalTransformationOptions: { excludeRaw: true },
          // A VaultAuth says itself how it logs in; none takes another namespace's default.
          globalVaultAuthOptions: { allowDefaultGlobals: false },
          // Static secrets need no token after a restart, and a stored one could be read. Dynamic ones would be made
          // anew at every start: a token cache, over this, keeps tokens encrypted.
          clientCache: { persistenceModel: "none" },
          // Retries without end: the operator finds a Vault that was sealed for a day.
          backoffOnSecretSourceError: { maxElapsedTime: "0s" },
          maxConcurrentReconciles: 100,
          resources: { limits: { memory: memoryLimit } },
        },
      },
      // Every environment brings its own connection and auth.
      defaultVaultConnection: { enabled: false, skipTLSVerify: false },
      defaultAuthMethod: { enabled: false },
      csi: { enabled: false },
      telemetry: { serviceMonitor: { enabled: false } },
      // Upgrades bring the CRDs of the new version: Helm itself installs CRDs once and never again.
      hooks: { upgradeCRDs: { enabled: true } },
      // The chart's test pod has no security context: a restricted namespace refuses it.
      tests: { enabled: false },
    }),
  );
}

/** The flag by which default globals are off. */
const NO_DEFAULT_GLOBALS = "--global-vault-auth-options=";

/**
 * The chart leaves the flag out where default globals are not allowed, and without it the operator allows them: `false`
 * alone has no effect. The flag is given, empty, beside whatever other arguments the config's values give. Tried:
 * test/live/operator-values.test.ts.
 */
function withoutDefaultGlobals(values: Values): Values {
  const manager = (values.controller as { readonly manager?: Manager } | null)?.manager;
  if (manager?.globalVaultAuthOptions?.allowDefaultGlobals !== false) return values;
  return mergeValues(values, {
    controller: { manager: { extraArgs: [...(manager.extraArgs ?? []), NO_DEFAULT_GLOBALS] } },
  });
}

interface Manager {
  readonly globalVaultAuthOptions?: { readonly allowDefaultGlobals?: unknown };
  readonly extraArgs?: readonly unknown[];
}

/**
 * What a restricted namespace asks for beyond the chart's own security contexts. Those are open maps, but the chart
 * lists one key of each, so that a check of values against the chart takes any other key for a mistake: they go by
 * `set`. Helm lays `set` over `values`, so one that the config's `values` speak of is left out.
 */
export function operatorSettings({ values = {} }: OperatorConfig): Pick<ReleaseConfig, "set" | "setList"> {
  const given = (context: string, key: string) => {
    const controller = values.controller as
      { readonly [context: string]: { readonly [key: string]: unknown } | undefined } | null | undefined;
    return controller?.[context]?.[key] !== undefined;
  };
  return {
    set: given("podSecurityContext", "seccompProfile")
      ? undefined
      : [{ name: "controller.podSecurityContext.seccompProfile.type", value: "RuntimeDefault" }],
    setList: given("securityContext", "capabilities")
      ? undefined
      : [{ name: "controller.securityContext.capabilities.drop", value: ["ALL"] }],
  };
}
