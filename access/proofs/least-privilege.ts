import { Acl } from "../../policies/evaluate";
import { PLATFORM_ADMIN } from "../../model";
import { grantsOf, objectIn } from "../../resource-types";
import type { Access } from "../access";
import { isBackupRole, isSnapshotRule } from "../backup";
import { cached } from "../collections";
import { escalationsOf } from "../escalations";
import { abilitiesOf, bit, reachOf, SetIndex } from "../reach";
import { nameOf, type Resource } from "../read-stacks";
import type { SecretSet } from "../secret-sets";
import { isTokenCacheRole, isTokenCacheRule } from "../token-cache";
import type { Policy, Role, VaultSide } from "../vault-side";
import { setWords, steps, type Claim } from "./finding";

/** What a workload may do with its own set's values. */
const WORKLOAD = new Set(["create", "read", "update", "patch"]);

/** What it may do with a shared set's, where a value that it wrote would be the others' too, and with a database's. */
const SHARED = new Set(["read"]);

/**
 * No policy grants more than its bindings use: a workload's is about exactly one set and the shared ones that list its
 * app, a group holds its own alone, a role admits one account.
 */
export function leastPrivilege(access: Access): Claim[] {
  return access.vaults.flatMap((vault) => [
    ...workloadPolicies(access, vault),
    ...groupPolicies(access, vault),
    ...adminValues(access, vault),
    ...custodians(access, vault),
    ...roles(access, vault),
  ]);
}

/** Whether a role is one that no binding uses, and the platform itself does. */
function isOwnRole(role: Role | undefined): boolean {
  return isBackupRole(role) || isTokenCacheRole(role);
}

/** The policies of roles of workloads, and those called after a set that has no role yet. */
function workloadPolicies({ sets, identities }: Access, vault: VaultSide): Claim[] {
  const here = sets.filter((set) => set.vault === vault.name);
  const bySetName = new Map(
    here
      .filter(({ shared, database }) => !shared && !database)
      .map((set) => [set.name.slice(set.name.lastIndexOf("/") + 1), set]),
  );
  const byPath = new Map(here.map((set) => [set.database ? set.name : `${set.mount}/data/${set.path}`, set]));
  const used = new Map<Policy, Role | undefined>();
  for (const [name, policy] of vault.policies) if (bySetName.has(name)) used.set(policy, undefined);
  for (const { kind, logins } of identities)
    for (const { role, holdings, vault: at } of kind === "workload" ? logins : [])
      for (const { written } of at === vault ? holdings : [])
        if (written && written.name !== "default" && !(used.has(written) && isOwnRole(role))) used.set(written, role);
  return [...used].flatMap(([policy, role]) => policyFindings(policy, role, byPath, bySetName.get(policy.name)));
}

function policyFindings(
  policy: Policy,
  role: Role | undefined,
  byPath: ReadonlyMap<string, SecretSet>,
  meant: SecretSet | undefined,
): Claim[] {
  const finding = (object: string, says: string, hint: string): Claim => ({
    subject: nameOf(policy.resource),
    object,
    says: `policy ${policy.name} ${says}`,
    path: steps(role?.resource, policy.resource, `rule ${JSON.stringify(object)}`),
    hint,
  });
  const named = new Set<SecretSet>();
  const findings = policy.parsed.rules.flatMap(({ path, capabilities }): Claim[] => {
    if (capabilities[0] === "deny") return [];
    if (isBackupRole(role) && isSnapshotRule({ path, capabilities })) return [];
    if (isTokenCacheRule(role, { path, capabilities })) return [];
    const set = byPath.get(path);
    if (!set)
      return [
        finding(
          path,
          `grants ${capabilities.join(", ") || "nothing"} on ${path}, which is no secret set's data`,
          "A workload's policy has one rule: the exact data/ path of its own set.",
        ),
      ];
    const isBeside = set.shared || set.database !== undefined;
    const isForeign =
      isBeside &&
      meant !== undefined &&
      (!set.readers.includes(meant.app) || (set.database !== undefined && set.environment !== meant.environment));
    if (!isBeside || isForeign) named.add(set);
    const more = capabilities.filter((capability) => !(isBeside ? SHARED : WORKLOAD).has(capability));
    return more.length > 0
      ? [
          finding(
            path,
            `grants ${more.join(", ")} on ${path}`,
            "A workload reads its set, and may write new versions; nothing more. A shared set it reads.",
          ),
        ]
      : [];
  });
  if (named.size > 1)
    findings.push(
      finding(
        [...named].map(({ name }) => name).join(", "),
        `is about ${named.size} secret sets`,
        "One policy for each set, with the shared sets that list its app.",
      ),
    );
  const [only] = named;
  if (only && meant && only !== meant)
    findings.push(
      finding(only.name, `is called after ${meant.name} and grants ${only.name}`, "One of the two is a mistake."),
    );
  return findings;
}

/** Whether a policy, alone and for nobody in particular, gives anything that matters. */
function matters(policy: Policy, vault: VaultSide, index: SetIndex): boolean {
  const acl = Acl.of([{ name: policy.name, policy: policy.parsed }], {}, vault.server);
  return reachOf(acl, index).size > 0 || escalationsOf(acl, vault, { policies: [policy.name] }).length > 0;
}

