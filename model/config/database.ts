import type { DurationText } from "../duration";

/** A database server, and how Vault gets at it: as an administrator whose password Vault alone comes to know. */
export interface DatabaseServerConfig {
  /** A DNS name or an IPv4 address, as Vault reaches it. */
  readonly host: string;
  /** @default 5432 */
  readonly port?: number;
  /** The database's name there. */
  readonly database: string;
  /**
   * The role that Vault logs in as; it is Vault's alone, in this database alone. It needs `CREATEROLE`, and membership
   * with `ADMIN OPTION` in each role that apps are members of. `ops databases adopt` takes its password over.
   */
  readonly adminUsername: string;
  /**
   * PEM text of the authority that the server's certificate is from.
   * @default the authorities that the Vault server's system trusts
   */
  readonly caCertificate?: string;
  /**
   * Talks to it without TLS: passwords cross the network as they are.
   * @default TLS, with the certificate and the host's name checked (`sslmode=verify-full`)
   */
  readonly unsafeNoTls?: true;
}

/** A database, with a server, or a database of its own on one, in each environment. */
export interface DatabaseConfig<Environment extends string = string> {
  /** The only engine so far: PostgreSQL. */
  readonly engine: "postgresql";
  /** By environment; an app has it where both are. No two have a role of the server in common. */
  readonly servers: { readonly [E in Environment]?: DatabaseServerConfig };
}

/**
 * Kubernetes names of a database at an app, as templates of `{platform}`, `{app}`, `{database}` and `{environment}`.
 */
export interface AppDatabaseKubernetesConfig {
  /**
   * The VaultDynamicSecret that fills the Secret.
   * @default "{app}-{database}-vault-dynamic-secret"
   */
  readonly vaultDynamicSecret?: string;
  /**
   * The Secret with `username` and `password`.
   * @default "{app}-{database}-{environment}-credentials"
   */
  readonly secret?: string;
}

/** Credentials that Vault makes for each who asks, and takes away when their lease ends. */
export interface DynamicDatabaseConfig {
  readonly access: "dynamic";
  /**
   * The role of the database whose rights they have, and which owns what they make: a template of `{platform}`, `{app}`
   * and `{environment}`. Who runs the database makes it, and decides what it may.
   */
  readonly memberOf: string;
  /**
   * How long they last unless they are renewed, as the operator does.
   * @default "1h"
   */
  readonly ttl?: DurationText;
  /**
   * How long they last at the most, at most a day: they end with the operator's login. Before, there are others.
   * @default "24h"
   */
  readonly maxTtl?: DurationText;
  /** @default names made of the app's and the database's */
  readonly kubernetes?: AppDatabaseKubernetesConfig;
}

/** A role of the database whose password Vault changes. */
export interface StaticDatabaseConfig {
  readonly access: "static";
  /**
   * The role, which who runs the database made, with `LOGIN`: a template of `{platform}`, `{app}` and `{environment}`.
   * It is this app's in this environment alone.
   */
  readonly username: string;
  /**
   * How often its password changes.
   * @default "30d"
   */
  readonly rotateEvery?: DurationText;
  /** @default names made of the app's and the database's */
  readonly kubernetes?: AppDatabaseKubernetesConfig;
}

/** How an app gets at a database. */
export type AppDatabaseConfig = DynamicDatabaseConfig | StaticDatabaseConfig;
