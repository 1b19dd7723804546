import { LONGEST_RELEASE, serverRelease } from "../addresses";
import type { AppConfig } from "../config/app";
import type { GeneratedConfig } from "../config/generated";
import type { PlatformConfig } from "../config/platform";
import type { VaultConfig } from "../config/vault";
import { Duration } from "../duration";
import { generatedBy, neededLength } from "../generated";
import { PLATFORM_ADMIN } from "../platform";
import { didYouMean, type Report } from "../problems";
import { canonicalUrl } from "../canonical-url";
import { checkDatabaseReferences } from "./databases";
import { checkPipelines } from "./pipelines";
import { entries, isRecord } from "../record";
import { fieldReport, LONGEST_LIST, step } from "../schema";

/** The members of a list, each with its place; none of anything else, which the shape has reported. */
function members<T>(value: readonly T[] | undefined): [number, T][] {
  return Array.isArray(value) && value.length <= LONGEST_LIST ? [...(value as T[]).entries()] : [];
}

/** The texts of a list, each with its place. */
function texts(value: unknown): [number, string][] {
  return members(value as readonly unknown[]).filter((each): each is [number, string] => typeof each[1] === "string");
}

/** The names that an object declares; none of anything else. */
function namesOf(value: unknown): string[] {
  return isRecord(value) ? Object.keys(value) : [];
}

/** What is declared by this name; undefined for what is no name, which the shape has reported. */
function entry<T>(value: { readonly [name: string]: T } | undefined, name: unknown): T | undefined {
  return entries(value).find(([each]) => each === name)?.[1];
}

/** Names in a line; of many the first, since a message is for reading. */
function some(names: readonly string[]): string {
  return names.length <= 12 ? names.join(", ") : `${names.slice(0, 10).join(", ")} and ${names.length - 10} more`;
}

/** Reports a name that is not among the declared ones. */
function declared(kind: string, names: readonly string[], given: unknown, at: string, report: Report): boolean {
  if (typeof given !== "string" || names.includes(given)) return true;
  return report(
    at,
    given,
    names.length ? `a declared ${kind}: ${some(names)}` : `a declared ${kind}, and none is declared`,
    didYouMean(given, names),
  );
}

/** Settings that only a server that we install has. */
const INSTALLATION_ONLY = [
  "namespace",
  "mode",
  "replicas",
  "tls",
  "unsafeDestroy",
  "seal",
  "storage",
  "auditStorage",
  "backup",
  "alerts",
  "resources",
  "networkPolicy",
  "ui",
  "image",
  "chart",
  "values",
] as const;

/** Reports what refers to nothing and what does not go together, in a config of any shape. */
export function checkReferences(config: PlatformConfig, report: Report): void {
  for (const [name, vault] of entries(config.vaults)) checkVault(config, vault, step("vaults", name), report);
  checkAddresses(config, report);
  checkLogins(config, report);
  checkEnvironments(config, report);
  checkSets(config, report);
  checkPeople(config, report);
  checkPipelines(config, report);
  checkDatabaseReferences(config, report);
  for (const [i, waiver] of members(config.waivers))
    if (isRecord(waiver)) declared("Vault", namesOf(config.vaults), waiver.vault, step("waivers", i, "vault"), report);
}

