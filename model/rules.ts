/** A rule for a text: what it accepts, and how that is said. */
export interface TextRule {
  readonly accepted: string;
  accepts(text: string): boolean;
}

function rule(accepted: string, pattern: RegExp, longest: number, reserved: readonly string[] = []): TextRule {
  return {
    accepted: `${accepted}, at most ${longest} characters${reserved.length ? `, not ${reserved.join(", ")}` : ""}`,
    accepts: (text) => text.length > 0 && text.length <= longest && pattern.test(text) && !reserved.includes(text),
  };
}

/**
 * The first part of every stack's name. It has no dash, so that `a-b` + `c` and `a` + `b-c` cannot be the same stack, and so the
 * same state, in two platforms.
 */
export const PLATFORM_NAME = rule("lower-case letters and digits, a letter first", /^[a-z][a-z0-9]*$/, 20);

/** Names of apps, Vaults and clusters: a DNS label that starts with a letter, short enough to be part of other names. */
export const NAME = rule("lower-case letters, digits and single dashes, a letter first", /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 40);

/** Names of environments: as NAME; the names of the shared stacks are taken. */
export const ENVIRONMENT_NAME = rule("lower-case letters, digits and single dashes, a letter first", /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 40, ["vault", "access", "operator"]);

/** A Kubernetes DNS-1123 label. Source: Kubernetes' documentation, "Object Names and IDs". */
export const DNS_LABEL = rule("a DNS-1123 label (lower-case letters, digits and dashes, a letter or digit first and last)", /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 63);

/** A Vault path segment; the mounts that Vault itself has are taken. */
export const MOUNT = rule("one Vault path segment of letters, digits, dashes and underscores, a letter first", /^[a-zA-Z][a-zA-Z0-9_-]*$/, 64, ["sys", "auth", "identity", "cubbyhole"]);

/** A key of a secret set: it becomes an environment variable; `_raw` is the operator's own. */
export const KEY = rule("an environment variable's name (letters, digits and underscores, no digit first)", /^[A-Za-z_][A-Za-z0-9_]*$/, 128, ["_raw"]);

/** A user's name: userpass lower-cases names, so upper case would be another person's name. */
export const USER_NAME = rule("lower-case letters and digits, single dashes or dots between them", /^[a-z0-9]+([.-][a-z0-9]+)*$/, 64);

/** A group's name, which is its policy's name too; root and default are Vault's own. */
export const GROUP_NAME = rule("lower-case letters, digits and single dashes, a letter first", /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 64, ["root", "default"]);

/** Free text of one line that Terraform does not read as a template. */
export const LINE = rule("one line of text without ${ and %{", /^(?!.*[$%]\{)[^\p{Cc}]+$/u, 128);

/** A name in a cloud or a kubeconfig: one line without spaces, quotes or template marks. */
export const REFERENCE = rule("a name without spaces, quotes, * and templates", /^[^\s"'`\\${}%*]+$/, 256);

/** A Kubernetes quantity such as `10Gi`, `512Mi`, `250m`. Source: Kubernetes' documentation, "Quantity". */
export const QUANTITY = rule("a Kubernetes quantity, e.g. 10Gi or 250m", /^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/, 20);

/** An exact version: an image's or a chart's, neither `latest` nor a range. */
export const VERSION = rule("an exact version, e.g. 1.21.1", /^v?[0-9]+\.[0-9]+\.[0-9]+([-+.][0-9A-Za-z.-]+)?$/, 64);

/** An http or https URL without credentials, query or fragment. */
export const URL_TEXT = rule("an http or https URL without credentials, query and fragment", /^https?:\/\/[A-Za-z0-9.\-[\]:]+(\/[A-Za-z0-9._~/-]*)?$/, 256);

/** An https URL without credentials, query or fragment. */
export const HTTPS_URL = rule("an https URL without credentials, query and fragment", /^https:\/\/[A-Za-z0-9.\-[\]:]+(\/[A-Za-z0-9._~/-]*)?$/, 256);

/** A PEM certificate or public key; a private key is refused. */
export const PUBLIC_PEM = rule("a PEM certificate or public key (-----BEGIN CERTIFICATE----- or -----BEGIN PUBLIC KEY-----)", /^-----BEGIN (CERTIFICATE|PUBLIC KEY)-----\n[A-Za-z0-9+/=\n]+-----END \1-----\n?$/, 16384);

/** A folder or file path without templates. */
export const FILE_PATH = rule("a path without spaces, quotes and templates", /^[^\s"'`\\${}%*]+$/, 256);

/** An IP address block. */
export const CIDR = rule("an address block, e.g. 10.0.0.0/8", /^[0-9a-fA-F.:]+\/[0-9]{1,3}$/, 64);

/** An environment variable of a seal's credentials. */
export const VARIABLE = rule("an upper-case environment variable's name", /^[A-Z][A-Z0-9_]*$/, 64);
