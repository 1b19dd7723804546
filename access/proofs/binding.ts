import type { Acl } from "../../policies/evaluate";
import { objectIn, textsIn } from "../../resource-types";
import type { Access } from "../access";
import { admits, type Login } from "../identities";
import type { KubernetesObject } from "../kubernetes-object";
import { nameOf, type Resource } from "../read-stacks";
import type { Role, VaultSide } from "../vault-side";
import { steps, type Claim } from "./finding";

/**
 * Every binding's chain is whole: VaultStaticSecret or VaultDynamicSecret → VaultAuth → role → service account → policy
 * → path; and every policy named exists.
 */
export function binding(access: Access): Claim[] {
  const known: Known = {
    logins: new Map(access.identities.flatMap(({ logins }) => logins.map((login) => [login.role, login]))),
    roles: new Map(
      access.vaults.flatMap(({ name, roles }) =>
        roles.map((role) => [`${name} ${role.mount} ${role.name}`, role] as const),
      ),
    ),
    sets: new Set(access.sets.map((set) => `${set.vault} ${set.name}`)),
  };
  return [
    ...[...access.kubernetes.staticSecrets, ...access.kubernetes.dynamicSecrets].flatMap((secret) =>
      chainClaims(access, secret, known),
    ),
    ...access.vaults.flatMap(missing),
  ];
}

/** What is looked up for each of thousands of bindings. */
interface Known {
  readonly logins: ReadonlyMap<Role | undefined, Login>;
  /** By Vault, mount and name. */
  readonly roles: ReadonlyMap<string, Role>;
  /** Vault and name. */
  readonly sets: ReadonlySet<string>;
}

/** What is wrong with a chain: the object, a sentence, and what to do. */
type Break = readonly [object: string, says: string, hint: string];

/** Something that a binding names and that is not there. */
function none(object: string, hint: string, more = ""): Break {
  return [object, `there is no ${object}${more}`, hint];
}

/** Follows one binding and says the first thing that breaks it. */
function chainClaims(access: Access, secret: KubernetesObject, known: Known): Claim[] {
  const way: Resource[] = [secret.resource];
  const broken = chain(access, secret, known, way);
  if (!broken) return [];
  const [object, says, hint] = broken;
  const subject = nameOf(secret.resource);
  return [{ subject, object, says: `${secret.kind} ${secret.key}: ${says}`, path: steps(...way), hint }];
}

/** The first thing that breaks a binding; the resources up to there are added to the way. */
function chain(
  { kubernetes, vaults }: Access,
  secret: KubernetesObject,
  { logins, roles, sets }: Known,
  way: Resource[],
): Break | undefined {
  const { cluster, spec } = secret;
  const vault = vaults.find(({ name }) => name === secret.vault);
  if (!vault)
    return [
      `Vault ${secret.vault}`,
      `its stack's Vault, ${secret.vault}, has no stacks here`,
      "Synthesize every stack.",
    ];

  // `namespace/name`, or a name in the object's own namespace.
  const ref = String(spec.vaultAuthRef);
  const authName = ref.includes("/") ? ref : `${secret.namespace}/${ref}`;
  const auth = kubernetes.auths.get(`${cluster}/${authName}`);
  if (!auth) return none(`VaultAuth ${authName}`, "vaultAuthRef names a VaultAuth of its own namespace.");
  way.push(auth.resource);
  const { namespace } = auth;
  if (namespace !== secret.namespace)
    return [
      `VaultAuth ${auth.key}`,
      `its VaultAuth is in another namespace, ${namespace}`,
      "Each app has a VaultAuth of its own, in its namespace.",
    ];
  const connection = `${cluster}/${namespace}/${String(auth.spec.vaultConnectionRef)}`;
  if (!kubernetes.connections.has(connection))
    return none(`VaultConnection ${connection}`, "vaultConnectionRef names one of the same namespace.");

  const method = String(auth.spec.method);
  const login = objectIn(auth.spec[method]);
  const accountName = `${namespace}/${String(login.serviceAccount)}`;
  const account = kubernetes.accounts.get(`${cluster}/${accountName}`);
  if (!account)
    return [
      `ServiceAccount ${accountName}`,
      `there is no service account ${accountName}`,
      "The VaultAuth logs in as a service account of its namespace.",
    ];
  if (account.app !== secret.app)
    return [
      `ServiceAccount ${accountName}`,
      `its login is the service account of ${account.app ?? "no app"}, and it is ${secret.app ?? "no app"}'s`,
      "Each app logs in as its own service account.",
    ];
  way.push(account.resource);

  const at = String(auth.spec.mount);
  const mount = vault.auth.get(at);
  const inVault = ` in Vault ${vault.name}`;
  if (!mount) return none(`auth mount ${at}`, "The access stack makes one for each cluster.", inVault);
  if (mount.type !== method)
    return [
      `auth mount ${at}`,
      `its method is ${method}, and the mount ${at} is ${mount.type}`,
      "The VaultAuth's method is the mount's type.",
    ];
  if (mount.cluster !== cluster)
    return [
      `auth mount ${at}`,
      `the mount ${at} is for cluster ${mount.cluster ?? "none"}, and the binding is in ${cluster}`,
      "Each cluster has its own auth mount.",
    ];
  const roleName = `${at}/${String(login.role)}`;
  const role = roles.get(`${vault.name} ${at} ${String(login.role)}`);
  if (!role) return none(`role ${roleName}`, "The VaultAuth names the workload's role.", inVault);
  if (!role.accounts.some((each) => admits(each.namespace, namespace) && admits(each.name, account.name)))
    return [
      nameOf(role.resource),
      `role ${role.name} does not admit ${namespace}/${account.name}`,
      "The role is bound to the service account of its binding.",
    ];
  const audiences = textsIn(login.audiences);
  // A token for somebody else too is worth as much there.
  if (
    role.audiences.length > 0 &&
    (audiences.length === 0 || !audiences.every((each) => role.audiences.includes(each)))
  )
    return [
      nameOf(role.resource),
      `role ${role.name} takes tokens for ${role.audiences.join(", ")}, and the VaultAuth ` +
        `asks for ${audiences.join(", ") || "none"}`,
      "Both name the same audience.",
    ];
  way.push(role.resource);

  const lost = role.policies.find((policy) => !vault.policies.has(policy));
  if (lost !== undefined)
    return [
      `policy ${lost}`,
      `role ${role.name} has the policy ${lost}, which no stack writes`,
      "Name the policy of the set.",
    ];
  way.push(...role.policies.map((policy) => vault.policies.get(policy)!.resource));
  const acl = logins.get(role)?.acl;
  const broken =
    secret.kind === "VaultDynamicSecret"
      ? credentials(vault, secret, role, acl, sets)
      : values(vault, secret, role, acl, sets);
  if (broken) return broken;
  const { create, name } = objectIn(spec.destination);
  const target = `${cluster}/${secret.namespace}/${String(name)}`;
  if (create !== true && !kubernetes.secrets.has(target))
    return none(`Secret ${target}`, "Make it, or say create: true.", ", and the operator is not to make it");
  return undefined;
}

