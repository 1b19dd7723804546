import type { TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { ThinResource } from "./block";

/** Props of {@link VaultPolicy}. */
export interface VaultPolicyProps extends TerraformMetaArguments {
  readonly name: string;
  /** The text, in HCL. */
  readonly policy: string;
}

/**
 * `vault_policy` with `allow_overwrite = false`, which came with provider 5.10: a policy that somebody else made under
 * this name stops the apply, instead of being overwritten with other rights for whoever holds it.
 */
export class VaultPolicy extends ThinResource {
  constructor(scope: Construct, id: string, { name, policy, ...meta }: VaultPolicyProps) {
    super(scope, id, "vault_policy", { name, policy, allow_overwrite: false }, meta);
  }
}
