/**
 * The pieces of a path: texts at even places, what stands between `{{` and `}}` at odd ones; `undefined` when the
 * braces do not pair.
 */
export function pieces(path: string): readonly string[] | undefined {
  const [first = "", ...rest] = path.split("{{");
  if (first.includes("}}")) return undefined;
  const out = [first];
  for (const part of rest) {
    const [inside = "", after, ...more] = part.split("}}");
    if (after === undefined || more.length > 0) return undefined;
    out.push(inside.trim(), after);
  }
  return out;
}

/**
 * Whether `{{` and `}}` pair as Vault wants them (`sdk/helper/identitytpl`): every `{{` has exactly one `}}` before the
 * next. Throws nothing.
 */
export function isBalanced(path: string): boolean {
  return pieces(path) !== undefined;
}

/**
 * What stands between `{{` and `}}` in a path, trimmed, in order; empty when nothing does or the braces do not pair.
 */
export function selectors(path: string): string[] {
  return (pieces(path) ?? []).filter((_, i) => i % 2 === 1);
}

const aliasSelector = String.raw`aliases\.[^.]+\.(id|name|(custom_)?metadata\..+)`;
const own = String.raw`id|name|metadata\..+`;
const knownSelector = new RegExp(
  String.raw`^identity\.(entity\.(${own}|${aliasSelector})|groups\.(ids|names)\.[^.]+\.(${own}))$`,
);

/**
 * Whether Vault can ever fill in what stands between `{{` and `}}`. It silently drops rules with any other selector.
 * Source: Vault's documentation, "Templated policies", and `sdk/helper/identitytpl`.
 */
export function isKnownSelector(selector: string): boolean {
  return knownSelector.test(selector);
}