/** What breaks a binding at its set of kv-v2. */
function values(
  vault: VaultSide,
  { spec }: KubernetesObject,
  role: Role,
  acl: Acl | undefined,
  sets: Known["sets"],
): Break | undefined {
  const [kv, inside] = [String(spec.mount), String(spec.path)];
  if (!vault.mounts.has(kv))
    return [
      `mount ${kv}`,
      `there is no kv-v2 mount ${kv} in Vault ${vault.name}`,
      "spec.mount is the Vault's kv-v2 mount.",
    ];
  if (spec.type !== "kv-v2") return ["type", `its type is ${String(spec.type)}`, "The mount is kv-v2."];
  const data = `${kv}/data/${inside}`;
  if (!acl?.allows("read", data).allowed)
    return [data, `role ${role.name} cannot read ${data}`, "The role's policy grants read on the exact data/ path."];
  if (!sets.has(`${vault.name} ${kv}/${inside}`))
    return [
      data,
      `there is no secret set ${kv}/${inside}`,
      "The environment's stack places it, or the config calls it existing.",
    ];
  return undefined;
}

/** What breaks a binding at its database. */
function credentials(
  vault: VaultSide,
  { spec }: KubernetesObject,
  role: Role,
  acl: Acl | undefined,
  sets: Known["sets"],
): Break | undefined {
  const [mount, inside] = [String(spec.mount), String(spec.path)];
  const path = `${mount}/${inside}`;
  if (!vault.databaseMounts.has(mount))
    return none(`database mount ${mount}`, "spec.mount is the Vault's mount of databases.", ` in Vault ${vault.name}`);
  if (!acl?.allows("read", path).allowed)
    return [path, `role ${role.name} cannot read ${path}`, "The role's policy grants read on the exact path."];
  if (!sets.has(`${vault.name} ${path}`))
    return [path, `there is no database role at ${path}`, "The config gives the app the database."];
  if ((spec.allowStaticCreds === true) !== inside.startsWith("static-creds/"))
    return [path, "allowStaticCreds is not as its path says", "It is for static-creds/ alone."];
  return undefined;
}

/** Policies that groups, people or pipelines are given and nobody writes, and users that their groups do not reach. */
function missing(vault: VaultSide): Claim[] {
  const lost = (resource: Resource, policies: readonly string[]): Claim[] =>
    policies
      .filter((policy) => policy !== "default" && !vault.policies.has(policy))
      .map((policy) => ({
        subject: nameOf(resource),
        object: `policy ${policy}`,
        says: `${resource.address} has the policy ${policy}, which no stack of Vault ${vault.name} writes`,
        path: steps(resource, `policy ${policy}`),
        hint: "Whoever makes a policy of that name later decides what it grants. Write it, or take it out.",
      }));
  const strangers = vault.people
    .filter(({ entity }) => !entity)
    .map(({ name, resource }): Claim => ({
      subject: `person ${name}`,
      object: nameOf(resource),
      says: `user ${name} has no alias to an entity: no group reaches it`,
      path: steps(resource),
      hint: "An alias with the user's name and the mount's accessor joins it to its entity.",
    }));
  const given = [
    ...vault.groups,
    ...vault.people.map(({ entity, resource, policies, entityPolicies }) => ({
      resource: entity ?? resource,
      policies: [...policies, ...entityPolicies],
    })),
    ...vault.roles.filter(({ accounts }) => accounts.length === 0),
  ];
  return [...given.flatMap(({ resource, policies }) => lost(resource, policies)), ...strangers];
}
