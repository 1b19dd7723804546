import { rule, type TextRule } from "./text-rule";

export * from "./address-rules";
export type { TextRule } from "./text-rule";

/** Words and pattern of names that become parts of other names. */
const DASHED_NAME = [
  "lower-case letters, digits and single dashes, a letter first",
  /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
] as const;

/** Words, pattern and length of Kubernetes' labels. Source: Kubernetes' documentation, "Object Names and IDs". */
const LABEL = [
  "a DNS-1123 label (lower-case letters, digits and dashes, a letter or digit first and last)",
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  63,
] as const;

/** Words and pattern of free text that Terraform does not read as a template. */
const ONE_LINE = [
  "one line of visible text without ${ and %{, no space at its ends",
  /^(?!\s)(?!.*[$%]\{)[^\p{C}\p{Zl}\p{Zp}]*(?<!\s)$/u,
] as const;

/**
 * The first part of every stack's name. It has no dash, so that `a-b` + `c` and `a` + `b-c` cannot be the same stack,
 * and so the same state, in two platforms.
 */
export const PLATFORM_NAME = rule("lower-case letters and digits, a letter first", /^[a-z][a-z0-9]*$/, 20);

/**
 * Names of apps, Vaults and clusters: a DNS label that starts with a letter, short enough to be part of other names.
 */
export const NAME = rule(...DASHED_NAME, 40);

/** Names of environments: as NAME; the names of the shared stacks are taken. */
export const ENVIRONMENT_NAME = rule(...DASHED_NAME, 40, ["vault", "access", "operator"]);

/** Kubernetes' own namespaces: anyone's pods are in `default`, and a destroy of the others takes the cluster along. */
const KUBERNETES_NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** A Kubernetes DNS-1123 label. */
export const DNS_LABEL = rule(...LABEL);

/** A label's name. Source: Kubernetes' documentation, "Labels and Selectors". */
export const LABEL_NAME = rule(
  "a label's name, e.g. release or app.kubernetes.io/part-of",
  /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
  253,
);

/** A label's value. Source: the same. */
export const LABEL_VALUE = rule("a label's value", /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/, 63);

/** A namespace of ours. */
export const NAMESPACE = rule(...LABEL, KUBERNETES_NAMESPACES);

/** A server's namespace, which its service is called after: that name starts with a letter. */
export const SERVER_NAMESPACE = rule(
  "lower-case letters, digits and dashes, a letter first, no dash last",
  /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  63,
  KUBERNETES_NAMESPACES,
);

/** A service account of an app; `default` is every pod's that names none. */
export const SERVICE_ACCOUNT = rule(...LABEL, ["default"]);

/** A Vault path segment; the mounts that Vault itself has are taken. */
export const MOUNT = rule(
  "one Vault path segment of letters, digits, dashes and underscores, a letter first",
  /^[a-zA-Z][a-zA-Z0-9_-]*$/,
  64,
  ["sys", "auth", "identity", "cubbyhole"],
);

/** A folder beside the stacks for local state; an install or a test run empties the reserved ones. */
export const FOLDER = rule(
  "a folder's name of letters, digits, dashes and underscores",
  /^[A-Za-z0-9_][A-Za-z0-9_-]*$/,
  64,
  ["node_modules", "coverage"],
);

/**
 * A key of a secret set: it becomes an environment variable; `_raw` is the operator's own, `__proto__` no name in
 * JavaScript.
 */
export const KEY = rule(
  "an environment variable's name (letters, digits and underscores, no digit first)",
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  128,
  ["_raw", "__proto__"],
);

/** Characters that values are made of; one given twice would be chosen twice as often. */
export const ALPHABET = rule("characters of visible ASCII, none twice and no space", /^(?!.*(.).*\1)[!-~]{2,}$/, 94);

/** A user's name: userpass lower-cases names, so upper case would be another person's name. */
export const USER_NAME = rule(
  "lower-case letters and digits, single dashes or dots between them",
  /^[a-z0-9]+([.-][a-z0-9]+)*$/,
  64,
);

/** Vault's own policies: none can be written or given by others. Source: Vault's policy store. */
export const VAULT_POLICIES = ["root", "default", "response-wrapping", "control-group"] as const;

/** A group's name, which is its policy's name too. */
export const GROUP_NAME = rule(...DASHED_NAME, 64, VAULT_POLICIES);

/** A policy's name, which may be that of an app in an environment. */
export const POLICY_NAME = rule(...DASHED_NAME, 128, VAULT_POLICIES);

/** A path in a kv-v2 mount. */
export const KV_PATH = rule(
  "names of letters, digits, dashes, underscores and dots, parted by single slashes",
  /^(?!.*(^|\/)\.\.?(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/,
  512,
);

/** Free text of one line. */
export const LINE = rule(...ONE_LINE, 128);

/** Why a waiver is meant: more than a word, for whoever reads it in a report. */
export const REASON = rule(
  "at least three words, one line of visible text without ${ and %{, no space at its ends",
  /^(?=\S+(\s+\S+){2})(?!.*[$%]\{)[^\p{C}\p{Zl}\p{Zp}]*(?<!\s)$/u,
  256,
);

/** A field's name in a chart's values. */
export const VALUE_NAME = rule(...ONE_LINE, 256, ["__proto__"]);

/** A name in a cloud or a kubeconfig: visible ASCII without quotes or template marks. */
export const REFERENCE = rule(
  "a name in ASCII without spaces, quotes, backslashes, * and $ % { }",
  /^(?!.*["'`\\${}%*])[!-~]+$/,
  256,
);

/** A key in a Kubernetes Secret. Source: Kubernetes' documentation, "Secrets". */
export const SECRET_KEY = rule(
  "a Secret's key (letters, digits, dashes, underscores and dots)",
  /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/,
  253,
);

/** A Kubernetes quantity such as `10Gi`, `512Mi`, `250m`. Source: Kubernetes' documentation, "Quantity". */
export const QUANTITY = rule(
  "a Kubernetes quantity, e.g. 10Gi or 250m",
  /^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/,
  20,
);

/** An exact version: an image's or a chart's, neither `latest` nor a range. */
export const VERSION = rule("an exact version, e.g. 1.21.1", /^v?[0-9]+\.[0-9]+\.[0-9]+([-+.][0-9A-Za-z.-]+)?$/, 64);

/** An id that Vault makes up. */
export const UUID = rule(
  "an id such as 7d2e3179-f69b-450c-7179-ac8ee8bd8ca9",
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  36,
);

/** What a registry or a publisher calls a file's SHA-256. */
export const DIGEST: TextRule = {
  accepted: "a digest, sha256: and 64 hexadecimal digits",
  accepts: (text) => /^sha256:[0-9a-f]{64}$/.test(text),
};

/** The exact version of a server, Vault or OpenBao. */
export const SERVER = rule(
  "an exact version of Vault, e.g. 2.2.2, or of OpenBao, e.g. openbao-2.6.2",
  /^(openbao-)?v?[0-9]+\.[0-9]+\.[0-9]+([-+.][0-9A-Za-z.-]+)?$/,
  64,
);

/** A folder or file path without templates. */
export const FILE_PATH = rule(
  "a path without spaces, quotes, backslashes, * and $ % { }",
  /^[^\s"'`\\${}%*\p{C}]+$/u,
  256,
);

/** Where an audit device writes; a relative path would be in a folder that nobody keeps, `discard` nowhere. */
export const AUDIT_PATH = rule("an absolute path, or stdout", /^(stdout|(\/(?!\.\.?(\/|$))[A-Za-z0-9._-]+)+)$/, 256);

/** An environment variable of a seal's credentials. */
export const VARIABLE = rule("an upper-case environment variable's name", /^[A-Z][A-Z0-9_]*$/, 64);

/** A claim's value as it is in a token, and no pattern; the provider would part it at a comma. */
export const CLAIM = rule("a claim's value of letters, digits and . _ : / @ -", /^[A-Za-z0-9._:/@-]+$/, 256);

/** A claim's name, or an event's; what Vault itself looks at in a token is not bound as a claim. */
export const CLAIM_NAME = rule(
  "a name of lower-case letters, digits, dashes and underscores, a letter first",
  /^[a-z][a-z0-9_-]*$/,
  64,
  ["iss", "aud", "sub", "exp", "nbf", "iat", "jti"],
);

/** The claim that has somebody's groups: a name, or one that is a URL, as some providers have it. */
export const GROUPS_CLAIM = rule(
  "a claim's name of letters, digits and . _ : / -, a letter first",
  /^[A-Za-z][A-Za-z0-9._:/-]*$/,
  128,
  ["iss", "aud", "sub", "exp", "nbf", "iat", "jti", "nonce", "azp"],
);

/** What is asked of an identity provider beside `openid`, which Vault asks for itself. */
export const SCOPE = rule("a scope of letters, digits and . _ : / -", /^[A-Za-z0-9._:/-]+$/, 128, [
  "openid",
  // It would bring a token that outlives the login.
  "offline_access",
]);

/** A group as an identity provider writes it; Terraform's provider would part it at a comma. */
export const OIDC_GROUP = rule(
  "a group's name or id in ASCII, without commas, quotes, backslashes, * and $ % { }, no space at its ends",
  /^(?!.*[,"'`\\${}%*])[!-~]([ -~]*[!-~])?$/,
  256,
);

/** A repository as a CI names it, with its owner or groups. */
export const REPOSITORY = rule("owner/name", /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)+$/, 256);

/** A git reference as a CI names it. GitHub's claim has it whole; another CI's may have the branch alone. */
export const REF = rule("a git reference such as refs/heads/main", /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 256);

/** A template of a token's subject. */
export const SUBJECT = rule(
  "a template of {repository} and {environment}, with {environment} in it",
  /^(?=.*\{environment\})([A-Za-z0-9._:/@-]|\{repository\}|\{environment\})+$/,
  256,
);

/** What an API server puts before a user's name; `system:` is Kubernetes' own. */
export const USER_PREFIX = rule(
  "letters, digits and . _ : / @ # -, one of : / # - last, not system:",
  /^(?!system:)[A-Za-z0-9._:/@#-]*[:/#-]$/,
  64,
);

/** Least and most of a cron expression's fields. Source: Kubernetes' documentation, "CronJob". */
const CRON_FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

/** When something runs, in numbers: names of days and months are one more way to say the same. */
export const CRON: TextRule = {
  accepted:
    "five fields of a cron expression in UTC, parted by single spaces: minute (0-59), hour (0-23), day (1-31), month " +
    '(1-12), day of the week (0-6); each *, numbers, ranges, lists or steps, e.g. "0 0,6,12,18 * * *"',
  accepts: (text) => {
    const fields = text.split(" ");
    const fits = ([least, most]: readonly [number, number], i: number) => isCronField(fields[i]!, least, most);
    return fields.length === CRON_FIELDS.length && CRON_FIELDS.every(fits);
  },
};

function isCronField(field: string, least: number, most: number): boolean {
  return field.split(",").every((part) => {
    const [whole, from, to, step] = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    const [first, last] = [Number(from ?? least), Number(to ?? from ?? most)];
    return whole !== undefined && first >= least && last <= most && first <= last && Number(step ?? 1) >= 1;
  });
}

/** A time of the day, to the minute. */
export const TIME_OF_DAY = rule('a time of the day such as "02:30"', /^([01][0-9]|2[0-3]):[0-5][0-9]$/, 5);

/** A name in PostgreSQL, which is written between quotes. Source: PostgreSQL's documentation, "Identifiers". */
export const DATABASE_NAME = rule(
  "a name in the database of letters, digits, dashes and underscores, a letter first",
  /^[A-Za-z][A-Za-z0-9_-]*$/,
  63,
);

/** A host that Vault connects to. */
export const HOST = rule(
  "a DNS name or an IPv4 address",
  /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
  253,
);
