/** Orders texts by code unit: the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Each item once, in the order of the first. */
export function unique<T>(items: Iterable<T>): T[] {
  return [...new Set(items)];
}

/** Items by what they have in common, in the order of the first of each. */
export function groupBy<T, K>(items: Iterable<T>, key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) cached(groups, key(item), () => []).push(item);
  return groups;
}

/** What a cache has, else what is made now and kept in it. */
export function cached<K, V>(
  cache: { readonly get: (key: K) => V | undefined; readonly set: (key: K, value: V) => unknown },
  key: K,
  make: () => V,
): V {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}
