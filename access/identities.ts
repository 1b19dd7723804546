import { Acl, type NamedPolicy, defaultPolicy, type Identity as TemplateIdentity } from "../policies/evaluate";
import type { KubernetesObject } from "./kubernetes-object";
import type { KubernetesSide } from "./kubernetes-side";
import type { Resource } from "./read-stacks";
import { cached, compare, unique } from "./collections";
import type { IdentityGroup, Person } from "./vault-people";
import type { Policy, Role, VaultSide } from "./vault-side";

/** A policy that a token has, and how it came by it. */
export interface Holding {
  readonly policy: string;
  /** Absent where no stack writes it: `default`, or one that is missing. */
  readonly written?: Policy;
  /** From the user or role to what names the policy. */
  readonly through: readonly Resource[];
}

/** One way for an identity to get a token. Policies of different tokens never add up. */
export interface Login {
  readonly vault: VaultSide;
  /** As Vault's path has it: `auth/userpass/login/<user>`, `auth/kubernetes/login` with the role. */
  readonly words: string;
  readonly resource: Resource;
  /** Of a workload or a pipeline. */
  readonly role?: Role;
  readonly person?: Person;
  readonly holdings: readonly Holding[];
  readonly acl: Acl;
}

/** Somebody or something that can get a token. */
export interface Identity {
  readonly kind: "person" | "workload" | "pipeline";
  /** As reports say it: `person jonas.weber`, `workload prod-eu/payments/payments-sa`, `pipeline prod/jwt/deploy`. */
  readonly name: string;
  /** The name without the kind, as tables say it. */
  readonly short: string;
  /** Of a workload: its service account, where a stack makes it. */
  readonly account?: KubernetesObject;
  /** Of a workload: whether it stands for more service accounts than one (a role with `*`). */
  readonly many: boolean;
  /** Names of the groups that a person is in. */
  readonly groups: readonly string[];
  readonly logins: readonly Login[];
}

interface Draft extends Omit<Identity, "name"> {
  readonly groups: string[];
  readonly logins: Login[];
}

/** The draft of an identity, with what more is known of it where it is new. */
type MakeDraft = (kind: Identity["kind"], short: string, more?: Partial<Draft>) => Draft;

/** Every identity that can log in somewhere: people, then workloads, then pipelines, by name. */
export function readIdentities(vaults: readonly VaultSide[], kubernetes: KubernetesSide): Identity[] {
  const drafts = new Map<string, Draft>();
  const draft: MakeDraft = (kind, short, more) =>
    cached(drafts, `${kind} ${short}`, () => ({ kind, short, many: false, groups: [], logins: [], ...more }));
  for (const vault of vaults) {
    const memberships = new Map<Resource, IdentityGroup[]>();
    for (const group of vault.groups)
      for (const entity of group.members) memberships.set(entity, [...(memberships.get(entity) ?? []), group]);
    for (const person of vault.people) {
      const groups = person.entity ? (memberships.get(person.entity) ?? []) : [];
      const { logins, groups: names } = draft("person", person.name);
      logins.push(personLogin(vault, person, groups));
      names.push(...groups.map(({ name }) => name));
    }
    for (const role of vault.roles)
      if (role.forPeople) everyone(vault, role, draft);
      else for (const holder of roleHolders(vault, role, kubernetes, draft)) holder.logins.push(roleLogin(vault, role));
  }
  const kinds = ["person", "workload", "pipeline"];
  return [...drafts]
    .map(([name, made]): Identity => ({ ...made, name, groups: unique(made.groups).sort() }))
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || compare(a.name, b.name));
}

/**
 * Whoever an identity provider has, and whoever it has in each group that is one of ours. Who is in several is not
 * known here: of the rules that fit a path Vault takes the narrowest, and its capabilities from every policy that has
 * it, so that nobody in two groups can do what nobody in one of them can.
 */
function everyone(vault: VaultSide, role: Role, draft: MakeDraft): void {
  draft("person", `everyone at ${role.mount}`).logins.push(roleLogin(vault, role));
  for (const { name, mount, resource } of vault.groups.flatMap(({ alias }) => alias ?? [])) {
    if (mount !== role.mount) continue;
    const groups = vault.groups.filter(({ members }) => members.has(resource));
    const { logins, groups: names } = draft("person", `everyone in IdP group ${mount}/${name}`);
    logins.push(roleLogin(vault, role, groups, resource));
    names.push(...groups.map((group) => group.name));
  }
}

