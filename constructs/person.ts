import { IdentityEntity } from "@cdktf/provider-vault/lib/identity-entity";
import { IdentityEntityAlias } from "@cdktf/provider-vault/lib/identity-entity-alias";
import { Construct } from "constructs";
import { USER_NAME } from "../model/rules";
import { EphemeralPassword } from "./ephemeral-password";
import { ThinResource } from "./l1";
import { pinProviders } from "./providers";
import type { Userpass } from "./userpass";
import { textProblem, validateProps } from "./validation";

/** Props of {@link Person}. */
export interface PersonProps {
  /** Lower case, as userpass keeps it. */
  readonly name: string;
  readonly userpass: Userpass;
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

  constructor(scope: Construct, id: string, { name, userpass }: PersonProps) {
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
    new ThinResource(this, "resource", "vault_userpass_auth_backend_user", user, {
      // The alias first: a person who logs in without one gets an entity made by Vault, and then the provider refuses
      // to make ours.
      dependsOn: [userpass.resource, alias],
      lifecycle: { ignoreChanges: "all" },
    });
  }
}
