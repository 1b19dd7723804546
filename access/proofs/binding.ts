import type { Access } from "../access";
import { admits, type Login } from "../identities";
import type { KubernetesObject } from "../kubernetes-side";
import { isObject, type JsonObject } from "../../resource-types";
import { nameOf, type Resource } from "../read-stacks";
import type { Role, VaultSide } from "../vault-side";
import { steps, type Claim } from "./finding";

/**
 * Every binding's chain is whole: VaultStaticSecret → VaultAuth → role → service account → policy → path; and every
 * policy named exists.
 */
export function binding(access: Access): Claim[] {
  const known: Known = {
    logins: new Map(
      access.identities.flatMap(({ logins }) =>
        logins.flatMap((login) => (login.role ? [[login.role, login] as const] : [])),
      ),
    ),
    roles: new Map(
      access.vaults.flatMap(({ name, roles }) =>
        roles.map((role) => [`${name} ${role.mount} ${role.name}`, role] as const),
      ),
    ),
    sets: new Set(access.sets.map((set) => `${set.vault} ${set.name}`)),
  };
  return [
    ...access.kubernetes.staticSecrets.flatMap((secret) => chain(access, secret, known)),
    ...access.vaults.flatMap(missing),
  ];
}

/** What is looked up for each of thousands of bindings. */
interface Known {
  readonly logins: ReadonlyMap<Role, Login>;
  /** By Vault, mount and name. */
  readonly roles: ReadonlyMap<string, Role>;
  /** Vault and name. */
  readonly sets: ReadonlySet<string>;
}

/** Follows one binding and says the first thing that breaks it. */
function chain({ kubernetes, vaults }: Access, secret: KubernetesObject, { logins, roles, sets }: Known): Claim[] {
  const path: (Resource | string)[] = [secret.resource];
  const broken = (object: string, says: string, hint: string): Claim[] => [
    {
      subject: nameOf(secret.resource),
      object,
      says: `VaultStaticSecret ${secret.key}: ${says}`,
      path: steps(...path),
      hint,
    },
  ];
  const vault = vaults.find(({ name }) => name === secret.vault);
  if (!vault)
    return broken(
      `Vault ${secret.vault}`,
      `its stack's Vault, ${secret.vault}, has no stacks here`,
      "Synthesize every stack.",
    );

  const [namespace, name] = split(String(secret.spec.vaultAuthRef), secret.namespace);
  const auth = kubernetes.auths.get(`${secret.cluster}/${namespace}/${name}`);
  if (!auth)
    return broken(
      `VaultAuth ${namespace}/${name}`,
      `there is no VaultAuth ${namespace}/${name}`,
      "vaultAuthRef names a VaultAuth of its own namespace.",
    );
  path.push(auth.resource);
  if (auth.namespace !== secret.namespace)
    return broken(
      `VaultAuth ${auth.key}`,
      `its VaultAuth is in another namespace, ${auth.namespace}`,
      "Each app has a VaultAuth of its own, in its namespace.",
    );
  const connection = `${secret.cluster}/${auth.namespace}/${String(auth.spec.vaultConnectionRef)}`;
  if (!kubernetes.connections.has(connection))
    return broken(
      `VaultConnection ${connection}`,
      `there is no VaultConnection ${connection}`,
      "vaultConnectionRef names one of the same namespace.",
    );

  const method = String(auth.spec.method);
  const login: JsonObject = isObject(auth.spec[method]) ? auth.spec[method] : {};
  const account = kubernetes.accounts.get(`${secret.cluster}/${auth.namespace}/${String(login.serviceAccount)}`);
  if (!account)
    return broken(
      `ServiceAccount ${auth.namespace}/${String(login.serviceAccount)}`,
      `there is no service account ${auth.namespace}/${String(login.serviceAccount)}`,
      "The VaultAuth logs in as a service account of its namespace.",
    );
  path.push(account.resource);
  const wrong = loginProblem(vault, roles, secret, auth, method, login, account);
  if ("says" in wrong) return broken(wrong.object, wrong.says, wrong.hint);
  path.push(wrong.role.resource);

  const { role } = wrong;
  const lost = role.policies.find((policy) => !vault.policies.has(policy));
  if (lost !== undefined)
    return broken(
      `policy ${lost}`,
      `role ${role.name} has the policy ${lost}, which no stack writes`,
      "Name the policy of the set.",
    );
  path.push(...role.policies.map((policy) => vault.policies.get(policy)!.resource));
  const [mount, inside] = [String(secret.spec.mount), String(secret.spec.path)];
  if (!vault.mounts.has(mount))
    return broken(
      `mount ${mount}`,
      `there is no kv-v2 mount ${mount} in Vault ${vault.name}`,
      "spec.mount is the Vault's kv-v2 mount.",
    );
  if (secret.spec.type !== "kv-v2")
    return broken("type", `its type is ${String(secret.spec.type)}`, "The mount is kv-v2.");
  const data = `${mount}/data/${inside}`;
  if (!logins.get(role)?.acl.allows("read", data).allowed)
    return broken(
      data,
      `role ${role.name} cannot read ${data}`,
      "The role's policy grants read on the exact data/ path.",
    );
  if (!sets.has(`${vault.name} ${mount}/${inside}`))
    return broken(
      data,
      `there is no secret set ${mount}/${inside}`,
      "The environment's stack places it, or the config calls it existing.",
    );
  const destination = isObject(secret.spec.destination) ? secret.spec.destination : {};
  const target = `${secret.cluster}/${secret.namespace}/${String(destination.name)}`;
  if (destination.create !== true && !kubernetes.secrets.has(target))
    return broken(
      `Secret ${target}`,
      `there is no Secret ${target}, and the operator is not to make it`,
      "Make it, or say create: true.",
    );
  return [];
}

