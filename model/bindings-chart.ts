/** An object of a release of the bindings' chart, as the API server takes it. */
export interface ReleasedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: { readonly [label: string]: string };
  };
  readonly [field: string]: unknown;
}

/**
 * Raised with every change of {@link BINDINGS_CHART}: Helm takes a release for up to date while neither its chart's
 * version nor its values differ.
 */
const VERSION = "1.0.0";

/**
 * The chart by which an environment's bindings are one release: it prints the objects of its values, and knows nothing
 * else. A synthesis writes it beside the stack's JSON, so that its path is the same on every machine, and the proofs
 * compare its bytes with these (docs/decisions/0030-bindings-as-a-chart.md).
 */
export const BINDINGS_CHART = {
  /** The chart's name, its folder's beside `cdk.tf.json`, and the release's in each namespace. */
  name: "vault-bindings",
  version: VERSION,
  /** As a release names it: Terraform runs in the stack's folder. */
  path: "./vault-bindings",
  /** The kinds of its objects. */
  kinds: ["ServiceAccount", "VaultConnection", "VaultAuth", "VaultStaticSecret", "VaultDynamicSecret"],
  /** Texts by their path in the folder. */
  files: {
    "Chart.yaml": [
      "apiVersion: v2",
      "name: vault-bindings",
      "description: The objects of its values, as they are",
      `version: ${VERSION}`,
      "",
    ].join("\n"),
    "templates/objects.yaml": [
      "{{- range $key, $object := .Values.objects }}",
      "---",
      "{{ toYaml $object }}",
      "{{- end }}",
      "",
    ].join("\n"),
  },
} as const;

/**
 * What an object is called in a release's values: objects are in the order of these, and a difference of two values is
 * told object by object.
 */
export function releasedKey({ kind, metadata: { name } }: Pick<ReleasedObject, "kind" | "metadata">): string {
  return `${kind}/${name}`;
}
