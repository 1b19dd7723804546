import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { problemText, type Problem } from "../model";
import { MOUNT, type TextRule } from "../model/rules";

/** What is wrong with a prop of a construct. */
export type PropProblem = Omit<Problem, "at"> & {
  /** The prop's name. */
  readonly prop: string;
};

/**
 * Looks at a construct's props when its app is synthesized. Every problem of every construct is said at once: cdktf
 * puts the construct's path before it, and here come its class, the prop, what was given, what is accepted and a hint.
 */
export function validateProps(
  construct: IConstruct,
  problems: () => readonly (PropProblem | false | undefined)[],
  name = construct.constructor.name,
): void {
  construct.node.addValidation({
    validate: () => problems().flatMap((each) => (each ? [problemText({ ...each, at: `${name}.${each.prop}` })] : [])),
  });
}

/** The problem of a text that `rule` does not accept. What only an apply makes known is not looked at. */
export function textProblem(
  prop: string,
  given: string | undefined,
  rule: TextRule,
  hint: string,
): PropProblem | false {
  if (given === undefined || Token.isUnresolved(given) || rule.accepts(given)) return false;
  return { prop, given, accepted: rule.accepted, hint };
}

/** The problem of a mount's path. */
export function mountProblem(path: string): PropProblem | false {
  return textProblem("path", path, MOUNT, "Give the mount as Vault lists it, without the slash at its end.");
}
