import { Mount } from "@cdktf/provider-vault/lib/mount";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { connectionFacts, DATABASE_MOUNT, type DatabaseConnection as ConnectionFacts } from "../model";
import { DATABASE_NAME, HOST } from "../model/rules";
import { ThinResource } from "./l1";
import { pinProviders } from "./providers";
import { mountProblem, textProblem, validateProps } from "./validation";
import { waitFor } from "./wait-for";

/** A mount of the database engine, whoever made it. */
export interface IDatabaseMount extends IConstruct {
  /** One path segment. */
  readonly path: string;
  /** What connections wait for; absent where somebody else made the mount. */
  readonly resource?: ITerraformDependable;
}

/** Props of {@link DatabaseMount}. */
export interface DatabaseMountProps {
  /**
   * One path segment.
   * @default "database"
   */
  readonly path?: string;
}

/**
 * A mount of Vault's database engine. Terraform cannot destroy or replace it: Vault alone knows the administrators'
 * passwords that are in it.
 *
 * @example
 * const mount = new DatabaseMount(this, "databases");
 */
export class DatabaseMount extends Construct implements IDatabaseMount {
  /** A mount that another stack, or somebody else, made. */
  static fromPath(scope: Construct, id: string, path: string = DATABASE_MOUNT): IDatabaseMount {
    const mount = Object.assign(new Construct(scope, id), { path });
    validateProps(mount, () => [mountProblem(path)], "DatabaseMount.fromPath");
    return mount;
  }

  readonly path: string;
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, { path = DATABASE_MOUNT }: DatabaseMountProps = {}) {
    super(scope, id);
    pinProviders(this, "vault");
    validateProps(this, () => [mountProblem(path)]);
    this.path = path;
    this.resource = new Mount(this, "resource", {
      path,
      type: "database",
      description: "Credentials of databases",
      lifecycle: { preventDestroy: true },
    });
  }
}

/** A connection to a database, whoever made it. */
export interface IDatabaseConnection extends IConstruct {
  /** Its name in Vault. */
  readonly name: string;
  readonly mount: IDatabaseMount;
  /** The role of the database that Vault is there. */
  readonly adminUsername: string;
  /** What roles wait for; absent where somebody else made it. */
  readonly resource?: ITerraformDependable;
}

/** Props of {@link DatabaseConnection}. */
export interface DatabaseConnectionProps extends Pick<
  ConnectionFacts,
  "name" | "host" | "database" | "adminUsername" | "caCertificate" | "unsafeNoTls"
> {
  readonly mount: IDatabaseMount;
  /**
   * The server's port.
   * @default 5432
   */
  readonly port?: number;
  /** The only roles of Vault that may use it. */
  readonly roles: readonly string[];
}

/**
 * A connection of Vault to a PostgreSQL database, as an administrator whose password Terraform never has: it is made
 * without one, and unchecked. `ops databases adopt` gives Vault the password and has Vault change it at once; from then
 * on nobody but Vault knows it. What Terraform changes of the connection later leaves it as it is.
 *
 * @example
 * const connection = new DatabaseConnection(this, "orders", {
 *   name: "orders.dev",
 *   mount: new DatabaseMount(this, "databases"),
 *   host: "db.example",
 *   database: "orders",
 *   adminUsername: "vault_orders_dev",
 *   roles: ["shop-dev.orders"],
 * });
 */
export class DatabaseConnection extends Construct implements IDatabaseConnection {
  /** A connection that another stack, or somebody else, made. */
  static fromName(
    scope: Construct,
    id: string,
    connection: Pick<IDatabaseConnection, "name" | "mount" | "adminUsername">,
  ): IDatabaseConnection {
    return Object.assign(new Construct(scope, id), connection);
  }

  readonly name: string;
  readonly mount: IDatabaseMount;
  readonly adminUsername: string;
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, { mount, port = 5432, ...props }: DatabaseConnectionProps) {
    super(scope, id);
    const { name, host, database, adminUsername, roles } = props;
    pinProviders(this, "vault");
    validateProps(this, () => [
      textProblem("host", host, HOST, "Name the server as Vault reaches it."),
      textProblem("database", database, DATABASE_NAME, "Name the database as the server does."),
      textProblem("adminUsername", adminUsername, DATABASE_NAME, "Name the role that is Vault's alone."),
      roles.some((role) => role.includes("*")) && {
        prop: "roles",
        given: roles,
        accepted: "names of roles, exactly",
        hint: "A role that may use any connection may use another environment's.",
      },
    ]);
    this.name = name;
    this.mount = mount;
    this.adminUsername = adminUsername;
    this.resource = new ThinResource(
      this,
      "resource",
      "vault_database_secret_backend_connection",
      {
        backend: mount.path,
        name,
        // Without a password there is nothing to check it with.
        verify_connection: false,
        ...connectionFacts({ ...props, port }),
      },
      { dependsOn: waitFor(mount.resource), lifecycle: { preventDestroy: true } },
    );
  }
}
