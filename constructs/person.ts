import { IdentityEntity } from "@cdktf/provider-vault/lib/identity-entity";
import { IdentityEntityAlias } from "@cdktf/provider-vault/lib/identity-entity-alias";
import { Construct } from "constructs";
import type { AdoptedUser } from "../model";
import { USER_NAME } from "../model/rules";
import { EphemeralPassword } from "./ephemeral-password";
import { ImportBlock, ThinResource } from "./l1";
import { pinProviders } from "./providers";
import type { Userpass } from "./userpass";
import { textProblem, validateProps } from "./validation";

/** Props of {@link Person}. */
export interface PersonProps {
  /** Lower case, as userpass keeps it. */
  readonly name: string;
  readonly userpass: Userpass;
  /**
   * The user is there already, and is taken over: the password stays, and what the user has of its own. With the ids of
   * its entity and alias, where there are any.
   * @default none: the user is made
   */
  readonly adopted?: AdoptedUser;
}

/**
 * A userpass user with an entity of the same name. The password is made once, stored nowhere and known to nobody;
 * `users invite` gives the person one. Every change of the user is ignored, since the provider writes the password with
 * any of them; what the person may do comes from groups, which also hold for tokens already issued.
 *
 * @example
 * const ann = new Person(this, "ann", { name: "ann", userpass: new Userpass(this, "userpass") });
 */
export class Person extends Construct {
  /** Known after the apply. */
  readonly entityId: string;

  constructor(scope: Construct, id: string, { name, userpass, adopted }: PersonProps) {
    super(scope, id);
    pinProviders(this, "vault");
    validateProps(this, () => [
      textProblem("name", name, USER_NAME, "Write the name as userpass keeps it: in lower case."),
    ]);
    // `users disable` disables the entity; without this the next apply would let the person in again.
    const entity = new IdentityEntity(this, "entity", {
      name,
      policies: [userpass.ownPassword.name],
      lifecycle: { ignoreChanges: ["disabled"] },
    });
    this.entityId = entity.id;
    const alias = new IdentityEntityAlias(this, "alias", {
      name,
      mountAccessor: userpass.accessor,
      canonicalId: entity.id,
    });
    const user = {
      mount: userpass.path,
      username: name,
      password_wo: new EphemeralPassword(this, "password").result,
      password_wo_version: 1,
    };
    const resource = new ThinResource(this, "resource", "vault_userpass_auth_backend_user", user, {
      // The alias first: a person who logs in without one gets an entity made by Vault, and then the provider refuses
      // to make ours.
      dependsOn: [userpass.resource, alias],
      lifecycle: { ignoreChanges: "all" },
    });
    // Made where one is already, the user would be overwritten, password and all: the provider does not look first.
    if (adopted) new ImportBlock(this, "adopted", resource, `auth/${userpass.path}/users/${name}`);
    if (adopted?.entity !== undefined) new ImportBlock(this, "adopted-entity", entity, adopted.entity);
    if (adopted?.alias !== undefined) new ImportBlock(this, "adopted-alias", alias, adopted.alias);
  }
}
