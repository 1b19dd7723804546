import type { AppConfig, AppEnvironmentConfig, AppKubernetesConfig } from "../config/app";
import type { PlatformConfig } from "../config/platform";
import { Duration } from "../duration";
import { generatedBy } from "../generated";
import { KvPath } from "../kv-path";
import {
  named,
  type Cluster,
  type Delivery,
  type Environment,
  type Platform,
  type SecretSet,
  type Tenant,
} from "../platform";
import type { Report } from "../problems";
import { DNS_LABEL, NAMESPACE, SERVICE_ACCOUNT, type TextRule } from "../rules";
import { step } from "../schema";
import { resolvePinned } from "./pinned";

/** An environment, what is said of it, and where. */
export type Stated = readonly [environment: string, settings: AppEnvironmentConfig, at: string];

/** What an app or a shared set says of its environments; undefined where it names none. */
export function statedEnvironments(
  { environments }: Pick<AppConfig, "environments">,
  of: string,
): Stated[] | undefined {
  const at = step(of, "environments");
  if (Array.isArray(environments)) return environments.map((e: string, i): Stated => [e, {}, step(at, i)]);
  return (
    environments &&
    Object.entries(environments as { [name: string]: AppEnvironmentConfig }).map(([e, settings]): Stated => [
      e,
      settings,
      step(at, e),
    ])
  );
}

/** Templates of an app's names where the config gives none. */
const NAMES = {
  serviceAccount: "{app}-vault-operator-sa",
  vaultAuth: "{app}-vault-auth-static",
  vaultStaticSecret: "{app}-vault-static-secret",
  secret: "{app}-{environment}-secrets",
} satisfies AppKubernetesConfig;

/**
 * Fills a template's `{platform}`, `{app}` and `{environment}`; reports other braces and a result that the rule
 * refuses.
 */
export function fill(
  template: string,
  words: { readonly [word: string]: string },
  at: string,
  report: Report,
  rule: TextRule = DNS_LABEL,
): string {
  const filled = template.replace(/\{(\w+)\}/g, (whole, word: string) =>
    Object.hasOwn(words, word) ? words[word]! : whole,
  );
  if (/[{}]/.test(filled))
    report(
      at,
      template,
      `a template of ${Object.keys(words)
        .map((w) => `{${w}}`)
        .join(", ")}`,
    );
  else if (!rule.accepts(filled))
    report(at, filled, rule.accepted, template === filled ? undefined : `It is made from ${JSON.stringify(template)}.`);
  return filled;
}

/** Every app in every environment it runs in. */
export function resolveTenants(
  config: PlatformConfig,
  { vaults, clusters, environments }: Pick<Platform, "vaults" | "clusters" | "environments">,
  report: Report,
): Tenant[] {
  return Object.entries(config.apps).flatMap(([app, appConfig]) => {
    const of = step("apps", app);
    const stated = statedEnvironments(appConfig, of) ?? environments.map(({ name }): Stated => [name, {}, of]);
    return stated.map(([name, settings, at]): Tenant => {
      const environment = environments.find((e) => e.name === name)!;
      const set = resolveSet(
        { app, environment: name, settings, at },
        config,
        appConfig,
        { vaults, environments },
        report,
      );
      return {
        ...set,
        role: set.name,
        ...delivered(
          settings.secretSet === "retired",
          resolveDelivery(config, app, appConfig, environment, clusters, report),
        ),
        shared: [],
        databases: [],
      };
    });
  });
}

/** A set in an environment: an app's own, or a shared one, which lie in one tree. */
export function resolveSet(
  {
    app,
    environment,
    settings,
    at,
  }: Pick<SecretSet, "app" | "environment"> & { readonly settings: AppEnvironmentConfig; readonly at: string },
  config: PlatformConfig,
  { keys: all, generated = {}, owner, rotateEvery }: Pick<AppConfig, "keys" | "generated" | "owner" | "rotateEvery">,
  { vaults, environments }: Pick<Platform, "vaults" | "environments">,
  report: Report,
): SecretSet {
  const keys = [...(settings.keys ?? all)];
  const here = named(environments, environment);
  const vault = named(vaults, here.vault);
  const pinned = resolvePinned(settings, at, here, report);
  const name = `${app}-${environment}`;
  if (!DNS_LABEL.accepts(name))
    report(at, name, DNS_LABEL.accepted, `It is made of ${JSON.stringify(app)} and the environment's name.`);
  return {
    app,
    environment,
    vault: vault.name,
    name,
    path: new KvPath(vault.mount, `${config.name}/${app}/${name}`),
    keys,
    generated: new Map(
      keys.flatMap((key) => (Object.hasOwn(generated, key) ? [[key, generatedBy(generated[key]!)]] : [])),
    ),
    owner,
    rotateEvery: Duration.parse(rotateEvery),
    secretSet: settings.secretSet ?? "managed",
    ...(pinned && { pinned }),
  };
}

function delivered(leaves: boolean, delivery: Delivery | undefined): Pick<Tenant, "delivery" | "leavesNamespace"> {
  return leaves ? { delivery: undefined, ...(delivery && { leavesNamespace: delivery.namespace }) } : { delivery };
}

function resolveDelivery(
  config: PlatformConfig,
  app: string,
  appConfig: AppConfig,
  environment: Environment,
  clusters: readonly Cluster[],
  report: Report,
): Delivery | undefined {
  const cluster = clusters.find((c) => c.name === environment.cluster);
  if (!cluster) return undefined;
  const auth = cluster.auths.find((a) => a.vault === environment.vault)!;
  const words = { platform: config.name, app, environment: environment.name };
  const at = step("apps", app, "kubernetes");
  const name = (field: keyof typeof NAMES, rule?: TextRule) =>
    fill(appConfig.kubernetes?.[field] ?? NAMES[field], words, step(at, field), report, rule);
  const workloads = [...(appConfig.restartTargets ?? [])];
  const namespaceTemplate = config.environments[environment.name]?.namespace ?? "{platform}-{environment}";
  return {
    cluster: cluster.name,
    namespace: fill(namespaceTemplate, words, step("environments", environment.name, "namespace"), report, NAMESPACE),
    serviceAccount: name("serviceAccount", SERVICE_ACCOUNT),
    vaultAuth: name("vaultAuth"),
    vaultStaticSecret: name("vaultStaticSecret"),
    secret: name("secret"),
    authMount: auth.mount,
    login: auth.login.type,
    workloads,
    restartTargets: environment.restarts === "automatic" ? workloads : [],
  };
}
