import type { Kubernetes } from "../kubernetes";
import { OpsError } from "../ops/errors";

/**
 * The first minor version of Kubernetes 1 that serves `admissionregistration.k8s.io/v1` ValidatingAdmissionPolicy, by
 * which the operator's objects are held to the config. Source: Kubernetes' documentation, "Validating Admission
 * Policy".
 */
const FIRST_MINOR = 30;

/** Throws an OpsError for a cluster that is older than what the operator's stack needs. */
export async function checkVersion(kubernetes: Pick<Kubernetes, "cluster" | "get">): Promise<void> {
  const { cluster } = kubernetes;
  const version = await kubernetes.get<{ readonly major: string; readonly minor: string; readonly gitVersion: string }>(
    "/version",
  );
  if (!version) return;
  // Some providers write 29+.
  const [major, minor] = [version.major, version.minor].map((text) => parseInt(text, 10)) as [number, number];
  if (major > 1 || minor >= FIRST_MINOR) return;
  throw new OpsError(
    `cluster ${cluster.name} (context ${cluster.context}): given Kubernetes ${version.gitVersion}; accepted: ` +
      `1.${FIRST_MINOR} or later, which has ValidatingAdmissionPolicy: by it the operator's objects are held to what ` +
      "the config says. Upgrade the cluster.",
  );
}
