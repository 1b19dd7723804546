import type { Construct } from "constructs";
import { EphemeralBlock } from "./l1";
import { pinProviders } from "./providers";

/** Props of {@link EphemeralPassword}. */
export interface EphemeralPasswordProps {
  /**
   * Characters, at least 22: each letter or digit is worth 5.95 bits, so 22 are 130 bits.
   * @default 32 characters, 190 bits
   */
  readonly length?: number;
}

/**
 * A password from the random provider's cryptographic source that exists only while Terraform runs. It goes into a
 * write-only argument, is stored nowhere, and nobody learns it: a person gets a password of their own by `users
 * invite`.
 *
 * Throws a RangeError for a length below 22.
 *
 * @example
 * const password = new EphemeralPassword(this, "password", { length: 40 });
 * const writeOnly = password.result;
 */
export class EphemeralPassword extends EphemeralBlock {
  constructor(scope: Construct, id: string, { length = 32 }: EphemeralPasswordProps = {}) {
    if (!Number.isInteger(length) || length < 22)
      throw new RangeError(
        `the length of password ${id}: given ${length}; accepted: a whole number of at least 22 (128 bits).`,
      );
    super(scope, id, "random_password", { length, special: false });
    pinProviders(this, "random");
  }

  /** The password, for a write-only argument. */
  get result(): string {
    return this.attribute("result");
  }
}
