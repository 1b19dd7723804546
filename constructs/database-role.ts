import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { databasePaths, roleFacts, type DatabaseAccess } from "../model";
import { DATABASE_NAME } from "../model/rules";
import { databaseRules, type PolicyRule } from "../policies/write";
import type { IDatabaseConnection, IDatabaseMount } from "./database-connection";
import type { IGrantee } from "./grant";
import { ThinResource } from "./l1";
import { pinProviders } from "./providers";
import { textProblem, validateProps } from "./validation";
import { waitFor } from "./wait-for";

/** A role of Vault's database engine, whoever made it. */
export interface IDatabaseRole extends IConstruct {
  /** Its name in Vault. */
  readonly name: string;
  readonly mount: IDatabaseMount;
  /** Whether its credentials are made for each who asks, or are those of one role of the database. */
  readonly type: DatabaseAccess["type"];
  /** What a binding waits for; absent where somebody else made it. */
  readonly resource?: ITerraformDependable;
  /** Lets a workload get its credentials. Returns what the policy has for it. */
  grantRead(grantee: IGrantee): readonly PolicyRule[];
}

/** Props of {@link DatabaseRole}. */
export interface DatabaseRoleProps {
  /** Its name in Vault. */
  readonly name: string;
  /** The connection, which has to list it among its roles. */
  readonly connection: IDatabaseConnection;
  /** What its credentials are. */
  readonly access: DatabaseAccess;
}

class Role extends Construct implements IDatabaseRole {
  constructor(
    scope: Construct,
    id: string,
    readonly name: string,
    readonly mount: IDatabaseMount,
    readonly type: DatabaseAccess["type"],
  ) {
    super(scope, id);
  }

  grantRead(grantee: IGrantee): readonly PolicyRule[] {
    const rules = databaseRules(databasePaths(this.name, this.type, this.mount.path).credentials);
    grantee.policy.add(...rules);
    return rules;
  }
}

/**
 * A role of Vault's database engine, for one workload: `dynamic` credentials are made for each who asks, as a member of
 * a role of the database, and end with their lease; `static` ones are those of a role of the database that is there,
 * whose password Vault changes.
 *
 * Vault changes the password of a static role when the role is made, by the connection, which has to be adopted before.
 * Source: Vault's documentation, "Database secrets engine".
 *
 * @example
 * const mount = DatabaseMount.fromPath(this, "databases");
 * const orders = { name: "orders.dev", mount, adminUsername: "vault_orders_dev" };
 * const role = new DatabaseRole(this, "role", {
 *   name: "shop-dev.orders",
 *   connection: DatabaseConnection.fromName(this, "orders", orders),
 *   access: { type: "dynamic", memberOf: "orders_rw", ttl: Duration.of("1h"), maxTtl: Duration.of("24h") },
 * });
 * role.grantRead(workload);
 */
export class DatabaseRole extends Role {
  /** A role that another stack, or somebody else, made. */
  static fromName(
    scope: Construct,
    id: string,
    { name, mount, type }: Pick<IDatabaseRole, "name" | "mount" | "type">,
  ): IDatabaseRole {
    return new Role(scope, id, name, mount, type);
  }

  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, connection, access }: DatabaseRoleProps) {
    super(scope, id, name, connection.mount, access.type);
    pinProviders(this, "vault");
    validateProps(this, () => [
      access.type === "dynamic"
        ? textProblem("memberOf", access.memberOf, DATABASE_NAME, "Name the role whose rights they have.")
        : textProblem("username", access.username, DATABASE_NAME, "Name the role whose password Vault changes."),
    ]);
    const isDynamic = access.type === "dynamic";
    this.resource = new ThinResource(
      this,
      access.type,
      `vault_database_secret_backend_${isDynamic ? "role" : "static_role"}`,
      {
        backend: connection.mount.path,
        name,
        ...roleFacts(access, connection),
      },
      { dependsOn: waitFor(connection.resource, connection.mount.resource) },
    );
  }
}
