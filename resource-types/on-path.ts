import type { Capability, PolicyRule } from "../policies/write";
import type { VaultPermissions } from "./record";

/** A rule on a path. */
export function onPath(path: string, ...capabilities: Capability[]): PolicyRule {
  return { path, capabilities };
}

/** Something that is read, written and deleted at one path, in a collection of its like. */
export function oneOf(collection: string, path: string): VaultPermissions {
  return {
    plan: [onPath(path, "read")],
    apply: [onPath(path, "create", "read", "update", "delete")],
    collection: [onPath(`${collection}/*`, "create", "read", "update", "delete")],
  };
}
