import { code, codes } from "../../../access";
import { externalGroups, OIDC_MOUNT, OWN_PASSWORD_POLICY, USERPASS_MOUNT } from "../../../model";
import type { Identity } from "../../../policies/evaluate";
import { present } from "../present";
import type { Io } from "../io";
import type { Session } from "../session";
import type { Entity } from "../users/entity";
import { identityGroups, type IdentityGroupFacts } from "../users/people";
import { isExternal, loginMounts, rightsOf, type Rights } from "../users/rights";
import { findTokens, type TokenFacts } from "../users/tokens";
import { allowedBy, configPoliciesOfGroups, EVERYTHING, grantsItself, reachOf } from "./reach";
import { MOST_NAMES, readPolicies, type Findings } from "./vault-facts";

/** A user's findings, and by what ways it comes in. */
export interface UserFindings extends Findings, Rights {
  /** Whether the user could change policies, people or passwords, and so grant itself anything. */
  readonly admin: boolean;
  /** Whether a token is one of this user's. */
  belongs(token: TokenFacts): boolean;
}

/** Policies that count together, as those of one login or one token. */
interface Holding {
  readonly policies: readonly string[];
  readonly entity: Entity | undefined;
}

/**
 * What a person could do, by the config and by what Vault has, whichever is more: policies of the user itself, of its
 * entity and of that one's groups, at every auth mount, and those of tokens that it has already. Throws VaultErrors.
 */
export async function lookAtUser(io: Io, session: Session, name: string): Promise<UserFindings> {
  const { client, platform, vault } = session;
  const mounts = await loginMounts(client);
  const rights = await rightsOf(client, name, mounts);
  const { entities } = rights;
  const ids = new Set(entities.flatMap((entity) => entity.group_ids ?? []));
  const groups = (await identityGroups(io, client)).filter((group) => ids.has(group.id));
  const paths = new Set(mounts.map(({ path }) => `auth/${path}login/${name}`));
  const belongs = (token: TokenFacts) => paths.has(token.path) || entities.some(({ id }) => id === token.entity_id);
  const tokens = await findTokens(io, client, belongs);

  const holdings = holdingsOf(rights, groups, tokens);
  const names = new Set(holdings.flatMap(({ policies }) => policies));
  const { policies, unsupported, remarks } = await readPolicies(client, [...names].sort());
  const judged = holdings.map(({ policies: held, entity }) => ({
    policies: policies.filter((policy) => held.includes(policy.name)),
    identity: identityOf(entity, groups),
    login: `${USERPASS_MOUNT}/${entity?.name ?? name}`,
  }));
  const declared = platform.users.find((user) => user.name === name)?.groups ?? [];
  const external = rights.logins.some(isExternal);
  const byProvider = external ? externalGroups(vault, platform.groups).map((group) => group.name) : [];
  const inGroups = groups.map((group) => group.name);
  const admin =
    platform.groups.some((group) => group.admin && [...declared, ...inGroups].includes(group.name)) ||
    judged.some((each) => grantsItself(platform, vault.name, each.policies, each.identity, each.login));
  return {
    ...rights,
    admin,
    tokens,
    belongs,
    reach: reachOf(
      platform,
      vault.name,
      allowedBy(configPoliciesOfGroups(platform, vault.name, declared), {}, vault.server),
      ...(admin || unsupported
        ? [EVERYTHING]
        : judged.map((each) => allowedBy(each.policies, each.identity, vault.server))),
    ),
    remarks: [
      ...present(
        rights.unknown.length === 0 &&
          rights.logins.every(({ exists }) => !exists) &&
          `Vault ${vault.name} has no user ${name}: nobody can log in by that name.`,
        declared.length === 0 && !external && `The config has no user ${name}.`,
      ),
      ...differences(name, [...declared, ...byProvider], rights, groups, tokens),
      ...remarks,
    ],
  };
}

