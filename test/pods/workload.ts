/**
 * A Deployment with one pod that has a Secret in its environment and as files in /secrets, as a restricted namespace
 * takes it; its pods are labelled `app=<name>`.
 */
export function workload(name: string, secret: string): object {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "sample" },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: "app",
              image: "docker.io/library/busybox:1.36",
              command: ["sleep", "3600"],
              envFrom: [{ secretRef: { name: secret } }],
              volumeMounts: [{ name: "secrets", mountPath: "/secrets" }],
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            },
          ],
          volumes: [{ name: "secrets", secret: { secretName: secret } }],
        },
      },
    },
  };
}
