import type { TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { ThinResource } from "./block";

/** Props of {@link UserpassUser}. */
export interface UserpassUserProps extends TerraformMetaArguments {
  /** The userpass mount. */
  readonly mount: string;
  readonly username: string;
  /** An expression of an ephemeral value: the password is in neither plan nor state. */
  readonly passwordWo: string;
  /** A change of it writes the password again. */
  readonly passwordWoVersion: number;
}

/** `vault_userpass_auth_backend_user`, which came with provider 5.10; the prebuilt bindings stop at 5.6. */
export class UserpassUser extends ThinResource {
  constructor(
    scope: Construct,
    id: string,
    { mount, username, passwordWo, passwordWoVersion, ...meta }: UserpassUserProps,
  ) {
    super(
      scope,
      id,
      "vault_userpass_auth_backend_user",
      { mount, username, password_wo: passwordWo, password_wo_version: passwordWoVersion },
      meta,
    );
  }
}