/** The service accounts that a role admits, those that it admits by `*`, or whoever brings the right claims. */
function roleHolders(vault: VaultSide, role: Role, kubernetes: KubernetesSide, draft: MakeDraft): Draft[] {
  const cluster = vault.auth.get(role.mount)?.cluster;
  if (role.accounts.length === 0 && (role.claims.length > 0 || cluster === undefined))
    return [draft("pipeline", `${vault.name}/${role.mount}/${role.name}`)];
  const where = cluster ?? `${vault.name}/${role.mount}`;
  // A jwt role without subject and claims admits every token of the issuer.
  const accounts = role.accounts.length > 0 ? role.accounts : [{ namespace: "*", name: "*" }];
  return accounts.flatMap(({ namespace, name }) => {
    const key = `${where}/${namespace}/${name}`;
    const many = `${namespace}${name}`.includes("*");
    const matched = many
      ? [...kubernetes.accounts.values()].filter(
          (each) => each.cluster === where && admits(namespace, each.namespace) && admits(name, each.name),
        )
      : [];
    return [
      draft("workload", key, { many, account: kubernetes.accounts.get(key) }),
      ...matched.map((account) => draft("workload", account.key, { account })),
    ];
  });
}

/**
 * Whether a bound name of a kubernetes role admits a name: `*` at its ends stands for anything. Source: Vault's
 * `StrListContainsGlob`.
 */
export function admits(bound: string, name: string): boolean {
  const [starts, ends] = [bound.startsWith("*"), bound.endsWith("*")];
  if (!starts && !ends) return bound === name;
  const middle = bound.slice(starts ? 1 : 0, ends && bound.length > 1 ? -1 : undefined);
  if (starts && ends) return name.includes(middle);
  return ends ? name.startsWith(middle) : name.endsWith(middle);
}

function hold(vault: VaultSide, policies: readonly string[], through: readonly Resource[]): Holding[] {
  return policies.map((policy) => ({ policy, written: vault.policies.get(policy), through }));
}

function personLogin(vault: VaultSide, person: Person, groups: readonly IdentityGroup[]): Login {
  const { resource, entity } = person;
  const own = entity ? [resource, entity] : [resource];
  const holdings = [
    ...hold(vault, person.policies, [resource]),
    ...hold(vault, person.entityPolicies, own),
    ...groups.flatMap((group) => hold(vault, group.policies, [...own, group.resource])),
    ...(person.withDefault ? hold(vault, ["default"], [resource]) : []),
  ];
  // Ids are known only after an apply; these cannot be mistaken for a name that a rule has.
  const known: TemplateIdentity = {
    entity: {
      id: `id-of-entity-${person.name}`,
      name: entity ? String(entity.values.name ?? "") : `made-by-vault-${person.name}`,
      metadata: metadataOf(entity),
    },
    groups: groups.map(groupFacts),
  };
  const [mount, name] = [person.login.slice(0, person.login.lastIndexOf("/")), person.name];
  return {
    vault,
    words: `auth/${mount}/login/${name}`,
    resource,
    person,
    holdings,
    acl: aclOf(vault, holdings, known),
  };
}

/** A login with a role; of people of an identity provider's group, `alias`, with the groups of ours that it is in. */
function roleLogin(vault: VaultSide, role: Role, groups: readonly IdentityGroup[] = [], alias?: Resource): Login {
  const policies = role.withDefault ? [...role.policies, "default"] : role.policies;
  const holdings = [
    ...hold(vault, policies, [role.resource]),
    ...groups.flatMap((group) =>
      hold(vault, group.policies, [role.resource, ...(alias ? [alias] : []), group.resource]),
    ),
  ];
  const known: TemplateIdentity = {
    entity: { id: `id-of-entity-${role.name}`, name: `made-by-vault-${role.name}` },
    groups: groups.map(groupFacts),
  };
  return {
    vault,
    words: `auth/${role.mount}/${role.forPeople ? "oidc/callback" : "login"} with role ${role.name}`,
    resource: role.resource,
    role,
    holdings,
    acl: aclOf(vault, holdings, known),
  };
}

/** Ids are known only after an apply. */
function groupFacts({ name, resource }: IdentityGroup) {
  return { id: `id-of-group-${name}`, name, metadata: metadataOf(resource) };
}

function metadataOf(resource: Resource | undefined): Readonly<Record<string, string>> | undefined {
  return resource?.values.metadata as Readonly<Record<string, string>> | undefined;
}

function aclOf({ server }: VaultSide, holdings: readonly Holding[], identity: TemplateIdentity): Acl {
  const policies = new Map<string, NamedPolicy>();
  for (const { policy, written } of holdings) {
    if (written && policy !== "root") policies.set(policy, { name: policy, policy: written.parsed });
    else if (policy === "default") policies.set(policy, defaultPolicy());
  }
  return Acl.of([...policies.values()], identity, server);
}
