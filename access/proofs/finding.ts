import type { WaiverConfig, ProofName } from "../../model";
import { chainOf, type AccessPath } from "../access";
import { grantsOf } from "../../resource-types";
import { nameOf, type Resource } from "../read-stacks";
import type { SecretSet } from "../secret-sets";

/** Something that is not as a proof wants it. */
export interface Claim {
  /** Whom it is about: an identity, or a resource as `<address> in <stack>`. */
  readonly subject: string;
  /** What it is about: a secret set, a path or a resource. */
  readonly object: string;
  /** One sentence: what is wrong. */
  readonly says: string;
  /** The shortest way by which it comes about, a step each; at least one. */
  readonly path: readonly string[];
  /** What to do. */
  readonly hint: string;
  /**
   * So grave that a waiver must name its object too.
   * @default a waiver of the subject alone covers it
   */
  readonly grave?: boolean;
}

/** A claim, and the proof that makes it. */
export interface Finding extends Claim {
  readonly proof: ProofName;
}

/** A finding that the config says is meant. */
export interface Waived {
  readonly finding: Finding;
  readonly waiver: WaiverConfig;
}

/**
 * The steps from a login to a rule and what it lets through. Entities are left out: each stands between a user and its
 * groups.
 */
export function pathOf(grant: AccessPath): string[] {
  const resources = chainOf(grant).filter(({ type }, i, all) => grantsOf(type) !== "entity" || i === all.length - 1);
  const [holding] = grant.holdings;
  const policy = holding && !holding.written ? [`policy ${holding.policy}`] : [];
  return [
    ...resources.map(nameOf),
    ...policy,
    `rule ${JSON.stringify(grant.rule)}`,
    `${grant.request.operation} ${grant.request.path}`,
  ];
}

/** A set as reports say it, with where it is if that is protected. */
export function setWords(set: SecretSet): string {
  return set.protected ? `${set.name} (protected)` : set.name;
}

/** The steps of a chain of resources. */
export function steps(...resources: readonly (Resource | string | undefined)[]): string[] {
  return resources.flatMap((each) => (each === undefined ? [] : typeof each === "string" ? [each] : [nameOf(each)]));
}
