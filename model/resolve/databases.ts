import type { AppDatabaseConfig, AppDatabaseKubernetesConfig } from "../config/database";
import type { PlatformConfig } from "../config/platform";
import {
  DATABASE_MOUNT,
  LONGEST_LEASE,
  type BoundDatabase,
  type DatabaseAccess,
  type DatabaseConnection,
} from "../databases";
import { Duration, type DurationText } from "../duration";
import type { Platform, Tenant } from "../platform";
import { didYouMean, type Report } from "../problems";
import { entries } from "../record";
import { DATABASE_NAME } from "../rules";
import { step } from "../schema";
import { fill } from "./tenants";

/** Templates of the names of a database at an app, where the config gives none. */
const NAMES = {
  vaultDynamicSecret: "{app}-{database}-vault-dynamic-secret",
  secret: "{app}-{database}-{environment}-credentials",
} satisfies AppDatabaseKubernetesConfig;

/** Reports databases, and environments of them, that are not declared. */
export function checkDatabaseReferences(config: PlatformConfig, report: Report): void {
  const known = entries(config.databases).map(([name]) => name);
  const environments = entries(config.environments).map(([name]) => name);
  const declared = (what: string, name: string, names: readonly string[], at: string) =>
    names.includes(name) ||
    report(
      at,
      name,
      `a declared ${what}${names.length > 0 ? `: ${names.join(", ")}` : ", and none is declared"}`,
      didYouMean(name, names),
    );
  for (const [name, { servers }] of entries(config.databases))
    for (const [environment] of entries(servers))
      declared("environment", environment, environments, step("databases", name, "servers", environment));
  for (const [app, { databases }] of entries(config.apps))
    for (const [name] of entries(databases)) declared("database", name, known, step("apps", app, "databases", name));
}

/** The tenants, each with the databases that it gets at. */
export function withDatabases(config: PlatformConfig, tenants: readonly Tenant[], report: Report): Tenant[] {
  const made = tenants.map((tenant) => ({
    ...tenant,
    databases:
      tenant.secretSet === "retired"
        ? []
        : entries(config.apps[tenant.app]!.databases)
            .filter(([name]) => Object.hasOwn(config.databases![name]!.servers, tenant.environment))
            .map(([name, settings]) => bound(config, tenant, name, settings as AppDatabaseConfig, report)),
  }));
  for (const [app, { databases }] of entries(config.apps))
    for (const [name] of entries(databases))
      if (
        !tenants.some((each) => each.app === app && Object.hasOwn(config.databases![name]!.servers, each.environment))
      )
        report(
          step("apps", app, "databases", name),
          name,
          "a database with a server in one of the app's environments",
          `Say where it is in ${step("databases", name, "servers")}.`,
        );
  return made;
}

function bound(
  { name: platform }: PlatformConfig,
  { app, environment, name: tenant, delivery }: Tenant,
  database: string,
  settings: AppDatabaseConfig,
  report: Report,
): BoundDatabase {
  const at = step("apps", app, "databases", database);
  const words = { platform, app, environment };
  const filled = (field: keyof typeof NAMES) =>
    fill(settings.kubernetes?.[field] ?? NAMES[field], { ...words, database }, step(at, "kubernetes", field), report);
  const inDatabase = (field: string, template: string) => fill(template, words, step(at, field), report, DATABASE_NAME);
  const time = (given: DurationText | undefined, otherwise: DurationText) =>
    Duration.parse(given) ?? Duration.of(otherwise);
  const access: DatabaseAccess =
    settings.access === "dynamic"
      ? {
          type: "dynamic",
          memberOf: inDatabase("memberOf", settings.memberOf),
          ttl: time(settings.ttl, "1h"),
          maxTtl: time(settings.maxTtl, "24h"),
        }
      : {
          type: "static",
          username: inDatabase("username", settings.username),
          rotateEvery: time(settings.rotateEvery, "30d"),
        };
  if (access.type === "dynamic" && access.ttl.seconds > access.maxTtl.seconds)
    report(step(at, "ttl"), access.ttl.toString(), `at most maxTtl (${access.maxTtl.toString()})`);
  // The operator's login lasts no longer, and what it asked for ends with it.
  if (access.type === "dynamic" && access.maxTtl.seconds > LONGEST_LEASE.seconds)
    report(step(at, "maxTtl"), access.maxTtl.toString(), `at most ${LONGEST_LEASE.toString()}`);
  if (access.type === "static" && access.rotateEvery.seconds < SHORTEST)
    report(step(at, "rotateEvery"), access.rotateEvery.toString(), `at least ${SHORTEST}s`);
  return {
    called: database,
    role: `${tenant}.${database}`,
    connection: `${database}.${environment}`,
    access,
    ...(delivery && { delivery: { vaultDynamicSecret: filled("vaultDynamicSecret"), secret: filled("secret") } }),
  };
}

/** Seconds: Vault looks that often for passwords to change. Source: Vault's API documentation, "Databases". */
const SHORTEST = 5;

/** Every database in every environment that has one. */
export function resolveDatabases(config: PlatformConfig, tenants: readonly Tenant[]): DatabaseConnection[] {
  return entries(config.databases).flatMap(([called, { servers }]) =>
    entries(servers).map(([environment, server]): DatabaseConnection => {
      const name = `${called}.${environment}`;
      const { port = 5432, ...settings } = server!;
      return {
        ...settings,
        port,
        name,
        called,
        environment,
        vault: config.environments[environment]!.vault,
        roles: tenants
          .flatMap(({ databases }) => databases.filter(({ connection }) => connection === name))
          .map(({ role }) => role)
          .sort(),
      };
    }),
  );
}

/**
 * Reports what two environments, or two apps, would have in common on a server: an administrator, a database, a role
 * that credentials are members of, a role whose password changes.
 */
export function checkDatabases({ vaults, tenants, databases }: Platform, report: Report): void {
  for (const { name, mount } of vaults)
    if (mount === DATABASE_MOUNT && databases.some(({ vault }) => vault === name))
      report(step("vaults", name, "mount"), mount, `another mount than ${DATABASE_MOUNT}`, "The databases are there.");
  const owners = new Map<string, readonly [owner: string, at: string]>();
  const own = (key: string, owner: string, at: string, given: string, what: string) => {
    const [first, there] = owners.get(key) ?? [];
    if (first === undefined) owners.set(key, [owner, at]);
    else if (first !== owner) report(at, given, `${what} of its own`, `${there} has it already.`);
  };
  for (const { called, environment, host, port, database, adminUsername } of databases) {
    const at = step("databases", called, "servers", environment);
    own(`${host}:${port}/${database}`, at, step(at, "database"), database, `a database on ${host}:${port}`);
    own(
      `${host}:${port} ${adminUsername}`,
      at,
      step(at, "adminUsername"),
      adminUsername,
      `an administrator on ${host}:${port}`,
    );
  }
  for (const { app, environment, databases: its } of tenants)
    for (const { called, connection, access } of its) {
      const { host, port } = databases.find(({ name }) => name === connection)!;
      const at = step("apps", app, "databases", called);
      // Apps of one environment may be members of one role.
      if (access.type === "dynamic")
        own(
          `${host}:${port} ${access.memberOf}`,
          `members in ${environment}`,
          step(at, "memberOf"),
          access.memberOf,
          `for each environment a role on ${host}:${port}`,
        );
      else
        own(
          `${host}:${port} ${access.username}`,
          `${at} in ${environment}`,
          step(at, "username"),
          access.username,
          `a role on ${host}:${port}`,
        );
    }
}
