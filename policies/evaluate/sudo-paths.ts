/**
 * Paths on which Vault wants `sudo` besides the capability of the operation; `*` at the end stands for anything, also
 * nothing. Those of the core (`sys/`) and of the token method; other mounts may have more (pki: `root`,
 * `root/sign-self-issued`). Source: Vault's documentation, "Root protected API endpoints"; held against the OpenAPI
 * document of Vault 1.21 by a live test.
 */
export const SUDO_PATHS: readonly string[] = [
  "auth/token/accessors/",
  "auth/token/revoke-orphan",
  "sys/audit",
  "sys/audit/*",
  "sys/auth/*",
  "sys/config/auditing/*",
  "sys/config/cors",
  "sys/config/ui/headers/*",
  "sys/internal/counters/activity/export",
  "sys/internal/inspect/*",
  "sys/leases",
  "sys/leases/lookup/*",
  "sys/leases/revoke-force/*",
  "sys/leases/revoke-prefix/*",
  "sys/plugins/catalog/*",
  "sys/plugins/runtimes/catalog/*",
  "sys/raw",
  "sys/raw/*",
  "sys/remount",
  "sys/replication/dr/primary/secondary-token",
  "sys/replication/dr/reindex",
  "sys/replication/performance/primary/secondary-token",
  "sys/replication/performance/reindex",
  "sys/replication/primary/secondary-token",
  "sys/replication/reindex",
  "sys/reporting/scan",
  "sys/revoke-force/*",
  "sys/revoke-prefix/*",
  "sys/rotate",
  "sys/seal",
  "sys/step-down",
  "sys/storage/raft/snapshot-auto/config/*",
];

const exact = new Set(SUDO_PATHS.filter((p) => !p.endsWith("*")));
const prefixes = SUDO_PATHS.filter((p) => p.endsWith("*")).map((p) => p.slice(0, -1));

/**
 * Whether a request path is one of {@link SUDO_PATHS}; a `LIST` has a slash at its end, as the server sees it. Throws
 * nothing.
 */
export function needsSudo(path: string): boolean {
  if (!path.startsWith("sys/") && !path.startsWith("auth/token/")) return false;
  return exact.has(path) || prefixes.some((p) => path.startsWith(p));
}
