/** Whether a value is a plain object, as a literal or JSON makes it: it inherits nothing but what every object does. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Not `=== Object.prototype`: a config may be made in another realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
