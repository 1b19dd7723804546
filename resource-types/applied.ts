/** A resource of a synthesized stack: its type and its arguments. */
export interface AppliedResource {
  readonly type: string;
  readonly attributes: { readonly [name: string]: unknown };
}

/** Resource blocks of Terraform JSON: by type, then by id. */
export type ResourceBlocks = {
  readonly [type: string]: { readonly [id: string]: { readonly [name: string]: unknown } };
};

/** `${type.id.argument}`, alone. */
const REFERENCE = /^\$\{([a-z0-9_]+)\.([A-Za-z0-9_-]+)\.([a-z0-9_]+)\}$/;

/**
 * The resources of a stack, with references to arguments of others of the same stack followed: a config of a mount
 * names the mount's path by one. What only an apply makes known stays a reference. Throws nothing.
 */
export function appliedResources(blocks: ResourceBlocks): AppliedResource[] {
  const follow = (value: unknown, depth = 0): unknown => {
    const [, type, id, argument] = (typeof value === "string" && REFERENCE.exec(value)) || [];
    const target =
      type !== undefined && id !== undefined && argument !== undefined ? blocks[type]?.[id]?.[argument] : undefined;
    // Deeper than any chain of ours; two that name each other end too.
    return target === undefined || depth > 8 ? value : follow(target, depth + 1);
  };
  return Object.entries(blocks).flatMap(([type, instances]) =>
    Object.values(instances).map((attributes) => ({
      type,
      attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, follow(value)])),
    })),
  );
}
