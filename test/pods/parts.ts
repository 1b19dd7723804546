import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { chartsFolder, findBinary, findOperator, missingOf } from "../live/servers";

/** Where the parts of a cluster of containers are. */
export interface Parts {
  /** The script that starts and stops one (`CLUSTER_BIN`), with `image.py` beside it. */
  readonly cluster: string;
  /** The folder with the programs of Kubernetes (`LIVE_SERVERS_BIN`). */
  readonly servers: string;
  readonly vault: string;
  readonly operator: string;
  readonly kubeRbacProxy: string;
  /** The folder with the charts `vault` and `vault-secrets-operator` (`CHARTS_DIR`). */
  readonly charts: string;
}

const SYSTEM = [
  "containerd",
  "ctr",
  "runc",
  "iptables",
  "conntrack",
  "ip",
  "nsenter",
  "unshare",
  "go",
  "python3",
  "script",
  "flock",
];
const SERVERS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"];
/** Where Debian's packages containernetworking-plugins and busybox-static put what the cluster uses. */
const FILES = ["/usr/lib/cni/bridge", "/bin/busybox"];
/** A step of a test, beside clusters that do the same. Milliseconds. */
const TIMEOUT_MS = 300_000;

/** Whose cluster starts when: what takes longest begins. */
export const TURNS = { ha: 0, bootstrap: 1, sample: 2, troubles: 3 } as const;

/** The start of a cluster, which waits for that of three others. Milliseconds. */
export const START_TIMEOUT_MS = 480_000;

/**
 * A suite in real pods. Where a part is missing it says so in one line, and jest counts its tests as skipped; with
 * REQUIRE_LIVE=1 it fails instead (test/pods/README.md).
 */
export function describePods(name: string, body: (parts: Parts) => void): void {
  jest.setTimeout(TIMEOUT_MS);
  const parts = locate();
  const missing = missingParts(parts);
  if (missing.length === 0) describe(name, () => body(parts));
  else if (process.env.REQUIRE_LIVE === "1")
    test(`${name}: has its parts (REQUIRE_LIVE=1)`, () => {
      throw new Error(`${missing.join("; ")} (test/pods/README.md)`);
    });
  else {
    process.stderr.write(`pods: "${name}" is skipped: ${missing.join("; ")} (test/pods/README.md)\n`);
    describe.skip(name, () => body(parts));
  }
}

/** A chart of `CHARTS_DIR`, as a config names it. */
export function chartIn({ charts }: Parts, name: "vault" | "vault-secrets-operator") {
  return { repository: "", name: join(charts, name) };
}

/** What is not found is empty: a skipped suite's cases are still named. */
function locate(): Parts {
  const servers = process.env.LIVE_SERVERS_BIN ?? join(homedir(), ".cache", "live-servers", "bin");
  const operator = findOperator() ?? "";
  return {
    cluster: process.env.CLUSTER_BIN ?? join(__dirname, "..", "..", "..", "shared", "toolchain", "cluster"),
    servers,
    vault: findBinary("vault") ?? "",
    operator,
    kubeRbacProxy:
      process.env.KUBE_RBAC_PROXY_BIN ??
      findIn([...path(), servers, ...(operator ? [join(operator, "..")] : [])], "kube-rbac-proxy") ??
      "",
    charts: chartsFolder() ?? "",
  };
}

function missingParts({ cluster, servers, operator, kubeRbacProxy }: Parts): string[] {
  const programs = SYSTEM.filter((name) => findIn([...path(), "/usr/sbin", "/sbin"], name) === undefined);
  const files = [...FILES, ...SERVERS.map((name) => join(servers, name))].filter((file) => !existsSync(file));
  return [
    ...(process.getuid?.() === 0 ? [] : ["it is not run as root"]),
    ...(existsSync(cluster) ? [] : ["the script that starts a cluster is missing (CLUSTER_BIN)"]),
    ...(programs.length ? [`not on PATH: ${programs.join(", ")}`] : []),
    ...(files.length ? [`not there: ${files.join(", ")}`] : []),
    ...missingOf(["vault", "openssl", "kubectl", "terraform-providers", "helm", "charts"]),
    ...(operator ? [] : ["vault-secrets-operator is missing (VSO_BIN)"]),
    ...(existsSync(kubeRbacProxy) ? [] : ["kube-rbac-proxy is missing (KUBE_RBAC_PROXY_BIN)"]),
  ];
}

function path(): string[] {
  return (process.env.PATH ?? "").split(delimiter).filter(Boolean);
}

function findIn(folders: readonly string[], name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}
