/** The Kubernetes API, as far as the operations program needs it. */
export { Kubernetes, KubernetesError } from "./client";
export { forwardPort, type PortForward } from "./port-forward";
