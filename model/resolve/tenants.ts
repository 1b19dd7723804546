import type { AppConfig, AppEnvironmentConfig, AppKubernetesConfig } from "../config/app";
import type { PlatformConfig } from "../config/platform";
import { Duration } from "../duration";
import { KvPath } from "../kv-path";
import type { Cluster, Delivery, Environment, Platform, Tenant } from "../platform";
import type { Report } from "../problems";
import { DNS_LABEL, NAMESPACE, SERVICE_ACCOUNT, type TextRule } from "../rules";
import { step } from "../schema";

/** What an app says of each environment that it runs in, with where it says so. */
export function appEnvironments(config: PlatformConfig, name: string): [string, AppEnvironmentConfig, string][] {
  const app = config.apps[name] as AppConfig;
  const at = step("apps", name, "environments");
  if (app.environments === undefined) return Object.keys(config.environments).map((e) => [e, {}, step("apps", name)]);
  if (Array.isArray(app.environments)) return app.environments.map((e: string, i) => [e, {}, step(at, i)]);
  return Object.entries(app.environments as { [name: string]: AppEnvironmentConfig }).map(([e, settings]) => [
    e,
    settings,
    step(at, e),
  ]);
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
function fill(
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
  return Object.entries(config.apps).flatMap(([app, appConfig]) =>
    appEnvironments(config, app).map(([environmentName, settings, at]): Tenant => {
      const environment = environments.find((e) => e.name === environmentName)!;
      const vault = vaults.find((v) => v.name === environment.vault)!;
      const name = `${app}-${environmentName}`;
      if (!DNS_LABEL.accepts(name))
        report(at, name, DNS_LABEL.accepted, "It is made from the app's and the environment's names.");
      return {
        app,
        environment: environmentName,
        vault: vault.name,
        name,
        path: new KvPath(vault.mount, `${config.name}/${app}/${name}`),
        keys: [...(settings.keys ?? appConfig.keys)],
        owner: appConfig.owner,
        rotateEvery: Duration.parse(appConfig.rotateEvery),
        secretSet: settings.secretSet ?? "managed",
        ...delivered(
          settings.secretSet === "retired",
          resolveDelivery(config, app, appConfig, environment, clusters, report),
        ),
      };
    }),
  );
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
    restartTargets: environment.restarts === "automatic" ? [...(appConfig.restartTargets ?? [])] : [],
  };
}
