import { vaultValues } from "../../constructs/vault-values";
import type { Installation } from "../../model";
import { only, type StackJson } from "../helpers/synth";

/** The path of each resource's construct, sorted: what its address in people's state comes from. */
export function constructPaths({ resource = {} }: StackJson): string[] {
  return Object.values(resource)
    .flatMap((byId) => Object.values(byId).map((each) => (each["//"] as { metadata: { path: string } }).metadata.path))
    .sort();
}

/** The values of the only release, parsed. */
export function releaseValues(synthesized: StackJson): { readonly [key: string]: unknown } {
  const { values } = only(synthesized, "helm_release") as { values: string[] };
  if (values.length !== 1) throw new Error(`${values.length} value documents`);
  return JSON.parse(values[0]!) as { [key: string]: unknown };
}

/** A server as the sample has it, with what a case changes. */
export function installation(changes: Partial<Installation> = {}): Installation {
  return {
    cluster: "local",
    namespace: "sample-vault",
    release: "sample-vault",
    mode: "standalone",
    replicas: 1,
    operatorNamespaces: ["sample-vault-secrets-operator"],
    ...("tls" in changes ? {} : { unsafeNoTls: true }),
    ...changes,
  };
}

/** A server with raft and TLS, with what a case changes. */
export function highlyAvailable(changes: Partial<Installation> = {}): Installation {
  return installation({ mode: "ha", replicas: 3, tls: { secret: "server-tls" }, ...changes });
}

/** The chart's values of the server itself. */
export function server(of: Installation): { readonly [key: string]: unknown } {
  return vaultValues(of).server as { readonly [key: string]: unknown };
}