function checkVault(config: PlatformConfig, vault: VaultConfig, at: string, report: Report): void {
  const wrong = fieldReport(vault, at, report);
  declared("cluster", namesOf(config.clusters), vault.cluster, step(at, "cluster"), report);
  if (vault.cluster === undefined) {
    if (vault.address === undefined) wrong("address", "the URL of a Vault that exists", "Give cluster to install one.");
    for (const field of INSTALLATION_ONLY)
      if (vault[field] !== undefined)
        wrong(
          field,
          "only beside cluster",
          "Without cluster the Vault exists already, and this setting has no effect.",
        );
  } else {
    if (vault.version !== undefined)
      wrong("version", "only of a Vault that exists", "image.tag says which one is installed beside cluster.");
    if (vault.adopted !== undefined)
      wrong("adopted", "only of a Vault that exists", "A server that is installed held nothing before.");
    if (vault.tls === undefined && vault.unsafeNoTls !== true)
      wrong("tls", "{ secret } or { certManager }", "unsafeNoTls: true runs it without TLS.");
    if (vault.address === undefined && namesOf(config.vaults).length > 1)
      wrong("address", "the URL of this Vault", "With more Vaults than one, VAULT_ADDR cannot say which is meant.");
  }
  const release = typeof vault.namespace === "string" ? serverRelease(vault.namespace) : "";
  if (release.length > LONGEST_RELEASE)
    wrong("namespace", `a name whose release (${release}) has at most ${LONGEST_RELEASE} characters`);
  if (vault.tls && vault.unsafeNoTls === true)
    wrong("unsafeNoTls", "either tls or unsafeNoTls", "Leave unsafeNoTls out.");
  if (vault.ca !== undefined && vault.unsafeNoTls === true && !String(vault.address).startsWith("https:"))
    wrong("ca", "only with TLS", "Without it there is no certificate to check.");
  if (vault.unsafeNoTls !== true && typeof vault.address === "string" && vault.address.startsWith("http:"))
    wrong("address", "an https URL", "unsafeNoTls: true allows http.");
  if (vault.replicas !== undefined && vault.mode !== "ha")
    wrong("replicas", 'only beside mode: "ha"', "File storage has one replica.");
  if (vault.backup !== undefined && vault.cluster !== undefined && vault.mode !== "ha")
    wrong("backup", 'only beside mode: "ha"', "Of file storage Vault takes no snapshots: copy its stopped volume.");
  const [ttl, maxTtl] = [Duration.parse(vault.tokenTtl ?? "1h"), Duration.parse(vault.tokenMaxTtl ?? "8h")];
  if (ttl && maxTtl && ttl.seconds > maxTtl.seconds)
    report(
      step(at, "tokenTtl"),
      vault.tokenTtl ?? "1h",
      `at most tokenMaxTtl (${maxTtl})`,
      vault.tokenTtl === undefined ? "It is the default." : undefined,
    );
}

/** Two Vaults at one address would write the same mount from two access stacks. */
function checkAddresses(config: PlatformConfig, report: Report): void {
  const seen = new Map<string, string>();
  for (const [name, vault] of entries(config.vaults)) {
    if (typeof vault.address !== "string") continue;
    const key = canonicalUrl(vault.address);
    const first = seen.get(key);
    if (first)
      report(
        step("vaults", name, "address"),
        vault.address,
        "an address of its own",
        `${step("vaults", first)} has it already.`,
      );
    else seen.set(key, name);
  }
}

/** A login beside a Vault of the same cluster is for other Vaults; where there are none it would be ignored. */
function checkLogins(config: PlatformConfig, report: Report): void {
  for (const [name, { login }] of entries(config.clusters)) {
    const vaults = entries(config.environments).flatMap(([, e]) =>
      e.cluster === name ? [entry(config.vaults, e.vault)] : [],
    );
    if (login && login.type !== "vault" && vaults.length > 0 && vaults.every((vault) => vault?.cluster === name))
      report(
        step("clusters", name, "login"),
        login,
        "only where an environment here has its Vault elsewhere",
        "A Vault checks the tokens of its own cluster with its own service account.",
      );
  }
}

/** Fields of an environment that are about its Kubernetes side. */
const ON_A_CLUSTER = [
  "namespace",
  "createNamespace",
  "refreshAfter",
  "restarts",
  "pinnedVersions",
  "secretOwner",
  "delivery",
  "movesDelivery",
] as const;

function checkEnvironments(config: PlatformConfig, report: Report): void {
  for (const [name, environment] of entries(config.environments)) {
    const at = step("environments", name);
    const wrong = fieldReport(environment, at, report);
    const known = declared("Vault", namesOf(config.vaults), environment.vault, step(at, "vault"), report);
    const there = declared("cluster", namesOf(config.clusters), environment.cluster, step(at, "cluster"), report);
    if (environment.cluster === undefined) {
      for (const field of ON_A_CLUSTER)
        if (environment[field] !== undefined)
          wrong(field, "only beside cluster", "Without a cluster the environment has no Kubernetes side.");
      continue;
    }
    if (environment.restarts === "automatic" && (environment.secretOwner ?? config.secretOwner) !== "operator")
      wrong(
        "restarts",
        'beside secretOwner: "operator"',
        "A Secret that Terraform made looks changed to the operator each time: it would restart at every refreshAfter.",
      );
    const vault = entry(config.vaults, environment.vault);
    const cluster = entry(config.clusters, environment.cluster);
    if (!known || !there || !vault || !cluster || vault.cluster === environment.cluster) continue;
    if (vault.cluster !== undefined && !entry(config.clusters, vault.cluster)) continue;
    if (!cluster.login || cluster.login.type === "vault")
      report(
        step("clusters", environment.cluster, "login"),
        cluster.login,
        '{ type: "token", … } or { type: "jwt", … }',
        `${at} runs there and its Vault, ${environment.vault}, does not.`,
      );
    if (vault.address === undefined)
      report(
        step("vaults", environment.vault, "address"),
        undefined,
        "a URL that other clusters reach",
        `${at} is in another cluster.`,
      );
  }
}

