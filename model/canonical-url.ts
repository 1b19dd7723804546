/** A URL in one form, so that two spellings of one place are equal: case, default port, slashes at the end. */
export function canonicalUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, hostname, port, pathname } = new URL(url);
  return `${protocol}//${hostname}:${port}${pathname.replace(/\/+$/, "")}`;
}
