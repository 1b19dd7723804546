import {
  OWN_PASSWORD_POLICY,
  PLATFORM_ADMIN,
  resolvePlatform,
  USERPASS_MOUNT,
  type GrantConfig,
  type PlatformConfig,
} from "../../model";
import { USER_NAME } from "../../model/rules";
import type { NewAccess } from "../../policies/evaluate";
import { ownPasswordRules, peopleRules, PolicyDocument } from "../../policies/write";
import type { Found } from "./found";
import { entityProblem, holdersOf, type Holder } from "./holders";
import { gained, PolicyTexts } from "./policies";
import { grantsOf, type World } from "./rights";

type Groups = NonNullable<NonNullable<PlatformConfig["people"]>["groups"]>;

/** A user whom the config has. */
export interface Taken {
  readonly holder: Holder;
  readonly groups: readonly string[];
  /** What the first apply gives that the user has not today. */
  readonly more: readonly NewAccess[];
  /** What the user has today and no group of the config gives: it stays by the policies that the user has. */
  readonly less: readonly NewAccess[];
}

/** People as a config has them, and those whom it cannot have. */
export interface People {
  readonly groups: Groups;
  readonly users: readonly Taken[];
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

/** Groups by the policies of who is in them: everybody is in one alone, which grants all that these policies give. */
type GroupsByPolicies = ReadonlyMap<string, { readonly name: string; readonly grants: readonly GrantConfig[] }>;

const keyOf = ({ policies }: Holder) => [...policies].sort().join(" ");

/** A user whom the config can have, or why it cannot. */
type Sorted = { readonly holder: Holder; readonly grants: readonly GrantConfig[] } | { readonly why: string };

function sorted(found: Found, texts: PolicyTexts, world: World, holder: Holder): Sorted {
  const { name, policies, hasDefault, entity } = holder;
  const called = policies.join(", ");
  if (!USER_NAME.accepts(name)) return { why: `a config takes names of ${USER_NAME.accepted}` };
  if (policies.length === 0) return { why: "no policy is given to it" };
  const acl = texts.read([...policies, ...(hasDefault ? ["default"] : [])]);
  if (typeof acl === "string") return { why: `what it has cannot be judged: ${acl}` };
  const grants = grantsOf(acl, world);
  if (grants.length === 0) return { why: `its policies (${called}) give no value of the adopted secrets` };
  if (entity?.name !== name && texts.of(policies).some((text) => /identity\.entity\.name/.test(text)))
    return { why: `a policy of its (${called}) reads the name of its entity, which would be another` };
  const why = entityProblem(found, holder);
  return why === undefined ? { holder, grants } : { why };
}

/** A policy is never taken over, so a group has a name beside it. */
function freeName(policies: string, isFree: (name: string) => boolean): string {
  const base = policies
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  const begin = (base || "adopted").slice(0, 50).replace(/-+$/, "");
  for (let i = 1; ; i++) {
    const name = `${begin}-people${i === 1 ? "" : `-${i}`}`;
    if (isFree(name)) return name;
  }
}

/**
 * Whom the config can have, and in which groups. A user who would lose anything by it is left out, since of two rules
 * that fit a path Vault takes the narrower alone, whichever policy it is in.
 * @param config without people; its own names of policies are taken
 */
export function peopleOf(found: Found, world: World, config: PlatformConfig): People {
  const texts = new PolicyTexts(found);
  const names = new Set([PLATFORM_ADMIN, OWN_PASSWORD_POLICY]);
  for (const [app, environments] of world.apps) for (const each of environments) names.add(`${app}-${each}`);
  for (const { name } of found.now.groups) names.add(String(name).toLowerCase());
  const groups = new Map<string, { readonly name: string; readonly grants: readonly GrantConfig[] }>();
  const left: { name: string; why: string }[] = [];
  let users: Taken[] = [];
  for (const holder of holdersOf(found)) {
    const judged = sorted(found, texts, world, holder);
    if ("why" in judged) {
      left.push({ name: holder.name, why: judged.why });
      continue;
    }
    const key = keyOf(holder);
    const group = groups.get(key) ?? {
      name: freeName(key, (each) => !names.has(each) && !texts.has(each)),
      grants: judged.grants,
    };
    names.add(group.name);
    groups.set(key, group);
    users.push({ holder, groups: [group.name], more: [], less: [] });
  }
  const written = textsOf(groups, users, config);
  users = users.flatMap((user) => {
    const judged = judgedUser(texts, user, written);
    if (typeof judged !== "string") return [judged];
    left.push({ name: user.holder.name, why: judged });
    return [];
  });
  return { groups: usedGroups(groups, users), users, left };
}

function usedGroups(groups: GroupsByPolicies, users: readonly Taken[]): Groups {
  const used = new Set(users.flatMap((user) => user.groups));
  return Object.fromEntries(
    [...groups.values()].filter(({ name }) => used.has(name)).map(({ name, grants }) => [name, { grants }]),
  );
}

/** The config's people as it says them. */
export function peopleConfig({ groups, users }: Pick<People, "groups" | "users">): PlatformConfig["people"] {
  if (users.length === 0) return undefined;
  return { groups, users: Object.fromEntries(users.map(({ holder, groups: of }) => [holder.name, { groups: of }])) };
}

/** The text of each group's policy, as the stacks write it. */
function textsOf(
  groups: GroupsByPolicies,
  users: readonly Taken[],
  config: PlatformConfig,
): ReadonlyMap<string, string> {
  const people = peopleConfig({ groups: usedGroups(groups, users), users });
  const platform = resolvePlatform({ ...config, ...(people && { people }) });
  return new Map(
    platform.groups
      .filter(({ admin }) => !admin)
      .map(({ name, grants }) => {
        const rules = grants.flatMap(({ access, scope }) =>
          "tree" in scope ? peopleRules(access, scope) : scope.sets.flatMap((set) => peopleRules(access, { set })),
        );
        return [name, PolicyDocument.of(...rules).render()];
      }),
  );
}

const OWN_PASSWORD = PolicyDocument.of(...ownPasswordRules(USERPASS_MOUNT)).render();

/** What the config changes for a user; why the user must be left out, where that is a text. */
function judgedUser(policies: PolicyTexts, user: Taken, texts: ReadonlyMap<string, string>): Taken | string {
  const { holder, groups } = user;
  const always = holder.hasDefault ? policies.of(["default"]) : [];
  const today = [...always, ...policies.of(holder.policies)];
  const product = groups.flatMap((name) => texts.get(name) ?? []);
  const then = [...today, ...product, OWN_PASSWORD];
  const lost = gained(then, today);
  if (typeof lost === "string") return `what it has cannot be judged: ${lost}`;
  if (lost.length > 0)
    return (
      `beside its policies (${holder.policies.join(", ")}) the product's, which are narrower, would take something ` +
      `away: ${accessWords(lost, "path")}`
    );
  const [more, less] = [gained([...today, OWN_PASSWORD], then), gained([...always, ...product, OWN_PASSWORD], today)];
  if (typeof more === "string" || typeof less === "string") return `what it has cannot be judged`;
  return { ...user, more, less };
}

/** So many rules are told. */
const TOLD = 6;

/** What is let through, in words: `read on kvv2/data/a; …`; the rules that do it, or a path of each that shows it. */
export function accessWords(access: readonly NewAccess[], shown: "rule" | "path" = "rule"): string {
  const told = access
    .slice(0, TOLD)
    .map((each) => `${each.capabilities.join(", ") || "the same without limits"} on ${each[shown] || each.rule}`);
  return [...told, ...(access.length > TOLD ? [`and ${access.length - TOLD} more`] : [])].join("; ");
}
