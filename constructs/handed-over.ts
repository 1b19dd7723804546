import { TerraformVariable } from "cdktf";
import type { Construct } from "constructs";

/** What is handed over to an apply, and stored nowhere. */
export interface HandedOver {
  /** The variable, which people put after `TF_VAR_`. */
  readonly variable: string;
  readonly description: string;
  /** @default none: no plan is made without it */
  readonly fallback?: string;
}

/** An ephemeral variable's value, for a write-only argument. */
export function handedOver(scope: Construct, id: string, { variable, description, fallback }: HandedOver): string {
  const made = new TerraformVariable(scope, id, { type: "string", sensitive: true, description, default: fallback });
  made.overrideLogicalId(variable);
  made.addOverride("ephemeral", true);
  return made.stringValue;
}