/** A group has the policy of its own name; nobody has a policy that matters in any other way. */
function groupPolicies(access: Access, vault: VaultSide): Claim[] {
  const index = new SetIndex(access.sets.filter((set) => set.vault === vault.name));
  const known = new Map<Policy, boolean>();
  const claim = (resource: Resource, policy: Policy | undefined, says: string, hint: string): Claim[] => {
    if (!policy || policy.name === "default") return [];
    if (!cached(known, policy, () => matters(policy, vault, index))) return [];
    const subject = nameOf(resource);
    const object = nameOf(policy.resource);
    return [{ subject, object, says, path: steps(resource, policy.resource), hint }];
  };
  const groups = vault.groups.flatMap(({ name, resource, policies }) =>
    policies
      .filter((policy) => policy !== name)
      .flatMap((policy) =>
        claim(
          resource,
          vault.policies.get(policy),
          `group ${name} has the policy ${policy} beside its own`,
          "A group has one policy, of its own name; put the person into the other group.",
        ),
      ),
  );
  const people = access.identities.flatMap(({ kind, name, logins }) =>
    logins
      .filter((login) => kind === "person" && login.vault === vault)
      .flatMap(({ holdings }) => holdings)
      .filter(({ through }) => grantsOf(through.at(-1)!.type) !== "group")
      .flatMap(({ through, policy, written }) =>
        claim(
          through.at(-1)!,
          written,
          `${name} has the policy ${policy} directly, not by a group`,
          "People have access by groups: a change then holds for tokens already issued.",
        ),
      ),
  );
  return [...groups, ...people];
}

/** Those who run a platform decide who reads its values, and read none by that. */
function adminValues({ sets }: Access, vault: VaultSide): Claim[] {
  const policy = vault.policies.get(PLATFORM_ADMIN);
  if (!policy) return [];
  const acl = Acl.of([{ name: policy.name, policy: policy.parsed }]);
  const values = bit("read") | bit("update");
  return [...reachOf(acl, new SetIndex(sets.filter((set) => set.vault === vault.name)))]
    .filter(([, bits]) => bits & values)
    .map(([set, bits]) => ({
      subject: nameOf(policy.resource),
      object: set.name,
      says: `policy ${PLATFORM_ADMIN} can ${abilitiesOf(bits & values).join(" and ")} ${setWords(set)}`,
      path: steps(policy.resource),
      hint: "Give a group of its own the access, with the people who need it.",
    }));
}

/** Who may write a set and not read it reads none of it by the group that lets it write. */
function custodians({ sets }: Access, vault: VaultSide): Claim[] {
  const index = new SetIndex(sets.filter((set) => set.vault === vault.name));
  const within = (name: string) => (path: string) => (path.endsWith("/") ? name.startsWith(path) : name === path);
  return vault.stacks
    .flatMap(({ metadata }) => Object.entries(metadata.writeOnly ?? {}))
    .flatMap(([group, { reads }]): Claim[] => {
      const policy = vault.policies.get(group);
      if (!policy) return [];
      const acl = Acl.of([{ name: policy.name, policy: policy.parsed }], {}, vault.server);
      return [...reachOf(acl, index)]
        .filter(([set, bits]) => bits & bit("read") && !reads.some(within(set.name)))
        .map(([set]) => ({
          subject: nameOf(policy.resource),
          object: set.name,
          says: `policy ${group} can read ${setWords(set)}, which the config lets it write only`,
          path: steps(policy.resource),
          hint: 'Write access: "write" in the config if it is meant.',
        }));
    });
}

/** A role admits one service account, with tokens for one audience, and something uses it. */
function roles({ kubernetes }: Access, vault: VaultSide): Claim[] {
  const uses = new Set(
    [...kubernetes.auths.values()].flatMap(({ vault: at, spec }) =>
      ["kubernetes", "jwt"].map((method) => `${at} ${String(spec.mount)} ${String(objectIn(spec[method]).role)}`),
    ),
  );
  return vault.roles.flatMap((role) =>
    [...roleClaims(role, isOwnRole(role) || uses.has(`${vault.name} ${role.mount} ${role.name}`))].map(
      ([object, says, hint]): Claim => ({
        subject: nameOf(role.resource),
        object,
        says: `role ${role.mount}/${role.name} ${says}`,
        path: steps(role.resource, object),
        hint,
      }),
    ),
  );
}

function* roleClaims(
  { audiences, accounts, claims }: Role,
  isUsed: boolean,
): Generator<[object: string, says: string, hint: string]> {
  const names = accounts.map(({ namespace, name }) => `${namespace}/${name}`);
  if (audiences.length === 0)
    yield ["audience", "takes tokens for any audience", "Set the audience that its service account's tokens are for."];
  if (names.length === 0) {
    if (claims.length === 0) yield ["claims", "admits every token of its issuer", "Bind it to a subject or to claims."];
    return;
  }
  for (const name of names)
    if (name.includes("*"))
      yield [
        name,
        `admits every service account that ${name} matches`,
        "Bind it to one service account of one namespace, exactly.",
      ];
  if (names.length > 1)
    yield [names.join(", "), `admits ${names.length} service accounts`, "One role for each service account."];
  if (!isUsed)
    yield ["no VaultAuth", "is used by no VaultAuth of this Vault's environments", "Take it away, or bind it."];
}
