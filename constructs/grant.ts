import type { AccessLevel } from "../model";
import type { GrantScope, PolicyRule } from "../policies/write";
import type { Policy } from "./policy";

/** Who can be granted something: a workload reads a set's values, people also see its versions and the names near it. */
export interface IGrantee {
  readonly kind: "workload" | "people";
  /** What grants are written in. */
  readonly policy: Policy;
}

/** What a `grantRead` or `grantWrite` gave. */
export interface Grant {
  readonly grantee: IGrantee;
  readonly access: AccessLevel;
  /** One secret set, or every one below a folder. */
  readonly scope: GrantScope;
  /** What the grantee's policy has for it. */
  readonly rules: readonly PolicyRule[];
}

/** Writes a grant in its grantee's policy. */
export function give(grant: Grant): Grant {
  grant.grantee.policy.add(...grant.rules);
  return grant;
}
