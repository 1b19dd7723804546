import {
  added,
  all,
  changes,
  gone,
  hasUnknown,
  info,
  madeWord,
  rule,
  trustChanges,
  warning,
  when,
  type Judge,
  type PlannedChange,
  type Remark,
  type Rule,
} from "./change";
import { textsIn } from "./json";
import { onPath } from "./on-path";
import { type VaultPermissions } from "./record";
import { ASK, UNKNOWN } from "./vault-policy";

/** An identity object is read by its id, which Vault makes up, and written by its collection. */
export function identity(collection: string, ...more: VaultPermissions["apply"]): () => VaultPermissions {
  const byId = `identity/${collection}/id/*`;
  return () => ({
    plan: [onPath(byId, "read")],
    apply: [onPath(`identity/${collection}`, "create", "update"), onPath(byId, "read", "update"), ...more],
    collection: [onPath(byId, "delete")],
  });
}

/** The policy that every person has. */
const OWN_PASSWORD = "own-password";

/** The accessor of a userpass mount. Source: Vault makes it of `auth`, the method's type and eight hexadecimals. */
const USERPASS = /^auth_userpass_/;

const MEMBERS = ["member_entity_ids", "member_group_ids"];

/** Says who and what a group gains. */
export const changedGroup: Judge = (change, called) => [
  ...["policies", ...MEMBERS].flatMap((name) => {
    const more = added(change, name);
    return when(
      more.length > 0,
      "warning",
      `${called}: ${name === "policies" ? `gains ${more.join(", ")}` : `${more.length} more ${name}`}`,
      "Its members can do more.",
    );
  }),
  ...when(
    MEMBERS.some((name) => hasUnknown(change.unknown[name])),
    "warning",
    `${called} gains members whose ids are known only after the apply`,
    `${ASK.replace(" says", "")} names them.`,
  ),
];

/** Says of a user that it has policies, whoever logs in as it. */
export const madeUser: Judge = (change, called) => withMore(change, called, textsIn(change.after.token_policies));

/** Says of a group that it gives more than the policy of its own name, or gives it to somebody who is there. */
export const madeGroup: Judge = (change, called) => {
  const { after } = change;
  const policies = textsIn(after.policies);
  const members = MEMBERS.flatMap((name) => textsIn(after[name]).filter((id) => id !== "null"));
  const made = `${called} is ${madeWord(change)}`;
  const more = policies.filter((each) => each !== after.name);
  return [
    ...when(
      more.length > 0,
      "warning",
      `${made}, with ${more.join(", ")}`,
      "A group gives the policy of its own name.",
    ),
    ...when(
      members.length > 0,
      "warning",
      `${made}, with ${members.length} who are there already`,
      `${ASK.replace(" says", "")} names them.`,
    ),
    ...when(
      typeof after.type === "string" && after.type !== "internal",
      "warning",
      `${made}, of type ${String(after.type)}`,
      "Another system says who its members are.",
    ),
    ...info(`${made}, with ${policies.join(", ") || "no policy"}`, `${ASK} what its members gain.`),
  ];
};

/** Says of an entity that it has more than what everybody has. */
export const madeEntity: Judge = (change, called) =>
  withMore(
    change,
    called,
    textsIn(change.after.policies).filter((each) => each !== OWN_PASSWORD),
  );

/** Says of a person who is made with policies that come from no group. */
function withMore(change: PlannedChange, called: string, policies: readonly string[]): readonly Remark[] {
  return when(
    policies.length > 0,
    "warning",
    `${called} is ${madeWord(change)} with ${policies.join(", ")}`,
    "The person can do more, outside of any group.",
  );
}

/** Says of an alias that it gives a login to somebody who is there already, or that is no user's. */
export const madeAlias: Judge = (change, called) => {
  const { after, unknown } = change;
  const made = `${called} is ${madeWord(change)}`;
  return [
    ...when(
      typeof after.canonical_id === "string",
      "warning",
      `${made}, of an entity that is there already`,
      "This login becomes that person, with all that the person has.",
    ),
    ...when(
      hasUnknown(unknown.mount_accessor),
      "warning",
      `${made} in an auth mount that is known only after the apply`,
      UNKNOWN,
    ),
    ...when(
      typeof after.mount_accessor === "string" && !USERPASS.test(after.mount_accessor),
      "warning",
      `${made} in ${String(after.mount_accessor)}`,
      "People log in with userpass; a workload or a job would be this person.",
    ),
  ];
};

/** Policies or members that are given to a group or a person beside its own resource. */
export function part(noun: string, id: string, gives: string): Rule {
  return rule(noun, [id], {
    gone: gone("warning", "Somebody loses what it gives."),
    create: (_, called) =>
      warning(`${called}: ${gives} are given in a resource of their own`, `${ASK} who gains what by it.`),
    update: changes([id, gives, "exclusive"], "Somebody can do more, or less."),
  });
}

/** Judges by which group of an identity provider somebody comes to be in one of ours. */
export const GROUP_ALIAS: Rule = rule("group alias", ["name"], {
  gone: gone("warning", "Its people lose what the group gives at their next login."),
  create: (change, called) => [
    ...when(
      typeof change.after.canonical_id === "string",
      "error",
      `${called} is ${madeWord(change)}, of a group that is there already`,
      "Whoever the identity provider has in this group gains what ours gives.",
    ),
    ...info(`${called} is ${madeWord(change)}`, `${ASK} what its people gain.`),
  ],
  update: trustChanges(
    ["name", "canonical_id", "mount_accessor"],
    "Others, of the identity provider's people, have what the group gives.",
  ),
});

/** Judges an entity or an alias; `made` is for a new one. */
export const person = (noun: string, made: Judge): Rule =>
  rule(noun, ["name"], {
    gone: gone("warning", "The person loses what groups give; a later login makes a new entity."),
    create: made,
    update: all(
      (change, called) =>
        added(change, "policies").flatMap((each) =>
          each === OWN_PASSWORD && noun === "entity"
            ? []
            : warning(`${called} gains the policy ${each}`, "The person can do more, outside of any group."),
        ),
      changes(["canonical_id", "mount_accessor", "name", "metadata"], (name) =>
        name === "metadata" || name === "name"
          ? "Templated policies read it."
          : "Another login becomes this person, or this login another.",
      ),
      ({ before, after }, called) =>
        when(
          before.disabled === true && after.disabled !== true,
          "warning",
          `${called} is enabled again`,
          "The person can log in.",
        ),
    ),
  });
