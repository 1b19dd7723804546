/**
 * Every version that the product pins, in one place. `npm run versions` shows them; test/house/files.test.ts holds
 * them exact.
 */
export const VERSIONS = {
  /** `required_version` of every stack: write-only arguments came with Terraform 1.11. */
  terraform: ">= 1.11.0",
  providers: { vault: "5.10.1", kubernetes: "2.38.0", helm: "3.1.1", random: "3.7.2" },
  charts: {
    vault: { repository: "https://helm.releases.hashicorp.com", name: "vault", version: "0.34.1" },
    operator: { repository: "https://helm.releases.hashicorp.com", name: "vault-secrets-operator", version: "1.4.1" },
  },
  /**
   * The pod security standards that namespaces are held to: the Kubernetes version whose rules they are; a newer API
   * server keeps to them.
   */
  podSecurity: "v1.34",
  /**
   * Newer than the chart's default: the oldest one without an advisory of {@link ADVISORIES}. The chart takes no part
   * in policies; 0.35.0, which defaults to 2.2.2, is for when somebody has read what it renders.
   */
  images: {
    vault: { repository: "hashicorp/vault", tag: "2.2.2" },
    /** Those of the operator's chart, by which a digest is asked for: a newer chart brings newer ones. */
    operator: { repository: "hashicorp/vault-secrets-operator", tag: "1.4.1" },
    operatorProxy: { repository: "quay.io/brancz/kube-rbac-proxy", tag: "v0.18.1" },
  },
} as const;

/** A published defect in how servers decide who may do what. */
export interface Advisory {
  readonly id: string;
  readonly says: string;
  /**
   * The first good version of each line, oldest first; every line after the last is good. Of OpenBao with `openbao-`
   * before; a program that has none here is not said to have the defect.
   */
  readonly fixedIn: readonly string[];
  readonly source: string;
}

const CVE = "https://www.cve.org/CVERecord?id=";

/** Those of access control, of Vault and OpenBao; looked up in November 2026. Not every defect of either. */
export const ADVISORIES: readonly Advisory[] = [
  {
    id: "CVE-2026-3605",
    says: "a glob in a policy lets kv-v2 values be deleted that it does not grant",
    fixedIn: ["1.19.16", "1.20.10", "1.21.5", "2.0.0"],
    source: `${CVE}CVE-2026-3605`,
  },
  {
    id: "vault-2.0.3",
    says: "LIST goes past a narrower deny",
    fixedIn: ["2.0.3"],
    source: "https://github.com/hashicorp/vault/releases/tag/v2.0.3",
  },
  {
    id: "CVE-2026-63131",
    says: "LIST goes past a narrower deny",
    fixedIn: ["openbao-2.6.0"],
    source: `${CVE}CVE-2026-63131`,
  },
  {
    id: "CVE-2026-89322",
    says: "policies are not always held against the canonical form of names",
    fixedIn: ["1.19.23", "1.20.17", "1.21.12", "2.1.2"],
    source: `${CVE}CVE-2026-89322`,
  },
  {
    id: "CVE-2026-92735",
    says: "published beside CVE-2026-93335, by the same finder: read the record",
    fixedIn: ["1.19.25", "1.21.14", "2.2.2"],
    source: `${CVE}CVE-2026-92735`,
  },
  {
    id: "CVE-2026-93335",
    says: "deny does not match a path in other case",
    fixedIn: ["1.19.25", "1.21.14", "2.2.2"],
    source: `${CVE}CVE-2026-93335`,
  },
];

/**
 * The server in an image, as the config's `version` would say it: `2.2.2`, or `openbao-2.6.2` where the repository's
 * name has `openbao` in it. What is absent is the pinned one's.
 */
export function serverOf({ repository, tag }: { readonly repository?: string; readonly tag?: string } = {}): string {
  const { vault } = VERSIONS.images;
  return `${(repository ?? vault.repository).includes("openbao") ? "openbao-" : ""}${tag ?? vault.tag}`;
}

/** What {@link ADVISORIES} has of a server. Throws as {@link isFixed} does. */
export function advisoriesOf(server: string): Advisory[] {
  const { product } = parts(server);
  return ADVISORIES.filter(
    ({ fixedIn }) => fixedIn.some((each) => parts(each).product === product) && !isFixed(server, fixedIn),
  );
}

/**
 * Whether a server has what came with certain versions: it is of one of their lines and not older, or of a later line.
 * @param server `2.2.2`, `1.21.14+ent`, `openbao-2.6.2`; a Vault has nothing of OpenBao's, nor the other way round
 * @param fixedIn as {@link Advisory.fixedIn}
 * @throws Error for a server that is no version
 */
export function isFixed(server: string, fixedIn: readonly string[]): boolean {
  const { product, numbers } = parts(server);
  const fixes = fixedIn.map(parts).filter((each) => each.product === product);
  const last = fixes.at(-1)?.numbers;
  if (!last) return false;
  const [major, minor, patch] = numbers;
  const line = fixes.find((each) => each.numbers[0] === major && each.numbers[1] === minor);
  if (line) return patch >= line.numbers[2];
  return major > last[0] || (major === last[0] && minor > last[1]);
}

/** Whether a text is a server's version, as far as {@link isFixed} needs it. */
export function isServer(text: string): boolean {
  return SERVER.test(text);
}

const SERVER = /^(openbao-)?v?(\d+)\.(\d+)\.(\d+)/;

function parts(server: string): { readonly product: string; readonly numbers: readonly [number, number, number] } {
  const [, product = "", ...numbers] = SERVER.exec(server) ?? [];
  if (numbers.length === 0)
    throw new Error(`given ${JSON.stringify(server)} as a server's version; accepted: e.g. 2.2.2, openbao-2.6.2`);
  return { product, numbers: numbers.map(Number) as [number, number, number] };
}
