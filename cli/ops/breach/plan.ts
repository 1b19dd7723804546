import { code } from "../../../access";
import { named, USERPASS_MOUNT, type Duration, type Platform, type SecretSet, type Tenant } from "../../../model";
import type { Seen, Use } from "../../audit-log";
import { present } from "../present";
import type { Reach } from "./reach";
import { isExternal, type UserAt } from "../users/rights";
import { asUserName } from "../users/user-name";
import type { UserFindings } from "./user-facts";
import type { WorkloadFindings } from "./vault-facts";

/** A breach as a checklist, before it is written as Markdown. Sentences are Markdown already. */
export interface BreachPlan {
  /** E.g. `user mei.tanaka`. */
  readonly title: string;
  readonly vault: string;
  /** What this program does with `--confirm`, in this order. */
  readonly cut: readonly string[];
  /** What people do instead, where nobody can be cut off; @default nothing. */
  readonly rekey?: readonly string[];
  /** What to know before deciding. */
  readonly remarks: readonly string[];
  /** What people look into. */
  readonly look: readonly string[];
  /** The sets whose values may be known, in the order in which to change them. */
  readonly values: readonly Reach[];
  /**
   * What an audit log says was done with them, by set.
   * @default nothing: no log was given
   */
  readonly uses?: ReadonlyMap<SecretSet, ReadonlyMap<Use, Seen>>;
  /**
   * Whether something could not be read, so that more may be reached than `values` says.
   * @default false
   */
  readonly incomplete?: boolean;
  /** A sentence above the values. */
  readonly valuesNote: string;
  /** What comes last: what Terraform would put back, and how access is given again. */
  readonly after: readonly string[];
}

const CHANGES =
  "`npm run ops -- secrets changes --since 30d`, and with `--audit-log` the files of an audit " +
  "device: who wrote what, and when; this command's own `--audit-log` tells what was read";
const FIRST_THERE =
  "Change each value first where it opens something (the database, the provider), then in Vault; " +
  "the old one must not work any more.";

/** Whether a user has a password in Vault, which can be replaced there. */
export function hasPassword({ exists, mount }: UserAt): boolean {
  return exists && mount.type === "userpass";
}

/** The plan for a person. Pure. */
export function planForUser(
  platform: Platform,
  vault: string,
  name: string,
  { reach, admin, tokens, remarks, entities, logins, unknown }: UserFindings,
): BreachPlan {
  const { accessStack, tokenMaxTtl } = named(platform.vaults, vault);
  const declared = platform.users.some((user) => user.name === name);
  return {
    title: `user ${name}`,
    vault,
    cut: present(
      ...entities.map(
        (entity) =>
          `disable the entity ${entity.name === name ? `of ${name}` : code(entity.name)}` +
          `${entity.disabled ? " (it is already)" : ""}: no login and no token works from then on`,
      ),
      `revoke the tokens of ${name}, with all leases and tokens made by them (${tokens.length} now)`,
      ...logins
        .filter(hasPassword)
        .map(
          ({ mount: { path } }) =>
            `replace the password${path === `${USERPASS_MOUNT}/` ? "" : ` at ${code(`auth/${path}`)}`} by one that ` +
            "nobody knows: what was stolen does not work even if the entity is enabled again",
        ),
    ),
    remarks: present(
      admin &&
        `${name} could change policies and people, and so could grant itself every value of ` +
          `this Vault: all of them are below.`,
      ...remarks,
      ...unknown.map((what) => `Not known: ${what}.`),
    ),
    look: [
      CHANGES,
      ...logins
        .filter((login) => !hasPassword(login))
        .map(
          ({ mount: { path, type } }) =>
            `the login as ${name} at ${code(`auth/${path}`)} (${type}): its password or key is not in Vault; end ` +
            "it there",
        ),
      ...(admin
        ? [
            `policies, groups, roles, users and auth methods that are not from the config: \`npm ` +
              `run diff -- ${accessStack}\` shows what differs, \`npm run ops -- users list\` who was added`,
            "audit devices, seal and mounts: `vault audit list`, `vault auth list`, `vault secrets list`",
            "tokens made by others at the same time, and tokens without an entity: `vault list auth/token/accessors`",
          ]
        : []),
      `how it came about: the laptop, the password's other uses, the wrapping token of the last invitation`,
    ],
    values: reach,
    incomplete: unknown.length > 0,
    valuesNote: FIRST_THERE,
    after: [...afterUser(name, accessStack, declared, logins), ...afterExternal(name, tokenMaxTtl, logins)],
  };
}

/** What comes last for somebody with a password, or who once had one. */
function afterUser(name: string, accessStack: string, declared: boolean, logins: readonly UserAt[]): string[] {
  if (declared)
    return [
      `if ${name} leaves: take them out of \`people.users\` and apply \`${accessStack}\`, ` +
        `which deletes user, alias and entity`,
      `if ${name} stays: \`npm run ops -- users enable ${name}\`, then \`npm run ops -- users invite ${name}\``,
    ];
  const user = `\`vault delete auth/userpass/users/${name}\``;
  if (logins.some(isExternal))
    return logins.some(hasPassword) ? [`delete the user that Terraform does not know: ${user}`] : [];
  return [`delete what Terraform does not know: ${user} and \`vault delete identity/entity/name/${name}\``];
}

