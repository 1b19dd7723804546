import { UNSAFE } from "../helpers/configs";
import { ConfigError, resolvePlatform, type Platform, type PlatformConfig } from "../../model";

/**
 * A change of a config: what to put at each path (`apps/web/keys`, steps parted by slashes); undefined takes it out.
 */
export type Change = { readonly [path: string]: unknown };

/**
 * A small right config: one Vault in one cluster, an environment with a Kubernetes side, a protected one without, two
 * apps, one person.
 */
export function config(change: Change = {}): PlatformConfig {
  const right = {
    name: "shop",
    vaults: { main: { cluster: "home", unsafeNoTls: true, unsafeWithout: UNSAFE } },
    clusters: { home: { context: "home" } },
    environments: { dev: { vault: "main", cluster: "home" }, prod: { vault: "main", protected: true } },
    apps: {
      web: { owner: "team-web", keys: ["DB_USER", "DB_PASSWORD"] },
      "web-api": { owner: "team-api", keys: ["TOKEN"] },
    },
    people: {
      groups: { developers: { grants: [{ access: "read", apps: "all" }] } },
      users: { jane: { groups: ["developers"] } },
    },
  };
  for (const [path, value] of Object.entries(change)) put(right, path.split("/"), value);
  return right as unknown as PlatformConfig;
}

function put(target: { [field: string]: unknown }, [first, ...rest]: string[], value: unknown): void {
  if (first === undefined) throw new RangeError("an empty path");
  if (rest.length > 0) return put((target[first] ??= {}) as { [field: string]: unknown }, rest, value);
  if (value === undefined) delete target[first];
  // As JSON.parse does: assigning to __proto__ would set the prototype.
  else Object.defineProperty(target, first, { value, enumerable: true, configurable: true, writable: true });
}

/** The platform of a right config. */
export function platform(change: Change = {}): Platform {
  return resolvePlatform(config(change));
}

/** The whole message of the error that a bad config ends with. */
export function refusal(bad: unknown): string {
  try {
    resolvePlatform(bad as PlatformConfig);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "accepted";
}

/** The message with these lines and no others. */
export function message(...lines: readonly string[]): string {
  return [
    `the config has ${lines.length} ${lines.length === 1 ? "mistake" : "mistakes"}:`,
    ...lines.map((line) => `  ${line}`),
  ].join("\n");
}

/** A row of a table of bad configs: what is bad, the change that makes it so, and every line of the message. */
export type BadConfig = readonly [what: string, change: Change, ...lines: string[]];

/** Runs a table of bad configs, a test each. */
export function refuses(table: readonly BadConfig[]): void {
  it.each(table.map(([what, change, ...lines]) => ({ what, change, lines })))("$what", ({ change, lines }) => {
    expect(refusal(config(change))).toBe(message(...lines));
  });
}

/** A certificate's text; nobody reads it. */
export const PEM = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n";

/** What messages say is accepted, by the rule (model/rules.ts). */
export const LINE = "one line of visible text without ${ and %{, no space at its ends";
export const DURATION = "a whole number above 0 and one unit of s, m, h, d, e.g. 30s or 90d, at most 36500d";
export const REFERENCE = "a name in ASCII without spaces, quotes, backslashes, * and $ % { }, at most 256 characters";
export const KUBERNETES = ", not default, kube-system, kube-public, kube-node-lease";
export const LABEL =
  "a DNS-1123 label (lower-case letters, digits and dashes, a letter or digit first and last), at most 63 characters";

/** The CI of the small config, where it has one. */
export const CI = {
  issuer: "https://token.actions.githubusercontent.com",
  audience: "https://vault.shop.example",
  repository: "shop/vault-tenancy",
  require: { repository_id: "4711" },
};

/** A state that jobs share: without one no CI is taken. */
export const STATE = { type: "gcs", bucket: "shop-state" };

/** A change beside such a state. */
export function shared(change: Change = {}): Change {
  return { backend: STATE, ...change };
}

/** The parts of a config that compiles, with the literal types that the compiler checks references by. */
export const TYPED = {
  vaults: { main: { cluster: "home", unsafeNoTls: true } },
  clusters: { home: { context: "home" } },
  environments: { dev: { vault: "main", cluster: "home" }, prod: { vault: "main" } },
  apps: { web: { owner: "team-web", keys: ["DB_USER", "DB_PASSWORD"] } },
} as const;
