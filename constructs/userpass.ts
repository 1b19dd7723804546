import { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Duration, OWN_PASSWORD_POLICY, USERPASS_MOUNT } from "../model";
import { ownPasswordRules } from "../policies/write";
import { ImportBlock } from "./l1";
import { Policy } from "./policy";
import { mountProblem, validateProps } from "./validation";

/** Props of {@link Userpass}. */
export interface UserpassProps {
  /**
   * The mount, one path segment.
   * @default "userpass"
   */
  readonly path?: string;
  /**
   * How long a person's token lives without renewal.
   * @default 1 hour
   */
  readonly tokenTtl?: Duration;
  /**
   * How long a person's token lives at the most.
   * @default 8 hours
   */
  readonly tokenMaxTtl?: Duration;
  /**
   * Whether the method is there already, and is taken over with its users.
   * @default false: it is made
   */
  readonly adopted?: boolean;
}

/**
 * The auth method of people. Token times are tuned on the mount: on a user, whose every change is ignored, they would
 * never change. Users lock out after failed logins by Vault's own default (5 in 15 minutes, since Vault 1.13).
 *
 * @example
 * const userpass = new Userpass(this, "userpass", { tokenMaxTtl: Duration.of("12h") });
 */
export class Userpass extends Construct {
  readonly path: string;
  /** Known after the apply. */
  readonly accessor: string;
  /** Lets each person change the own password. */
  readonly ownPassword: Policy;
  /** What its users wait for. */
  readonly resource: ITerraformDependable;

  constructor(
    scope: Construct,
    id: string,
    {
      path = USERPASS_MOUNT,
      tokenTtl = Duration.of("1h"),
      tokenMaxTtl = Duration.of("8h"),
      adopted = false,
    }: UserpassProps = {},
  ) {
    super(scope, id);
    validateProps(this, () => [mountProblem(path)]);
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
    if (adopted) new ImportBlock(this, "adopted", mount, path);
    this.resource = mount;
    this.path = path;
    this.accessor = mount.accessor;
    this.ownPassword = new Policy(this, "own-password", { name: OWN_PASSWORD_POLICY, rules: ownPasswordRules(path) });
  }
}
