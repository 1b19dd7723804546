import { spawn } from "node:child_process";
import { type Kubernetes, KubernetesError } from "./client";

/** A way to a pod's port through the API server. */
export interface PortForward {
  /** The port on 127.0.0.1. */
  readonly port: number;
  /** Ends it, by its process id. */
  stop(): Promise<void>;
}

/** Milliseconds until kubectl must have said where it listens. */
const TIMEOUT_MS = 20_000;

/**
 * Starts `kubectl port-forward` to a pod, on a free port that kubectl chooses. It ends with `stop`, or with this
 * process; after a SIGKILL of this process it stays until its connection breaks. `env` is the child's environment,
 * without Vault's variables.
 *
 * Throws a KubernetesError when kubectl is missing, or does not get through.
 */
export function forwardPort(
  kubernetes: Kubernetes,
  namespace: string,
  pod: string,
  remote: number,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<PortForward> {
  const words = [
    "--kubeconfig",
    kubernetes.kubeconfig,
    "--context",
    kubernetes.cluster.context,
    "--namespace",
    namespace,
    "port-forward",
    "--address",
    "127.0.0.1",
    `pod/${pod}`,
    `:${remote}`,
  ];
  const child = spawn("kubectl", words, { env: childEnvironment(env), stdio: ["ignore", "pipe", "pipe"] });
  const gone = new Promise<unknown>((resolve) => void child.once("exit", resolve).once("error", resolve));
  // By its own id, and also when this process ends in the ordinary way or by a signal.
  const kill = (): void => void child.kill("SIGTERM");
  process.once("exit", kill);
  void gone.then(() => process.removeListener("exit", kill));
  const stop = async (): Promise<void> => {
    kill();
    await gone;
  };
  let said = "";
  return new Promise<PortForward>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said = (said + chunk.toString("utf8")).slice(-2000);
      const port = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve({ port: Number(port), stop });
    };
    const fail = (reason: string): void => {
      clearTimeout(timer);
      void stop();
      reject(
        new KubernetesError(
          `kubectl port-forward to pod ${pod} in namespace ${namespace} of cluster ` +
            `${kubernetes.cluster.name}: ${reason}`,
        ),
      );
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child
      .once("error", ({ code, message }: NodeJS.ErrnoException) =>
        fail(code === "ENOENT" ? "kubectl is missing: install it, or give VAULT_ADDR" : message),
      )
      .once("exit", () => fail(`it ended. ${said.trim()}`));
    const timer = setTimeout(() => fail(`not after ${TIMEOUT_MS / 1000} s. ${said.trim()}`), TIMEOUT_MS);
  });
}

/** kubectl, and the credential plugins that it runs, get what they need, and no token of Vault's. */
function childEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VAULT_|TF_VAR_)/.test(name)));
}