/** Groups of policies that count together; each once, and each with `default`, which every login has. */
function holdingsOf(
  { logins, entities }: Rights,
  groups: readonly IdentityGroupFacts[],
  tokens: readonly TokenFacts[],
): Holding[] {
  const byEntity = (entity?: Entity) => [
    ...(entity?.policies ?? []),
    ...groups.flatMap(({ id, policies }) => (entity?.group_ids?.includes(id) ? (policies ?? []) : [])),
  ];
  const all: Holding[] = [
    ...logins.map(({ policies, entity }) => ({ policies: [...policies, ...byEntity(entity)], entity })),
    ...entities.map((entity) => ({ policies: byEntity(entity), entity })),
    ...tokens.map(({ policies, identity_policies, entity_id }) => ({
      policies: [...policies, ...(identity_policies ?? [])],
      entity: entities.find(({ id }) => id === entity_id),
    })),
  ];
  const once = new Map(
    all.map(({ policies, entity }) => {
      const held = [...new Set(["default", ...policies])].sort();
      return [`${entity?.id} ${held.join(" ")}`, { policies: held, entity }];
    }),
  );
  return [...once.values()];
}

/** What templated policies ask of a holder. */
function identityOf(entity: Entity | undefined, groups: readonly IdentityGroupFacts[]): Identity {
  if (!entity) return {};
  const { id, name, aliases, group_ids: ids } = entity;
  return {
    entity: {
      id,
      name,
      aliases: (aliases ?? []).map((alias) => ({ mountAccessor: alias.mount_accessor, name: alias.name })),
    },
    groups: groups.filter((group) => ids?.includes(group.id)).map((group) => ({ id: group.id, name: group.name })),
  };
}

/** What Vault has and no stack gave, in sentences. */
function differences(
  name: string,
  declared: readonly string[],
  { logins, entities }: Rights,
  groups: readonly IdentityGroupFacts[],
  tokens: readonly TokenFacts[],
): string[] {
  const extraGroups = groups
    .map((group) => group.name)
    .filter((group) => !declared.includes(group))
    .sort();
  const now = new Set(["default", ...[...logins, ...entities, ...groups].flatMap((each) => each.policies ?? [])]);
  const before = [...new Set(tokens.flatMap(({ policies }) => policies))].filter((policy) => !now.has(policy));
  const also = (policies: readonly string[], where: string) =>
    policies.length > 0 &&
    `In Vault ${name} also has the policies ${codes(policies, MOST_NAMES)} of ${where}, which no stack gave.`;
  return present(
    extraGroups.length > 0 &&
      `In Vault ${name} is also in ${codes(extraGroups, MOST_NAMES)}, which the config does not say.`,
    ...logins.map(({ mount, policies }) => also(policies, `the user at ${code(`auth/${mount.path}`)}`)),
    ...entities.map((entity) =>
      also(
        (entity.policies ?? []).filter((policy) => policy !== OWN_PASSWORD_POLICY),
        `the entity ${code(entity.name)}`,
      ),
    ),
    ...logins.map(
      ({ mount, entity }) =>
        entity &&
        entity.name !== name &&
        // Vault calls the entity of whom a provider knows as it likes; beside a user it is another person's.
        (mount.path !== `${OIDC_MOUNT}/` || logins.some(({ exists }) => exists)) &&
        `A login as ${name} at ${code(`auth/${mount.path}`)} becomes the entity ${code(entity.name)}, and has what ` +
          "that has.",
    ),
    ...entities.flatMap((entity) =>
      (entity.aliases ?? [])
        .filter((alias) => alias.name !== name)
        .map(
          (alias) =>
            `The entity ${code(entity.name)} is also whoever logs in as ${code(alias.name)} at ` +
            `${code(alias.mount_path)}: that door is another's, or another way in.`,
        ),
    ),
    before.length > 0 &&
      `Tokens of ${name} still have ${codes(before, MOST_NAMES)}, which neither user nor group has now.`,
  );
}
