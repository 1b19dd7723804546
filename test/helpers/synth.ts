import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { AnnotationMetadataEntryType, App, TerraformStack } from "cdktf";
import { withoutCreationStacks } from "../../cli/creation-stacks";
import { BINDINGS_CHART, resolvePlatform, type Platform, type PlatformConfig } from "../../model";
import { addStacks } from "../../stacks";

/** The arguments of a block. */
export type Block = { readonly [argument: string]: unknown };

/** Blocks of a kind: by type, then by logical id. */
export type Blocks = { readonly [type: string]: { readonly [id: string]: Block } };

/** A stack's Terraform JSON. */
export interface StackJson {
  readonly terraform: { readonly [setting: string]: unknown };
  readonly provider: { readonly [name: string]: readonly Block[] };
  readonly variable?: { readonly [id: string]: Block };
  readonly resource?: Blocks;
  readonly ephemeral?: Blocks;
  readonly removed?: readonly Block[];
  readonly import?: readonly Block[];
}

/** What a platform synthesizes to. */
export interface SynthesizedPlatform {
  readonly platform: Platform;
  /** The JSON of each stack by its name, in the order in which they can be applied. */
  readonly stacks: { readonly [name: string]: StackJson };
  /** The names of the stacks that each waits for. */
  readonly dependencies: { readonly [name: string]: readonly string[] };
}

/**
 * Synthesizes what `build` puts in a stack of its own, which has every provider. It validates as `cdktf synth` does,
 * and throws on any annotation: nothing here has a reason to warn.
 */
export function synthConstructs(build: (stack: TerraformStack) => void): StackJson {
  const { test } = synth((app) => {
    const stack = new TerraformStack(app, "test");
    new VaultProvider(stack, "provider_vault");
    new KubernetesProvider(stack, "provider_kubernetes");
    new HelmProvider(stack, "provider_helm");
    new RandomProvider(stack, "provider_random");
    build(stack);
  });
  return test!;
}

/** Synthesizes a whole platform; validates and throws as {@link synthConstructs} does. */
export function synthPlatform(config: PlatformConfig): SynthesizedPlatform {
  const platform = resolvePlatform(config);
  let made: TerraformStack[] = [];
  const json = synth((app) => {
    made = addStacks(app, platform);
  });
  return {
    platform,
    stacks: Object.fromEntries(made.map(({ node: { id } }) => [id, json[id]!])),
    dependencies: Object.fromEntries(
      made.map(({ node: { id }, dependencies }) => [id, dependencies.map((stack) => stack.node.id)]),
    ),
  };
}

const ANNOTATIONS: readonly string[] = Object.values(AnnotationMetadataEntryType);

function synth(build: (app: App) => void): { [stack: string]: StackJson } {
  const outdir = mkdtempSync(join(tmpdir(), "vault-tenancy-synth-"));
  try {
    const app = new App({ outdir, skipValidation: false });
    withoutCreationStacks(() => {
      build(app);
      app.synth();
    });
    const said = app.node
      .findAll()
      .flatMap(({ node }) =>
        node.metadata
          .filter(({ type }) => ANNOTATIONS.includes(type))
          .map(({ type, data }) => `${node.path}: ${type} ${String(data)}`),
      );
    if (said.length > 0) throw new Error(`unexpected annotations:\n${said.join("\n")}`);
    return Object.fromEntries(
      readdirSync(join(outdir, "stacks")).map((name) => [
        name,
        JSON.parse(readFileSync(join(outdir, "stacks", name, "cdk.tf.json"), "utf8")) as StackJson,
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The resources of a type, by logical id, without cdktf's own metadata. */
export function resourcesById(
  { resource = {} }: Pick<StackJson, "resource">,
  type: string,
): { readonly [id: string]: Block } {
  return Object.fromEntries(
    Object.entries(resource[type] ?? {}).map(([id, { "//": _metadata, ...block }]) => [id, block]),
  );
}

/** The resources of a type, in the order of their logical ids, without cdktf's own metadata. */
export function resources(json: Pick<StackJson, "resource">, type: string): Block[] {
  return Object.values(resourcesById(json, type));
}

/** The only resource of a type. Throws when there is none or more than one. */
export function only(json: Pick<StackJson, "resource">, type: string): Block {
  const found = resources(json, type);
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}`);
  return found[0]!;
}

/** The Kubernetes objects of a stack: each manifest's, and those in the releases of bindings. */
export function objects(json: Pick<StackJson, "resource">): Block[] {
  const released = resources(json, "helm_release")
    .filter(({ chart }) => chart === BINDINGS_CHART.path)
    .flatMap(({ values }) => {
      const { objects } = JSON.parse((values as [string])[0]) as { objects: { [key: string]: Block } };
      return Object.values(objects);
    });
  return [...resources(json, "kubernetes_manifest").map(({ manifest }) => manifest as Block), ...released];
}

/** The address of every resource, sorted. */
export function addresses({ resource = {} }: Pick<StackJson, "resource">): string[] {
  return Object.entries(resource)
    .flatMap(([type, byId]) => Object.keys(byId).map((id) => `${type}.${id}`))
    .sort();
}

/** The body of the only Kubernetes object of a kind among the manifests. */
export function manifest(
  json: Pick<StackJson, "resource">,
  kind: string,
): { readonly metadata: Block; readonly spec: Block } {
  const found = resources(json, "kubernetes_manifest").map(
    (each) => each.manifest as { kind: string; metadata: Block; spec: Block },
  );
  const ofKind = found.filter((each) => each.kind === kind);
  if (ofKind.length !== 1) throw new Error(`${ofKind.length} manifests of kind ${kind}`);
  return ofKind[0]!;
}

/** The text of every policy of a stack, by the policy's name. */
export function policyTexts(json: Pick<StackJson, "resource">): { readonly [policy: string]: string } {
  return Object.fromEntries(
    resources(json, "vault_policy").map(({ name, policy }) => [name as string, policy as string]),
  );
}
