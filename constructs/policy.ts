import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { PolicyDocument, type PolicyRule } from "../policies";
import { VaultPolicy } from "./l1";

/** Who can be granted something: a workload reads its own set's values, people also see versions and names. */
export interface IGrantee {
  readonly kind: "workload" | "people";
  /** Adds rules to its policy. */
  grant(...rules: readonly PolicyRule[]): void;
}

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

/** A Vault policy whose text is rendered once, at synthesis, from every rule granted until then, sorted. */
export class Policy extends Construct {
  readonly name: string;
  private readonly rules: PolicyRule[] = [];

  constructor(scope: Construct, id: string, props: PolicyProps) {
    super(scope, id);
    this.name = props.name;
    this.grant(...(props.rules ?? []));
    new VaultPolicy(this, "resource", {
      name: props.name,
      policy: Lazy.stringValue({ produce: () => PolicyDocument.of(...this.rules).render() }),
    });
  }

  /** Adds rules. Throws a PolicyError when one is not a rule that this product writes. */
  grant(...rules: readonly PolicyRule[]): void {
    // Checked here, where the stack trace tells who granted; merged once, at the end, since a group may be granted
    // thousands.
    this.rules.push(...PolicyDocument.of(...rules).rules);
  }
}