/** What keeps a service account from taking a role, or the role. */
function loginProblem(
  vault: VaultSide,
  roles: ReadonlyMap<string, Role>,
  secret: KubernetesObject,
  auth: KubernetesObject,
  method: string,
  login: JsonObject,
  account: KubernetesObject,
): { readonly object: string; readonly says: string; readonly hint: string } | { readonly role: Role } {
  const at = String(auth.spec.mount);
  const mount = vault.auth.get(at);
  if (!mount)
    return {
      object: `auth mount ${at}`,
      says: `there is no auth mount ${at} in Vault ${vault.name}`,
      hint: "The access stack makes one for each cluster.",
    };
  if (mount.type !== method)
    return {
      object: `auth mount ${at}`,
      says: `its method is ${method}, and the mount ${at} is ${mount.type}`,
      hint: "The VaultAuth's method is the mount's type.",
    };
  if (mount.cluster !== secret.cluster)
    return {
      object: `auth mount ${at}`,
      says: `the mount ${at} is for cluster ${mount.cluster ?? "none"}, and the binding is in ${secret.cluster}`,
      hint: "Each cluster has its own auth mount.",
    };
  const role = roles.get(`${vault.name} ${at} ${String(login.role)}`);
  if (!role)
    return {
      object: `role ${at}/${String(login.role)}`,
      says: `there is no role ${at}/${String(login.role)} in Vault ${vault.name}`,
      hint: "The VaultAuth names the workload's role.",
    };
  if (!role.accounts.some(({ namespace, name }) => admits(namespace, account.namespace) && admits(name, account.name)))
    return {
      object: nameOf(role.resource),
      says: `role ${role.name} does not admit ${account.namespace}/${account.name}`,
      hint: "The role is bound to the service account of its binding.",
    };
  const audiences = Array.isArray(login.audiences) ? (login.audiences as readonly unknown[]).map(String) : [];
  if (role.audiences.length > 0 && !role.audiences.some((audience) => audiences.includes(audience)))
    return {
      object: nameOf(role.resource),
      says:
        `role ${role.name} takes tokens for ${role.audiences.join(", ")}, and the VaultAuth ` +
        `asks for ${audiences.join(", ") || "none"}`,
      hint: "Both name the same audience.",
    };
  return { role };
}

/** `namespace/name`, or a name in the object's own namespace. */
function split(reference: string, own: string): [string, string] {
  const slash = reference.indexOf("/");
  return slash < 0 ? [own, reference] : [reference.slice(0, slash), reference.slice(slash + 1)];
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
  const unbound = vault.roles.filter((role) => role.accounts.length === 0);
  return [
    ...vault.groups.flatMap(({ resource, policies }) => lost(resource, policies)),
    ...vault.people.flatMap((person) =>
      lost(person.entity ?? person.resource, [...person.policies, ...person.entityPolicies]),
    ),
    ...unbound.flatMap(({ resource, policies }) => lost(resource, policies)),
    ...strangers,
  ];
}