/** What comes last for somebody whom an identity provider knows. Vault makes an entity for each login without one. */
function afterExternal(name: string, tokenMaxTtl: Duration, logins: readonly UserAt[]): string[] {
  const external = logins.filter(isExternal);
  if (external.length === 0) return [];
  const entities = external.flatMap(({ entity }) => (entity ? [code(entity.name)] : [])).join(", ");
  return [
    `if ${name} leaves: take them out at the identity provider, and keep the disabled entity ${entities} for ` +
      `${tokenMaxTtl.toString()} (\`tokenMaxTtl\`) at the least: it is the lock, and once it is deleted, the next ` +
      "login makes another",
    `if ${name} stays: have the provider end their sessions and change how they log in there, then ` +
      `\`npm run ops -- users enable ${asUserName(name) === name ? name : `'${name}'`}\``,
  ];
}

/** The plan for workloads of an app, an environment, or one alone. Pure. */
export function planForWorkloads(
  platform: Platform,
  vault: string,
  title: string,
  elsewhere: readonly string[],
  { reach, tokens, remarks, roles, databases }: WorkloadFindings,
): BreachPlan {
  const stacks = [...new Set(roles.map(({ tenant }) => stackOfRole(platform, tenant)))];
  const accounts = roles.map(
    ({ tenant: { delivery } }) =>
      `\`kubectl --context ${named(platform.clusters, delivery!.cluster).context} -n ` +
      `${delivery!.namespace} delete serviceaccount ${delivery!.serviceAccount}\``,
  );
  return {
    title,
    vault,
    cut: [
      ...roles.map(
        ({ path, exists }) =>
          `delete the role \`${path}\`${exists ? "" : " (it is not there)"}: its service account ` +
          `cannot log in any more, and the operator stops delivering its set`,
      ),
      `revoke the tokens of ${roles.length === 1 ? "this role" : "these roles"}, with all leases ` +
        `and tokens made by them (${tokens.length} now)`,
      ...databases.map(
        ({ role, access }) =>
          `${code(role)}: ` +
          (access.type === "static"
            ? `another password of ${code(access.username)}`
            : "its leases end, with their sessions") +
          ", and another password of the administrator of its database",
      ),
    ],
    remarks: [
      ...remarks,
      ...elsewhere.map((other) => `This is on Vault ${other} too: run this again with \`--vault ${other}\`.`),
    ],
    look: [
      CHANGES,
      "how it came about: who may make pods or tokens in the namespace, what the pods' images are, " +
        "who could read the Secret in Kubernetes (its readers know these values too)",
    ],
    values: reach,
    valuesNote: FIRST_THERE,
    after: present(
      ...accounts.map(
        (command) =>
          `end the service account's own tokens: ${command} (the stack makes it again; where Vault ` +
          `checks tokens by the issuer's keys, they live until they expire)`,
      ),
      roles.length > 0 &&
        `Terraform puts the roles back with the next apply of ${stacks.map((stack) => `\`${stack}\``).join(", ")}: ` +
          "do that when the values are changed and the hole is closed, not before",
      "restart the pods that have the old values, unless the environment restarts them by itself",
      "see that the new values arrive: `npm run ops -- secrets status`, and Ready of each VaultStaticSecret",
    ),
  };
}

/**
 * The plan for a leaked unseal share or recovery key. Nothing of it can be done by one person alone, nor by this
 * program. Pure.
 */
export function planForShare(vault: string, values: readonly Reach[]): BreachPlan {
  return {
    title: "a share of the unseal key",
    vault,
    cut: [],
    rekey: REKEY_STEPS,
    remarks: [
      "One share alone opens nothing. Together, as many as the threshold unseal the server, and make a root token.",
      "With an automatic seal these are recovery keys: they unseal nothing, and still make a root " +
        "token. There, also look after the key in the KMS.",
    ],
    look: [
      "how many shares may be in the same hands: as many as the threshold is a breach of " +
        "everything; then also cut off the network to the server, and make a new Vault",
      "root tokens that were made: in the audit log `sys/generate-root`, `sys/rekey`, " +
        "`auth/token/create`; `vault list auth/token/accessors` for tokens with the policy root",
      "copies of the storage (snapshots, volumes, backups): the old shares still open what was copied before",
    ],
    values,
    valuesNote:
      "Only if as many shares as the threshold may be in the same hands, or a copy of the storage with them. " +
      FIRST_THERE,
    after: [],
  };
}

/**
 * Steps of rekeying, for {@link planForShare}. Source: Vault's documentation, "Rekeying & rotating Vault"; from 2.0 on
 * it needs a token.
 */
const REKEY_STEPS: readonly string[] = [
  "gather as many keepers of good shares as the threshold says, the suspect share not among them if that can be had",
  "`vault operator rekey -init -verify`, then as docs/bootstrap.md says: each gives the own share by hidden prompt; " +
    "the old shares stop working when enough of the new ones have been verified",
  "hand each new share to one person, over a channel of their own; no two in one place",
  "rotate the encryption key for what is written from now on: `vault operator rotate`",
  "take a new backup, and destroy those that the old shares open",
];

function stackOfRole(platform: Platform, { environment: name }: Tenant): string {
  const environment = named(platform.environments, name);
  return environment.authority === "separate"
    ? named(platform.vaults, environment.vault).accessStack
    : environment.stack;
}
