import { checkVersion } from "../../../cli/up/kubernetes-version";

const cluster = { name: "local", context: "here", kubeconfig: "", auths: [] };

/** A cluster that says it is of this version. */
function of(minor: string, gitVersion = `v1.${minor}`) {
  return { cluster, get: async <T>() => ({ major: "1", minor, gitVersion }) as T };
}

test.each(["30", "30+", "34", "101"])("Kubernetes 1.%s has what the operator's stack needs", (minor) =>
  expect(checkVersion(of(minor))).resolves.toBeUndefined(),
);

test.each([
  ["29", "v1.29.4"],
  ["29+", "v1.29.4-eks-1a2b3c"],
  ["9", "v1.9.0"],
])("Kubernetes 1.%s is refused: which cluster, what is accepted, and what to do", (minor, gitVersion) =>
  expect(checkVersion(of(minor, gitVersion))).rejects.toThrow(
    `cluster local (context here): given Kubernetes ${gitVersion}; accepted: 1.30 or later, which has ` +
      "ValidatingAdmissionPolicy: by it the operator's objects are held to what the config says. Upgrade the cluster.",
  ),
);
