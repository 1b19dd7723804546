import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { POLICY_NAME } from "../model/rules";
import { PolicyDocument, type PolicyRule } from "../policies/write";
import { ThinResource } from "./l1";
import { pinProviders } from "./providers";
import { textProblem, validateProps } from "./validation";

/** Props of {@link Policy}. */
export interface PolicyProps {
  /** The policy's name in Vault. */
  readonly name: string;
  /**
   * Rules from the start.
   * @default none: grants add them
   */
  readonly rules?: readonly PolicyRule[];
}

/**
 * A Vault policy whose text is rendered once, at synthesis, from every rule that was added until then, sorted. One that
 * somebody else made under its name stops the apply, and is not overwritten.
 *
 * @example
 * const policy = new Policy(this, "policy", { name: "health" });
 * policy.add({ path: "sys/health", capabilities: ["read"] });
 */
export class Policy extends Construct {
  readonly name: string;
  private readonly added: PolicyRule[] = [];

  constructor(scope: Construct, id: string, { name, rules = [] }: PolicyProps) {
    super(scope, id);
    pinProviders(this, "vault");
    validateProps(this, () => [
      textProblem("name", name, POLICY_NAME, "Give it a name of its own; Vault's policies cannot be written."),
      this.added.length === 0 && {
        prop: "rules",
        given: this.added,
        accepted: "at least one rule",
        hint: "Grant something to whoever has it, e.g. `secretSet.grantRead(workload)`: Vault refuses an empty policy.",
      },
    ]);
    this.name = name;
    this.add(...rules);
    // One that somebody else made under this name stops the apply, instead of being overwritten for whoever holds it.
    new ThinResource(this, "resource", "vault_policy", {
      name,
      allow_overwrite: false,
      // Asked for before an empty one is refused.
      policy: Lazy.stringValue({ produce: () => (this.added.length ? PolicyDocument.of(...this.added).render() : "") }),
    });
  }

  /** Adds rules. Throws a PolicyError when one is not a rule that this product writes. */
  add(...rules: readonly PolicyRule[]): void {
    // Checked here, where the stack trace tells who granted; merged once, at the end, since a group may be granted
    // thousands.
    this.added.push(...PolicyDocument.of(...rules).rules);
  }

  /** Whether a rule on exactly this path lets its holder read there. */
  reads(path: string): boolean {
    return this.added.some((rule) => rule.path === path && rule.capabilities.includes("read"));
  }
}
