import { OWN_PASSWORD_POLICY, PLATFORM_ADMIN, resolvePlatform, USERPASS_MOUNT, type PlatformConfig } from "../../model";
import { GROUP_NAME, USER_NAME } from "../../model/rules";
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

/** A group for each policy that somebody has and that gives something of the sets. */
function groupsOf(found: Found, world: World, holders: readonly Holder[], taken: ReadonlySet<string>) {
  const texts = new PolicyTexts(found);
  const names = new Set([...taken, ...found.now.groups.map(({ name }) => String(name).toLowerCase())]);
  const groups = new Map<string, { readonly name: string; readonly grants: ReturnType<typeof grantsOf> }>();
  for (const policy of [...new Set(holders.flatMap(({ policies }) => policies))].sort()) {
    const acl = texts.read(policy);
    const grants = typeof acl === "string" ? [] : grantsOf(acl, world);
    if (grants.length === 0) continue;
    const name = freeName(policy, (each) => !names.has(each) && !texts.has(each) && GROUP_NAME.accepts(each));
    names.add(name);
    groups.set(policy, { name, grants });
  }
  return groups;
}

/** A policy is never taken over, so its group has a name beside it. */
function freeName(policy: string, isFree: (name: string) => boolean): string {
  const base = policy
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  const names = ["", ...Array.from({ length: 1000 }, (_, i) => `-${i + 2}`)].map(
    (end) => `${(base || "adopted").slice(0, 50).replace(/-+$/, "")}-people${end}`,
  );
  return names.find(isFree)!;
}

/**
 * Whom the config can have, and in which groups. A user who would lose anything by it is left out, since of two rules
 * that fit a path Vault takes the narrower alone, whichever policy it is in.
 * @param config without people; its own names of policies are taken
 */
export function peopleOf(found: Found, world: World, config: PlatformConfig): People {
  const taken = new Set([PLATFORM_ADMIN, OWN_PASSWORD_POLICY]);
  for (const [app, environments] of world.apps) for (const each of environments) taken.add(`${app}-${each}`);
  const holders = holdersOf(found);
  const groups = groupsOf(found, world, holders, taken);
  const left: { name: string; why: string }[] = [];
  let users: Taken[] = [];
  for (const holder of holders) {
    const of = [...new Set(holder.policies.flatMap((policy) => groups.get(policy)?.name ?? []))].sort();
    const why = whyNot(found, holder, of);
    if (why !== undefined) left.push({ name: holder.name, why });
    else users.push({ holder, groups: of, more: [], less: [] });
  }
  // Who is left out is in no group, and what the others' groups say again may then be less.
  for (let before = -1; before !== users.length;) {
    before = users.length;
    const texts = textsOf(groups, users, config);
    users = users.flatMap((user) => {
      const judged = judgedUser(found, user, texts);
      if (typeof judged !== "string") return [judged];
      left.push({ name: user.holder.name, why: judged });
      return [];
    });
  }
  return { groups: usedGroups(groups, users), users, left };
}

function whyNot(found: Found, holder: Holder, groups: readonly string[]): string | undefined {
  if (!USER_NAME.accepts(holder.name)) return `a config takes names of ${USER_NAME.accepted}`;
  if (groups.length === 0)
    return holder.policies.length === 0
      ? "no policy is given to it"
      : `its policies (${holder.policies.join(", ")}) give no value of the adopted secrets, or cannot be judged`;
  const readsName = new PolicyTexts(found).of(holder.policies).some((text) => /identity\.entity\.name/.test(text));
  if (readsName && holder.entity?.name !== holder.name)
    return `a policy of its (${holder.policies.join(", ")}) reads the name of its entity, which would be another`;
  return entityProblem(found, holder);
}

function usedGroups(groups: ReturnType<typeof groupsOf>, users: readonly Taken[]): Groups {
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
  groups: ReturnType<typeof groupsOf>,
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
function judgedUser(found: Found, user: Taken, texts: ReadonlyMap<string, string>): Taken | string {
  const policies = new PolicyTexts(found);
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
      `away: ${accessWords(lost)}`
    );
  const [more, less] = [gained([...today, OWN_PASSWORD], then), gained([...always, ...product, OWN_PASSWORD], today)];
  if (typeof more === "string" || typeof less === "string") return `what it has cannot be judged`;
  return { ...user, more, less };
}

/** So many rules are told. */
const TOLD = 6;

/** What is let through, in words: `read on kvv2/data/a; …`. */
export function accessWords(access: readonly NewAccess[]): string {
  const told = access
    .slice(0, TOLD)
    .map(
      ({ capabilities, path, rule }) => `${capabilities.join(", ") || "the same without limits"} on ${rule || path}`,
    );
  return [...told, ...(access.length > TOLD ? [`and ${access.length - TOLD} more`] : [])].join("; ");
}
