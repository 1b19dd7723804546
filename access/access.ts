import type { WaiverConfig } from "../model";
import type { EffectiveRule } from "../policies/evaluate";
import type { Unsupported } from "./arguments";
import { cached, unique } from "./collections";
import { readDatabaseSets } from "./database-sets";
import { readIdentities, type Holding, type Identity, type Login } from "./identities";
import { readKubernetesSide, type KubernetesSide } from "./kubernetes-side";
import { abilityBy, escalationsOf, type Escalation } from "./escalations";
import { bit, granted, reachOf, SetIndex, type Abilities, type Ability, type Request } from "./reach";
import { nameOf, readStacks, type Resource, type Stack } from "./read-stacks";
import { inOrder, readSecretSets, type SecretSet } from "./secret-sets";
import { unreadIn } from "./unread";
import { readVaultSide, type VaultSide } from "./vault-side";

/** Why an ability is there: a login, the request that goes through, the rule that lets it, and who wrote that rule. */
export interface AccessPath {
  readonly login: Login;
  readonly request: Pick<Request, "operation" | "path">;
  /** Path of the deciding rule, templates filled in. */
  readonly rule: string;
  /** The policies that give it, and the resources from the login to each; shortest first. */
  readonly holdings: readonly Holding[];
  /** Of `grant`, and of what comes with a mount: the escalation. */
  readonly escalation?: Escalation;
}

/** A privilege escalation of an identity, by one of its logins. */
export interface HeldEscalation {
  readonly login: Login;
  readonly escalation: Escalation;
}

/** Everything that the stacks of a platform let anyone do with its secret sets. */
export class Access {
  /**
   * Reads it from what `npm start` wrote.
   * @throws AccessInputError where the folder holds no stacks, or some that do not say where they belong
   */
  static fromFolder(folder: string): Access {
    return new Access(readStacks(folder));
  }

  /** Name of the platform; of several, all, joined. */
  readonly platform: string;
  readonly vaults: readonly VaultSide[];
  readonly kubernetes: KubernetesSide;
  /** Unprotected environments first, then by environment and name. */
  readonly sets: readonly SecretSet[];
  /** People, workloads, pipelines; by name. */
  readonly identities: readonly Identity[];
  /** What could grant access and was not understood. */
  readonly unsupported: readonly Unsupported[];
  /** What the config says is meant. */
  readonly waivers: readonly WaiverConfig[];
  private readonly indexes = new Map<VaultSide, SetIndex>();
  private readonly shared = new Map<string, Map<SecretSet, Abilities>>();
  private readonly reaches = new Map<Identity, ReadonlyMap<SecretSet, Abilities>>();
  private readonly held = new Map<Identity, readonly HeldEscalation[]>();

