/** A ValidatingAdmissionPolicy, as far as it is looked at. */
export interface AdmissionPolicy {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly variables: readonly { readonly name: string; readonly expression: string }[] };
}

/** What a policy accepts, by key: a line each in its variables `accepted1`, `accepted2`, … */
export function acceptedIn({ spec }: AdmissionPolicy): { readonly [key: string]: string } {
  const lines = spec.variables.flatMap(({ name, expression }) =>
    /^accepted\d+$/.test(name) ? expression.split("\n").slice(1, -1) : [],
  );
  const text = (cel: string) => cel.replace(/\\(.)/g, "$1");
  return Object.fromEntries(
    lines
      .filter((line) => line !== "")
      .map((line) => {
        const [, key, accepted] = /^'((?:[^'\\]|\\.)*)': '((?:[^'\\]|\\.)*)',?$/.exec(line)!;
        return [text(key!), text(accepted!)];
      }),
  );
}
