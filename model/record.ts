/** Whether a value is a plain object, as a literal or JSON makes it: it inherits nothing but what every object does. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Not `=== Object.prototype`: a config may be made in another realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The entries of an object that are objects themselves; none of anything else, which the shape has reported. */
export function entries<T>(value: { readonly [name: string]: T } | undefined): [string, T][] {
  return isRecord(value) ? (Object.entries(value) as [string, T][]).filter(([, each]) => isRecord(each)) : [];
}
