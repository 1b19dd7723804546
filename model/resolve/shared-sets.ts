import type { SharedSetConfig, SharedSetKubernetesConfig } from "../config/shared-set";
import type { PlatformConfig } from "../config/platform";
import type { BoundSet, Platform, SharedSet, Tenant } from "../platform";
import type { Report } from "../problems";
import { step } from "../schema";
import { fill, resolveSet, statedEnvironments, type Stated } from "./tenants";

/** Templates of the names of a shared set at an app, where the config gives none. */
const NAMES = {
  vaultStaticSecret: "{app}-{set}-vault-static-secret",
  secret: "{app}-{set}-{environment}-secrets",
} satisfies SharedSetKubernetesConfig;

/** Every shared set in every environment that it is in. */
export function resolveSharedSets(
  config: PlatformConfig,
  { vaults, environments, tenants }: Pick<Platform, "vaults" | "environments" | "tenants">,
  report: Report,
): SharedSet[] {
  return Object.entries(config.sharedSets ?? {}).flatMap(([name, set]) => {
    const at = step("sharedSets", name);
    // Nobody reads by a workload that leaves.
    const readers = tenants.filter((tenant) => set.readBy.includes(tenant.app) && tenant.secretSet !== "retired");
    const everywhere = environments.flatMap((e): Stated[] => {
      const there = tenants.filter((tenant) => set.readBy.includes(tenant.app) && tenant.environment === e.name);
      // Where every reader leaves it leaves too: taken out at once, its values would be planned away.
      const leaves = there.every(({ secretSet }) => secretSet === "retired");
      return there.length > 0 ? [[e.name, leaves ? { secretSet: "retired" } : {}, at]] : [];
    });
    const stated = statedEnvironments(set, at) ?? everywhere;
    const sets = stated.map(([environment, settings, place]): SharedSet => {
      const leaves = settings.secretSet === "retired";
      const here = leaves ? [] : readers.filter((tenant) => tenant.environment === environment);
      if (here.length === 0 && !leaves)
        report(
          place,
          environment,
          "an environment that an app of readBy runs in",
          'Nobody would read it there. secretSet: "retired" takes leave of one.',
        );
      return {
        ...resolveSet({ app: name, environment, settings, at: place }, config, set, { vaults, environments }, report),
        readBy: here.map(({ app }) => app),
      };
    });
    for (const [i, app] of set.readBy.entries())
      if (sets.every(({ secretSet, readBy }) => secretSet !== "retired" && !readBy.includes(app)))
        report(
          step(at, "readBy", i),
          app,
          "an app that runs in one of the set's environments",
          "It would read nothing.",
        );
    return sets;
  });
}

/** The tenants, each with the shared sets that it reads. */
export function withSharedSets(
  config: PlatformConfig,
  tenants: readonly Tenant[],
  sharedSets: readonly SharedSet[],
  report: Report,
): Tenant[] {
  return tenants.map((tenant) => ({
    ...tenant,
    shared: sharedSets
      .filter(({ environment, readBy }) => environment === tenant.environment && readBy.includes(tenant.app))
      .map((set) => bound(config, tenant, set, report)),
  }));
}

function bound(config: PlatformConfig, { app, name, delivery }: Tenant, set: SharedSet, report: Report): BoundSet {
  const { readBy, ...rest } = set;
  const { kubernetes }: SharedSetConfig = config.sharedSets![set.app]!;
  const words = { platform: config.name, app, set: set.app, environment: set.environment };
  const filled = (field: keyof typeof NAMES) =>
    fill(kubernetes?.[field] ?? NAMES[field], words, step("sharedSets", set.app, "kubernetes", field), report);
  return {
    ...rest,
    name: `${name}/${set.app}`,
    role: name,
    delivery: delivery && { ...delivery, vaultStaticSecret: filled("vaultStaticSecret"), secret: filled("secret") },
  };
}
