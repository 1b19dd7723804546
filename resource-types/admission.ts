import { when, type Judge } from "./change";
import { objectIn, textsIn, type Json, type JsonObject } from "./json";

/** What is at stake where the admission of the operator's objects changes. */
export const LETS_THROUGH =
  "It decides to which addresses the operator may send the service accounts' tokens of the environments.";

/** Of a binding of the policy: each namespace that it leaves. One that comes to it is held from then on. */
export const noLongerHeld: Judge = ({ before, after }, called) => {
  const held = (spec: JsonObject) => {
    const { matchExpressions } = objectIn(objectIn(spec.matchResources).namespaceSelector);
    return Array.isArray(matchExpressions) ? matchExpressions.flatMap((each) => textsIn(objectIn(each).values)) : [];
  };
  const left = held(before).filter((each) => !held(after).includes(each));
  return when(left.length > 0, "warning", `${called} no longer holds ${left.join(", ")}`, LETS_THROUGH);
};

/**
 * Of a policy's variables: what is newly accepted of connections, and every change that is none of an app's objects,
 * which come and go as a routine.
 */
export const newlyLetThrough: Judge = ({ before, after }, called) => {
  const [had, has] = [variables(before), variables(after)];
  const added = [...has.accepted].filter((each) => !had.accepted.has(each));
  const changed = [...new Set([...had.rules.keys(), ...has.rules.keys()])].filter(
    (name) => had.rules.get(name) !== has.rules.get(name),
  );
  return [
    ...added.flatMap((each) => when(true, "warning", `${called} newly lets through ${each}`, LETS_THROUGH)),
    ...changed.flatMap((name) => when(true, "warning", `${called} changes (variable ${name})`, LETS_THROUGH)),
  ];
};

/** A line of a map of what is accepted (`constructs/admission-rules.ts`), of an object by kind. */
const ACCEPTED = /^'[^'.]*\.(?<kind>\w+)\.[^']*': '(?<text>[^']*)',?$/;

/** A policy's maps of what is accepted, without what is routine, and its other variables. */
function variables({ variables: given }: JsonObject): {
  readonly accepted: ReadonlySet<string>;
  readonly rules: ReadonlyMap<string, string>;
} {
  const all = (Array.isArray(given) ? given : []).map((each): [string, string] => {
    const { name, expression } = objectIn(each as Json);
    return [String(name), String(expression)];
  });
  const isMap = ([name]: readonly [string, string]) => /^accepted\d+$/.test(name);
  const accepted = all.filter(isMap).flatMap(([, map]) =>
    map.split("\n").flatMap((line) => {
      const { kind, text } = ACCEPTED.exec(line)?.groups ?? {};
      if (kind === undefined) return ["{", "}", ""].includes(line) ? [] : line;
      return kind === "VaultConnection" ? text! : [];
    }),
  );
  return { accepted: new Set(accepted), rules: new Map(all.filter((each) => !isMap(each))) };
}
