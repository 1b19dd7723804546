import { posix } from "node:path";
import type { ClusterLogin } from "../config/cluster";
import { auditDeviceName } from "../audit-device";
import { BACKUP } from "../backup";
import { canonicalUrl } from "../canonical-url";
import { PLATFORM_ADMIN, type Cluster, type Platform } from "../platform";
import type { Report } from "../problems";
import { VAULT_POLICIES } from "../rules";
import { step } from "../schema";

/** The policy by which people change their own password. */
export const OWN_PASSWORD_POLICY = "own-password";

/** Says whether a key is given a second time, by another; each call of `unique` starts anew. */
type Unique = (what: string) => (key: string, at: string, given?: string) => void;

/** Reports two things that would share a name, a state, a path or an identity. */
export function checkCollisions(platform: Platform, report: Report): void {
  const unique: Unique = (what) => {
    const seen = new Map<string, string>();
    return (key, at, given = key) => {
      const first = seen.get(key);
      if (first !== undefined && first !== at) report(at, given, `${what} of its own`, `${first} has it already.`);
      else seen.set(key, at);
    };
  };

  checkStacks(platform, unique, report);
  checkReleases(platform, unique);
  checkPolicies(platform, unique);
  checkNames(platform, unique, report);
  checkMounts(platform, report);
  checkClusters(platform, unique, report);
  checkObjects(platform, checkNamespaces(platform, report), unique);
  checkKeys(platform, report);
}

/**
 * A key that two sets of an app have would be in its pods once, from the Secret that `envFrom` names last. Source:
 * Kubernetes' documentation, "EnvFromSource".
 */
function checkKeys({ tenants }: Platform, report: Report): void {
  for (const tenant of tenants) {
    const first = new Map(tenant.keys.map((key) => [key, `its own set`]));
    for (const set of tenant.shared)
      for (const key of set.keys) {
        const other = first.get(key);
        if (other === undefined) first.set(key, `shared set ${set.app}`);
        else
          report(
            step("sharedSets", set.app, "keys"),
            key,
            `a key that no other set of ${step("apps", tenant.app)} in ${tenant.environment} has`,
            `${other[0]!.toUpperCase()}${other.slice(1)} has it already: which of the two its pods get would depend ` +
              "on the order of envFrom.",
          );
      }
  }
}

/** A stack's name is its state's key. */
function checkStacks({ stacks }: Platform, unique: Unique, report: Report): void {
  const named = unique("a stack name, and so a state,");
  for (const { name, kind, vault, cluster, environment, backend } of stacks) {
    const at =
      kind === "environment"
        ? step("environments", environment!)
        : kind === "operator"
          ? step("clusters", cluster!)
          : step("vaults", vault!);
    named(name, at);
    if (name.length > 63)
      report(
        at,
        name,
        "a stack name of at most 63 characters",
        "A longer one is cut by some backends, and two states may become one.",
      );
    if (backend.type === "kubernetes" && /-[0-9]+$/.test(name))
      report(
        at,
        name,
        "a stack name that does not end in a dash and a number",
        "The kubernetes backend numbers the parts of a state so, and refuses the name.",
      );
  }
}

/** Names that meet in a path or in the program, and people whose rights would be in each other's way. */
function checkNames(platform: Platform, unique: Unique, report: Report): void {
  for (const vault of platform.vaults) {
    const devices = unique("an audit device path");
    vault.audit.forEach((device, i) => devices(auditDeviceName(device), step("vaults", vault.name, "audit", i)));
  }
  for (const { name } of platform.apps)
    if (name === "constructor")
      report(step("apps", name), name, "another name", "Every construct has a member of this name.");
  // Vault's narrower rule decides alone: what a group reads would take away what the administrator's rules say of the
  // same path.
  for (const { name, groups } of platform.users)
    if (groups.includes(PLATFORM_ADMIN) && groups.length > 1)
      report(
        step("people.users", name, "groups"),
        groups,
        `${PLATFORM_ADMIN} alone, or other groups`,
        "Who runs the platform reads no secret; give the person a second user for that.",
      );
}

function checkReleases(platform: Platform, unique: Unique): void {
  const releases = unique("a Helm release, and so a cluster role binding,");
  for (const { name, installation } of platform.vaults)
    if (installation)
      releases(`${installation.cluster} ${installation.release}`, step("vaults", name), installation.release);
}

function checkPolicies(platform: Platform, unique: Unique): void {
  const policies = unique("a policy name");
  for (const vault of platform.vaults) {
    const policy = (name: string, at: string) => policies(`${vault.name} ${name}`, at, name);
    for (const name of [...VAULT_POLICIES, OWN_PASSWORD_POLICY, ...(vault.installation?.backup ? [BACKUP] : [])])
      policy(name, `Vault's or the product's policy ${name}`);
    for (const group of platform.groups)
      if (group.vaults.includes(vault.name))
        policy(
          group.name,
          group.name === PLATFORM_ADMIN ? `the policy ${PLATFORM_ADMIN}` : step("people.groups", group.name),
        );
    for (const { name: cluster, tokenCache } of platform.clusters)
      if (tokenCache?.vault === vault.name) policy(tokenCache.name, `the operator of ${step("clusters", cluster)}`);
    for (const tenant of platform.tenants)
      if (tenant.vault === vault.name) policy(tenant.name, `${step("apps", tenant.app)} in ${tenant.environment}`);
    // Every Vault's pipeline policies are in its access stack, those of its own stacks alone.
    for (const identity of platform.pipelines?.identities ?? [])
      if (identity.vault === vault.name && identity.rights === identity.name)
        policy(identity.name, `the pipeline's policy ${identity.name}`);
  }
}

