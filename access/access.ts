import type { WaiverConfig } from "../model";
import type { Unsupported } from "./arguments";
import { readIdentities, type Holding, type Identity, type Login } from "./identities";
import { readKubernetesSide, type KubernetesSide } from "./kubernetes-side";
import { escalationsOf, GRANTING, type Escalation } from "./escalations";
import { bit, granted, reachOf, SetIndex, type Abilities, type Ability, type Request } from "./reach";
import { nameOf, readStacks, type Resource, type Stack } from "./read-stacks";
import { readSecretSets, type SecretSet } from "./secret-sets";
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

/** A escalation of an identity, by one of its logins. */
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

  /** Of stacks read with `readStacks` or `stackOf`; the Kubernetes side of all, the Vault side of each Vault. */
  constructor(readonly stacks: readonly Stack[]) {
    const unsupported: Unsupported[] = [];
    const complain = (problem: Unsupported) => void unsupported.push(problem);
    const names = [
      ...new Set(
        stacks.flatMap(({ metadata: belongs }) =>
          belongs.vault && (belongs.kind === "access" || belongs.kind === "environment") ? [belongs.vault] : [],
        ),
      ),
    ].sort();
    this.platform = [...new Set(stacks.map(({ metadata: belongs }) => belongs.platform))].sort().join(", ");
    this.vaults = names.map((name) =>
      readVaultSide(
        name,
        stacks.filter(({ metadata: belongs }) => belongs.vault === name),
        complain,
      ),
    );
    this.kubernetes = readKubernetesSide(stacks);
    this.sets = readSecretSets(this.vaults, this.kubernetes);
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
    const known = this.reaches.get(identity);
    if (known) return known;
    const reach = this.withPowers(identity, this.ownReach(identity));
    this.reaches.set(identity, reach);
    return reach;
  }

  /** What an identity can do by rules on the set itself, without the privilege escalations. */
  ownReach(identity: Identity): ReadonlyMap<SecretSet, Abilities> {
    const [first, ...more] = identity.logins.map((login) => this.loginReach(login));
    if (!first || more.length === 0) return first ?? new Map();
    const reach = new Map(first);
    for (const other of more) for (const [set, bits] of other) reach.set(set, (reach.get(set) ?? 0) | bits);
    return reach;
  }

  /** the privilege escalations that an identity has. Computed once. */
  escalations(identity: Identity): readonly HeldEscalation[] {
    const known = this.held.get(identity);
    if (known) return known;
    const escalations = identity.logins.flatMap((login) =>
      escalationsOf(login.acl, login.vault, {
        login: login.person?.login,
        policies: login.holdings.map(({ policy }) => policy),
      }).map((escalation) => ({ login, escalation })),
    );
    this.held.set(identity, escalations);
    return escalations;
  }

  /** Why an identity has an ability on a set: every way, the one with the fewest steps first. Empty: it has not. */
  why(identity: Identity, set: SecretSet, ability: Ability): AccessPath[] {
    const direct = identity.logins
      .filter(({ vault }) => vault.name === set.vault)
      .flatMap((login) =>
        granted(login.acl, set, ability).map(({ request, decision }): AccessPath => ({
          login,
          request,
          rule: decision.rule!.pattern.path,
          holdings: holdingsOf(login, decision.policies),
        })),
      );
    const around = this.escalations(identity)
      .filter((held) => this.concerns(held, set, ability))
      .map(({ login, escalation }): AccessPath => ({
        login,
        request: escalation,
        rule: escalation.rule.pattern.path,
        holdings: holdingsOf(login, escalation.policies),
        escalation,
      }));
    return [...direct, ...around].sort((a, b) => steps(a) - steps(b));
  }

  private concerns({ login, escalation }: HeldEscalation, set: SecretSet, ability: Ability): boolean {
    if (login.vault.name !== set.vault) return false;
    if (ability === "destroy")
      return (
        escalation.name === "mounts" &&
        (escalation.path === `sys/mounts/${set.mount}` || escalation.path === "sys/remount")
      );
    if (ability !== "escalate") return false;
    return (
      GRANTING.has(escalation.name) ||
      (escalation.name === "takeover" && this.victimReach(login.vault, escalation).has(set))
    );
  }

  private victimReach(vault: VaultSide, { victim }: Escalation): ReadonlyMap<SecretSet, Abilities> {
    const person = this.identities.find(({ kind, short }) => kind === "person" && short === victim);
    const login = person?.logins.find((each) => each.vault === vault);
    return login ? this.loginReach(login) : new Map();
  }

  private withPowers(identity: Identity, own: ReadonlyMap<SecretSet, Abilities>): ReadonlyMap<SecretSet, Abilities> {
    const escalations = this.escalations(identity).filter(
      ({ escalation }) =>
        GRANTING.has(escalation.name) || escalation.name === "takeover" || escalation.name === "mounts",
    );
    if (escalations.length === 0) return own;
    const reach = new Map(own);
    for (const held of escalations)
      for (const ability of ["escalate", "destroy"] as const)
        for (const set of this.sets)
          if (this.concerns(held, set, ability)) reach.set(set, (reach.get(set) ?? 0) | bit(ability));
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
    const known = this.shared.get(key);
    if (known) return known;
    const reach = reachOf(login.acl, index);
    this.shared.set(key, reach);
    return reach;
  }

  /** Rules whose effect depends on what is not known here: counted as if they granted, and said. */
  private complainOfPolicies(complain: (problem: Unsupported) => void): void {
    for (const { policies } of this.vaults)
      for (const { parsed, resource } of policies.values())
        for (const { path, limits } of parsed.rules)
          if (limits.length > 0)
            complain({
              where: nameOf(resource),
              why: `its rule on ${path} depends on ${limits.join(", ")}; counted as if it did not`,
            });
    for (const { logins } of this.identities)
      for (const { holdings, acl, resource } of logins) {
        if (holdings.some(({ policy }) => policy === "root"))
          complain({ where: nameOf(resource), why: "it names the policy root, which no auth method gives" });
        for (const { policy, path } of acl.dropped)
          if (/aliases\.|metadata\./.test(path))
            complain({
              where: nameOf(resource),
              why: `what the rule on ${path} of policy ${policy} stands for is known only after an apply`,
            });
      }
  }
}

/** The resources that an identity comes by a rule through, in order, without repeats. */
export function chainOf({ login, holdings: [holding] }: Pick<AccessPath, "login" | "holdings">): Resource[] {
  return [
    ...new Set([...(holding?.through ?? [login.resource]), ...(holding?.written ? [holding.written.resource] : [])]),
  ];
}

function holdingsOf({ holdings }: Login, policies: readonly string[]): Holding[] {
  return holdings.filter(({ policy }) => policies.includes(policy)).sort((a, b) => a.through.length - b.through.length);
}

function steps(grant: AccessPath): number {
  return chainOf(grant).length + (grant.escalation ? 2 : 0);
}