function checkSets(config: PlatformConfig, report: Report): void {
  const apps = namesOf(config.apps);
  for (const [name, app] of entries(config.apps)) checkSet(config, app, "app", step("apps", name), report);
  for (const [name, set] of entries(config.sharedSets)) {
    const at = step("sharedSets", name);
    checkSet(config, set, "shared set", at, report);
    for (const [i, app] of texts(set.readBy)) declared("app", apps, app, step(at, "readBy", i), report);
    if (apps.includes(name))
      report(at, name, "a name that no app has", "Commands and paths know a set by its name alone.");
  }
}

function checkSet(
  { environments: known }: PlatformConfig,
  { keys, generated, environments }: Pick<AppConfig, "keys" | "generated" | "environments">,
  what: string,
  at: string,
  report: Report,
): void {
  const [names, all] = [namesOf(known), texts(keys).map(([, key]) => key)];
  for (const [key, how] of entries(generated as { readonly [key: string]: GeneratedConfig } | undefined)) {
    const here = step(at, "generated", key);
    declared(`key of this ${what}`, all, key, here, report);
    if (!isRecord(how)) continue;
    const { length, alphabet } = generatedBy(how);
    const needed = length >= 16 && alphabet?.length > 1 && neededLength({ length, alphabet });
    if (needed) report(step(here, "length"), length, `at least ${needed}`, "Fewer of these characters are guessed.");
  }
  for (const [i, environment] of texts(environments))
    declared("environment", names, environment, step(at, "environments", i), report);
  if (Array.isArray(environments)) return;
  for (const [environment, settings] of entries(
    environments as { [name: string]: { keys?: readonly string[] } } | undefined,
  )) {
    const here = step(at, "environments", environment);
    declared("environment", names, environment, here, report);
    for (const [i, key] of texts(settings.keys))
      declared(`key of this ${what}`, all, key, step(here, "keys", i), report);
  }
}

function checkPeople(config: PlatformConfig, report: Report): void {
  const people = [...namesOf(config.people?.users), PLATFORM_ADMIN];
  for (const [name, vault] of entries(config.vaults))
    for (const user of namesOf(vault.adopted?.users))
      declared("user", people, user, step("vaults", name, "adopted", "users", user), report);
  const groups = namesOf(config.people?.groups);
  const apps = namesOf(config.apps);
  const environments = namesOf(config.environments);
  const sharedSets = namesOf(config.sharedSets);
  if (groups.includes(PLATFORM_ADMIN))
    report(
      step("people.groups", PLATFORM_ADMIN),
      PLATFORM_ADMIN,
      "another name",
      "This group is always there; put people in it by their groups.",
    );
  for (const [group, { grants }] of entries(config.people?.groups)) {
    for (const [i, grant] of members(grants)) {
      const at = step("people.groups", group, "grants", i);
      for (const [j, app] of texts(grant?.apps)) declared("app", apps, app, step(at, "apps", j), report);
      for (const [j, set] of texts(grant?.sharedSets))
        declared("shared set", sharedSets, set, step(at, "sharedSets", j), report);
      if (isRecord(grant) && grant.apps === undefined && grant.sharedSets === undefined)
        report(step(at, "apps"), undefined, '"all", or a list of apps; or sharedSets');
      if (grant?.apps === "all" && grant.sharedSets !== undefined)
        report(
          step(at, "sharedSets"),
          grant.sharedSets,
          'only without apps: "all"',
          '"all" has the shared ones in it.',
        );
      for (const [j, environment] of texts(grant?.environments))
        declared("environment", environments, environment, step(at, "environments", j), report);
    }
  }
  for (const [user, settings] of entries(config.people?.users)) {
    const at = step("people.users", user);
    if (user === PLATFORM_ADMIN)
      report(at, user, "another name", "This user is always there, in the group of the same name.");
    for (const [i, group] of texts(settings.groups))
      declared("group", [...groups, PLATFORM_ADMIN], group, step(at, "groups", i), report);
  }
}
