import type { JsonObject } from "../resource-types";
import type { Resource } from "./read-stacks";

/** An object in a namespace of a cluster. */
export interface KubernetesObject {
  readonly kind: string;
  /** `<cluster>/<namespace>/<name>`. */
  readonly key: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** The app that its label names. */
  readonly app?: string;
  readonly environment?: string;
  /** The Vault of its stack. */
  readonly vault?: string;
  readonly resource: Resource;
  /** The whole of its fields: its manifest, or its arguments, which differ in case only. */
  readonly content: JsonObject;
  /** Empty where it has none. */
  readonly spec: JsonObject;
}
