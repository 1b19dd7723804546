import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { App, TerraformStack } from "cdktf";
import type { Installation } from "../../model";

/** A synthesized resource's arguments. */
export type Resource = { readonly [argument: string]: unknown };

/** What a stack synthesized to, resources by type and then by logical id. */
export interface Synthesized {
  readonly resource: { readonly [type: string]: { readonly [id: string]: Resource } };
}

/**
 * Synthesizes a stack of what `build` puts in it, validated as `cdktf synth` does, and returns its JSON. Throws on any annotation: no
 * construct here has a reason to warn.
 */
export function synthesize(build: (stack: TerraformStack) => void): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), "vault-install-"));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, "test");
    new HelmProvider(stack, "helm");
    new KubernetesProvider(stack, "kubernetes");
    build(stack);
    const said = app.node.findAll().flatMap(({ node }) => node.metadata.filter(({ type }) => ["@cdktf/info", "@cdktf/warn", "@cdktf/error"].includes(type)));
    if (said.length) throw new Error(`annotations: ${said.map(({ data }) => String(data)).join("; ")}`);
    app.synth();
    return JSON.parse(readFileSync(join(outdir, "stacks", "test", "cdk.tf.json"), "utf8")) as Synthesized;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The only resource of a type. Throws when there is none or more than one. */
export function only({ resource }: Synthesized, type: string): Resource {
  const found = Object.values(resource[type] ?? {});
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}`);
  return found[0]!;
}

/** The values of the only release, parsed. */
export function releaseValues(synthesized: Synthesized): { readonly [key: string]: unknown } {
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
