/** A name in lower case, as userpass keeps it; undefined for what no user can be called. */
export function asUserName(given: string): string | undefined {
  const name = given.trim().toLowerCase();
  return /^[a-z0-9]+([.-][a-z0-9]+)*$/.test(name) ? name : undefined;
}
