import { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { OWN_PASSWORD_POLICY, type Duration } from "../model";
import { ownPasswordRules } from "../policies";
import { Policy } from "./policy";

/** Props of {@link Userpass}. */
export interface UserpassProps {
  /** The mount. */
  readonly path: string;
  /** How long a person's token lives without renewal. */
  readonly tokenTtl: Duration;
  /** How long a person's token lives at the most. */
  readonly tokenMaxTtl: Duration;
}

/**
 * The auth method of people. Token times are tuned on the mount: on a user, whose every change is ignored, they would
 * never change. Users lock out after failed logins by Vault's own default (5 in 15 minutes, since Vault 1.13).
 */
export class Userpass extends Construct {
  readonly path: string;
  /** Known after the apply. */
  readonly accessor: string;
  /** Lets each person change the own password. */
  readonly ownPassword: Policy;
  readonly mount: ITerraformDependable;

  constructor(scope: Construct, id: string, { path, tokenTtl, tokenMaxTtl }: UserpassProps) {
    super(scope, id);
    const mount = new AuthBackend(this, "resource", {
      type: "userpass",
      path,
      description: "People",
      tune: [
        {
          defaultLeaseTtl: `${tokenTtl.seconds}s`,
          maxLeaseTtl: `${tokenMaxTtl.seconds}s`,
          tokenType: "default-service",
          listingVisibility: "unauth",
        },
      ],
    });
    this.mount = mount;
    this.path = path;
    this.accessor = mount.accessor;
    this.ownPassword = new Policy(this, "own-password", { name: OWN_PASSWORD_POLICY, rules: ownPasswordRules(path) });
  }
}