  /**
   * Of stacks read with `readStacks` or `stackOf`; the Kubernetes side of all, the Vault side of each Vault.
   * @param more what is in no stack, could grant access and was not understood; @default nothing
   */
  constructor(
    readonly stacks: readonly Stack[],
    more: readonly Unsupported[] = [],
  ) {
    const unsupported: Unsupported[] = [...more];
    const complain = (problem: Unsupported) => void unsupported.push(problem);
    for (const stack of stacks) for (const problem of unreadIn(stack)) complain(problem);
    const ofVaults = stacks.filter(({ metadata: { kind } }) => kind === "access" || kind === "environment");
    const names = unique(ofVaults.flatMap(({ metadata: { vault } }) => vault ?? [])).sort();
    this.platform = unique(stacks.map(({ metadata }) => metadata.platform))
      .sort()
      .join(", ");
    this.vaults = names.map((name) => {
      const its = stacks.filter(({ metadata }) => metadata.vault === name);
      return readVaultSide(name, its, complain);
    });
    this.kubernetes = readKubernetesSide(stacks);
    this.sets = [
      ...readSecretSets(this.vaults, this.kubernetes),
      ...readDatabaseSets(this.vaults, this.kubernetes),
    ].sort(inOrder);
    this.identities = readIdentities(this.vaults, this.kubernetes);
    for (const vault of this.vaults)
      this.indexes.set(vault, new SetIndex(this.sets.filter((set) => set.vault === vault.name)));
    this.complainOfPolicies(complain);
    this.unsupported = unsupported;
    this.waivers = stacks
      .flatMap(({ metadata: belongs }) => belongs.waivers ?? [])
      .filter((each, i, all) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(each)) === i);
  }

  /** What an identity can do with each set; sets that it cannot touch are left out. Computed once. */
  reach(identity: Identity): ReadonlyMap<SecretSet, Abilities> {
    return cached(this.reaches, identity, () => this.withEscalations(identity, this.ownReach(identity)));
  }

  /** What an identity can do by rules on the set itself, without the ways around. */
  ownReach(identity: Identity): ReadonlyMap<SecretSet, Abilities> {
    const [first, ...more] = identity.logins.map((login) => this.loginReach(login));
    if (!first || more.length === 0) return first ?? new Map();
    const reach = new Map(first);
    for (const other of more) for (const [set, bits] of other) reach.set(set, (reach.get(set) ?? 0) | bits);
    return reach;
  }

  /** The ways around that an identity has. Computed once. */
  escalations(identity: Identity): readonly HeldEscalation[] {
    return cached(this.held, identity, () =>
      identity.logins.flatMap((login) =>
        escalationsOf(login.acl, login.vault, {
          login: login.person?.login,
          policies: login.holdings.map(({ policy }) => policy),
        }).map((escalation) => ({ login, escalation })),
      ),
    );
  }

  /** Why an identity has an ability on a set: every way, the one with the fewest steps first. Empty: it has not. */
  why(identity: Identity, set: SecretSet, ability: Ability): AccessPath[] {
    const direct = identity.logins
      .filter(({ vault }) => vault.name === set.vault)
      .flatMap((login) =>
        granted(login.acl, set, ability).map(({ request, decision }) =>
          pathTo(login, request, decision.rule!, decision.policies),
        ),
      );
    const around = this.escalations(identity)
      .filter((held) => this.concerns(held, set, ability))
      .map(escalationPath);
    return [...direct, ...around].sort((a, b) => steps(a) - steps(b));
  }

  private concerns({ login, escalation }: HeldEscalation, set: SecretSet, ability: Ability): boolean {
    const { name, path } = escalation;
    if (login.vault.name !== set.vault || abilityBy(name) !== ability) return false;
    if (name === "mounts") return [`sys/mounts/${set.mount}`, `${set.mount}/config`, "sys/remount"].includes(path);
    return name !== "takeover" || this.victimReach(login.vault, escalation).has(set);
  }

  private victimReach(vault: VaultSide, { victim }: Escalation): ReadonlyMap<SecretSet, Abilities> {
    const person = this.identities.find(({ kind, short }) => kind === "person" && short === victim);
    const login = person?.logins.find((each) => each.vault === vault);
    return login ? this.loginReach(login) : new Map();
  }

  private withEscalations(
    identity: Identity,
    own: ReadonlyMap<SecretSet, Abilities>,
  ): ReadonlyMap<SecretSet, Abilities> {
    const escalations = this.escalations(identity).filter(({ escalation }) => abilityBy(escalation.name));
    // Thousands of people share what they reach.
    if (escalations.length === 0) return own;
    const reach = new Map(own);
    for (const held of escalations) {
      const ability = abilityBy(held.escalation.name)!;
      for (const set of this.sets)
        if (this.concerns(held, set, ability)) reach.set(set, (reach.get(set) ?? 0) | bit(ability));
    }
    return reach;
  }

  /** Thousands of people share a few lists of policies: what these reach is worked out once. */
  private loginReach(login: Login): Map<SecretSet, Abilities> {
    const index = this.indexes.get(login.vault)!;
    const personal = login.holdings.some(({ written }) =>
      written?.parsed.rules.some(({ path }) => path.includes("{{") && index.concerns(path)),
    );
    const key = personal
      ? `login ${login.vault.name} ${login.words}`
      : [login.vault.name, ...new Set(login.holdings.map(({ policy }) => policy).sort())].join(" ");
    return cached(this.shared, key, () => reachOf(login.acl, index));
  }

  /** Rules whose effect depends on what is not known here: counted as if they granted, and said. */
  private complainOfPolicies(report: (problem: Unsupported) => void): void {
    const complain = (resource: Resource, why: string) => report({ where: nameOf(resource), why });
    for (const { policies } of this.vaults)
      for (const { parsed, resource } of policies.values())
        for (const { path, limits } of parsed.rules)
          if (limits.length > 0)
            complain(resource, `its rule on ${path} depends on ${limits.join(", ")}; counted as if it did not`);
    for (const { holdings, acl, resource } of this.identities.flatMap(({ logins }) => logins)) {
      if (holdings.some(({ policy }) => policy === "root"))
        complain(resource, "it names the policy root, which no auth method gives");
      for (const { policy, path } of acl.dropped)
        if (/aliases\.|metadata\./.test(path))
          complain(resource, `what the rule on ${path} of policy ${policy} stands for is known only after an apply`);
    }
  }
}

/** The resources that an identity comes by a rule through, in order, without repeats. */
export function chainOf({ login, holdings: [holding] }: Pick<AccessPath, "login" | "holdings">): Resource[] {
  return unique([...(holding?.through ?? [login.resource]), ...(holding?.written ? [holding.written.resource] : [])]);
}

/** The way to a privilege escalation. */
export function escalationPath({ login, escalation }: HeldEscalation): AccessPath {
  return { ...pathTo(login, escalation, escalation.rule, escalation.policies), escalation };
}

function pathTo(
  login: Login,
  request: AccessPath["request"],
  rule: EffectiveRule,
  policies: readonly string[],
): AccessPath {
  const holdings = login.holdings
    .filter(({ policy }) => policies.includes(policy))
    .sort((a, b) => a.through.length - b.through.length);
  return { login, request, rule: rule.pattern.path, holdings };
}

function steps(path: AccessPath): number {
  return chainOf(path).length + (path.escalation ? 2 : 0);
}
