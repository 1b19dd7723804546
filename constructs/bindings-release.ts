import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Release } from "@cdktf/provider-helm/lib/release";
import { dependable, Lazy, TerraformStack, type ITerraformDependable } from "cdktf";
import { addCustomSynthesis } from "cdktf/lib/synthesize/synthesizer";
import { Construct } from "constructs";
import { BINDINGS_CHART, releasedKey, type ReleasedObject } from "../model/bindings-chart";
import type { IAppNamespace } from "./app-namespace";
import { valuesText } from "./chart";
import { RemovedBlock } from "./l1";
import { pinProviders } from "./providers";
import { validateProps } from "./validation";

/** Props of {@link BindingsRelease}. */
export interface BindingsReleaseProps {
  /** Where the release is, and each of its objects. */
  readonly namespace: IAppNamespace;
  /**
   * Whether it takes over objects of these names that are there, as those that this stack made as resources of their
   * own. For one apply: it takes over other people's as well.
   * @default false: Helm refuses them
   */
  readonly takesOver?: boolean;
}

/**
 * A namespace's bindings, accounts and connection as one Helm release: `kubernetes_manifest` plans at five objects a
 * second, this as one resource (docs/decisions/0030-bindings-as-a-chart.md). A {@link VaultConnection} that is given
 * one puts itself and its bindings into it. What somebody else changes or deletes of its objects no plan shows.
 *
 * - The chart is ours, and prints its values: a synthesis writes it beside the stack's JSON.
 * - Nothing of an object may be known only after an apply.
 *
 * @example
 * const namespace = new AppNamespace(this, "namespace", { name: "shop" });
 * const release = new BindingsRelease(this, "bindings", { namespace });
 * const connection = new VaultConnection(this, "connection", {
 *   namespace,
 *   release,
 *   address: "https://vault.vault.svc:8200",
 * });
 */
export class BindingsRelease extends Construct {
  /** Has Terraform forget one of this scope and id, and leave its objects as they are. */
  static forget(scope: Construct, id: string): void {
    new RemovedBlock(new Construct(scope, id), "resource", Release.tfResourceType);
  }

  private readonly added: ReleasedObject[] = [];
  private readonly release: Release;

  constructor(scope: Construct, id: string, { namespace, takesOver }: BindingsReleaseProps) {
    super(scope, id);
    pinProviders(this, "helm");
    this.release = new Release(this, "resource", {
      name: BINDINGS_CHART.name,
      namespace: namespace.name,
      createNamespace: false,
      chart: BINDINGS_CHART.path,
      values: Lazy.listValue({ produce: () => [valuesText({ objects: this.values() })] }),
      // Until they are gone, where it is taken away: the operator needs their logins for that.
      wait: true,
      maxHistory: 5,
      takeOwnership: takesOver || undefined,
      dependsOn: namespace.resource && [namespace.resource],
    });
    validateProps(this, () => {
      const keys = this.added.map(releasedKey);
      return keys
        .filter((key, i) => keys.indexOf(key) !== i)
        .map((key) => ({
          prop: "namespace",
          given: `two objects ${key}`,
          accepted: "one of each kind and name",
          hint: "Give one of the two another name.",
        }));
    });
    const stack = TerraformStack.of(this);
    if (WITH_CHART.has(stack)) return;
    WITH_CHART.add(stack);
    addCustomSynthesis(this, {
      onSynthesize: ({ outdir, manifest }) =>
        writeChart(join(outdir, manifest.forStack(stack).workingDirectory, BINDINGS_CHART.name)),
    });
  }

  /** What is in it. */
  get objects(): readonly ReleasedObject[] {
    return this.added;
  }

  /**
   * Puts an object into it.
   * @param after what of this stack has to be there before
   */
  add(object: ReleasedObject, after: readonly ITerraformDependable[] = []): void {
    this.added.push(object);
    this.release.dependsOn = [...new Set([...(this.release.dependsOn ?? []), ...after.map(dependable)])];
  }

  private values(): { readonly [key: string]: ReleasedObject } {
    return Object.fromEntries(this.added.map((object) => [releasedKey(object), object]));
  }
}

/** Stacks of which a release writes the chart: one does it for all. */
const WITH_CHART = new WeakSet<TerraformStack>();

function writeChart(folder: string): void {
  for (const [path, text] of Object.entries(BINDINGS_CHART.files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
