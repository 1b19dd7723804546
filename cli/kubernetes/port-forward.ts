import { spawn, type ChildProcess } from "node:child_process";
import type { Kubernetes } from "./client";
import { KubernetesError } from "./client";

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
  const end = endsWithUs(child);
  let said = "";
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      void end();
      reject(
        new KubernetesError(
          `kubectl port-forward to pod ${pod} in namespace ${namespace} of cluster ` +
            `${kubernetes.cluster.name}: ${reason}`,
        ),
      );
    };
    const timer = setTimeout(() => fail(`not after ${TIMEOUT_MS / 1000} s. ${said.trim()}`), TIMEOUT_MS);
    const listen = (chunk: Buffer): void => {
      said = (said + chunk.toString("utf8")).slice(-2000);
      const port = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve({ port: Number(port), stop: end });
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(error.code === "ENOENT" ? "kubectl is missing: install it, or give VAULT_ADDR" : error.message);
    });
    child.once("exit", () => {
      clearTimeout(timer);
      fail(`it ended. ${said.trim()}`);
    });
  });
}

/** Stops the child by its own id, and also when this process ends in the ordinary way or by a signal. */
function endsWithUs(child: ChildProcess): () => Promise<void> {
  const gone = new Promise<void>((resolve) => void child.once("exit", () => resolve()).once("error", () => resolve()));
  const kill = (): void => void child.kill("SIGTERM");
  process.once("exit", kill);
  void gone.then(() => process.removeListener("exit", kill));
  return async () => {
    kill();
    await gone;
  };
}

/** kubectl, and the credential plugins that it runs, get what they need, and no token of Vault's. */
function childEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VAULT_|TF_VAR_)/.test(name)));
}