/** The CI's mount is not another's, in any Vault. */
function checkMounts(platform: Platform, report: Report): void {
  const mount = platform.pipelines?.mount;
  const other = platform.vaults
    .flatMap(({ authMounts }) => authMounts)
    .find(
      ({ path, type, cluster }) => path === mount && (type === "userpass" || type === "oidc" || cluster !== undefined),
    );
  if (other)
    report(
      "pipelines.mount",
      mount,
      "an auth mount of its own",
      `${other.cluster === undefined ? "People" : "A cluster's workloads"} log in there.`,
    );
}

/** Two names for one cluster would hide who shares a namespace, an operator or a service account. */
function checkClusters({ clusters }: Platform, unique: Unique, report: Report): void {
  const contexts = unique("a kubeconfig context");
  for (const { name, context, kubeconfig } of clusters)
    contexts(`${posix.normalize(kubeconfig)} ${context}`, step("clusters", name), context);
  const remote = (cluster: Cluster) => cluster.auths.map((auth) => auth.login).find((login) => login.type !== "vault");
  clusters.forEach((cluster, i) => {
    const login = remote(cluster);
    const first = login && clusters.slice(0, i).find((other) => sameTokens(login, remote(other)));
    if (first)
      report(
        step("clusters", cluster.name, "login"),
        login.type === "token" ? login.host : login.type === "jwt" ? login.issuer : undefined,
        "an API server, or an issuer with keys, of its own",
        `${step("clusters", first.name)} has it already: each would take the other's service ` +
          `accounts for its own.`,
      );
  });
}

/**
 * Whether one token passes both logins. Issuers have the same name in many clusters; their keys then tell them apart.
 */
function sameTokens(a: ClusterLogin, b: ClusterLogin | undefined): boolean {
  if (a.type === "token") return b?.type === "token" && canonicalUrl(a.host) === canonicalUrl(b.host);
  if (a.type !== "jwt" || b?.type !== "jwt" || canonicalUrl(a.issuer) !== canonicalUrl(b.issuer)) return false;
  const keys = b.publicKeys?.map((key) => key.trim());
  return !a.publicKeys || !keys || a.publicKeys.some((key) => keys.includes(key.trim()));
}

/**
 * A namespace's pods can mount its Secrets: servers, operators and apps each have their own. Returns those that two
 * share.
 */
function checkNamespaces(platform: Platform, report: Report): Set<string> {
  const owners = new Map<string, string>();
  const shared = new Set<string>();
  const own = (cluster: string, namespace: string, owner: string) => {
    const key = `${cluster} ${namespace}`;
    const first = owners.get(key);
    if (first === undefined || first === owner) return void owners.set(key, owner);
    shared.add(key);
    report(owner, namespace, `a namespace of its own in cluster ${cluster}`, `${first} has it already.`);
  };
  for (const { name, installation } of platform.vaults)
    if (installation) own(installation.cluster, installation.namespace, step("vaults", name));
  for (const { name, operator } of platform.clusters)
    if (operator) own(name, operator.namespace, step("clusters", name));
  for (const { environment, delivery } of platform.tenants)
    if (delivery) own(delivery.cluster, delivery.namespace, step("environments", environment));
  return shared;
}

/**
 * Two tenants in one namespace must not share an object; a shared service account is a shared identity. In a shared
 * namespace that is said.
 */
function checkObjects(platform: Platform, shared: Set<string>, unique: Unique): void {
  const kinds = [
    ["serviceAccount", unique("a (cluster, namespace, service account)")],
    ["vaultAuth", unique("a VaultAuth in its namespace")],
    ["vaultStaticSecret", unique("a VaultStaticSecret in its namespace")],
    ["secret", unique("a Secret in its namespace")],
  ] as const;
  const dynamicSecrets = unique("a VaultDynamicSecret in its namespace");
  for (const { app, environment, vault, delivery, shared: sets, databases } of platform.tenants) {
    if (!delivery || shared.has(`${delivery.cluster} ${delivery.namespace}`)) continue;
    const ca = platform.vaults.find((v) => v.name === vault)?.ca;
    if (ca)
      kinds[3][1](
        `${delivery.cluster} ${delivery.namespace} ${"secret" in ca ? ca.secret : `${platform.name}-vault-ca`}`,
        `${step("vaults", vault)}.ca`,
      );
    for (const [field, once] of kinds)
      once(
        `${delivery.cluster} ${delivery.namespace} ${delivery[field]}`,
        `${step("apps", app)} in ${environment}`,
        `${delivery.namespace}/${delivery[field]}`,
      );
    for (const set of sets)
      for (const [field, once] of kinds.slice(2))
        once(
          `${delivery.cluster} ${delivery.namespace} ${set.delivery![field]}`,
          `${step("sharedSets", set.app)} at ${app} in ${environment}`,
          `${delivery.namespace}/${set.delivery![field]}`,
        );
    for (const { called, delivery: names } of databases) {
      const at = `${step("databases", called)} at ${app} in ${environment}`;
      const once = (what: ReturnType<Unique>, name: string) =>
        what(`${delivery.cluster} ${delivery.namespace} ${name}`, at, `${delivery.namespace}/${name}`);
      once(kinds[3][1], names!.secret);
      once(dynamicSecrets, names!.vaultDynamicSecret);
    }
  }
}
