import type { AccessLevel } from "../model";
import { peopleRules, workloadRules, type GrantScope, type PolicyRule } from "../policies/write";
import type { Policy } from "./policy";

/** Who can be granted something: a workload reads a set's values, people see its versions too. */
export interface IGrantee {
  readonly kind: "workload" | "people";
  /** What grants are written in. */
  readonly policy: Policy;
}

/** What a `grantRead`, `grantWrite` or `grantWriteOnly` gave. */
export interface Grant {
  readonly grantee: IGrantee;
  readonly access: AccessLevel;
  /** One secret set, or every one below a folder. */
  readonly scope: GrantScope;
  /** What the grantee's policy has for it. */
  readonly rules: readonly PolicyRule[];
}

/** Writes a grant in its grantee's policy. A workload is given single sets alone. */
export function give(grantee: IGrantee, access: AccessLevel, scope: GrantScope): Grant {
  const rules =
    grantee.kind === "workload" && "set" in scope ? workloadRules(access, scope.set) : peopleRules(access, scope);
  grantee.policy.add(...rules);
  return { grantee, access, scope, rules };
}
