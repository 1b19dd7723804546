import { TerraformElement, TerraformResource, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";

/** Arguments of a block as Terraform's JSON has them: snake case; `undefined` is left out. */
type Arguments = { readonly [name: string]: unknown };

/**
 * A resource of a type that the prebuilt bindings, which stop at provider vault 5.6, do not have, or not with the
 * arguments we need.
 */
export class ThinResource extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    type: string,
    private readonly blockArguments: Arguments,
    meta: TerraformMetaArguments = {},
  ) {
    super(scope, id, { terraformResourceType: type, ...meta });
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { ...this.blockArguments };
  }
}

/**
 * An `ephemeral` block: its value exists while Terraform runs, and is in neither plan nor state. cdktf has no element
 * for it. Source: Terraform's documentation, "Ephemeral resources" (1.10 and later).
 */
export class EphemeralBlock extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly type: string,
    private readonly blockArguments: Arguments,
  ) {
    super(scope, id);
  }

  /**
   * An expression for one of its attributes; only write-only arguments, providers and other ephemeral blocks may use
   * it.
   */
  attribute(name: string): string {
    return `\${ephemeral.${this.type}.${this.friendlyUniqueId}.${name}}`;
  }

  override toTerraform(): unknown {
    return { ephemeral: { [this.type]: { [this.friendlyUniqueId]: { ...this.blockArguments } } } };
  }
}

/**
 * A `removed` block: Terraform forgets a resource and leaves the real thing as it is. It must have the scope and id
 * that the resource had, so that both have the same address. Source: Terraform's documentation, "removed block" (1.7
 * and later).
 */
export class RemovedBlock extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly type: string,
  ) {
    super(scope, id);
  }

  override toTerraform(): unknown {
    return { removed: [{ from: `${this.type}.${this.friendlyUniqueId}`, lifecycle: { destroy: false } }] };
  }
}

/**
 * An `import` block: Terraform takes a real thing over as a resource, instead of making it. cdktf's own asks for a
 * Terraform at synthesis. Source: Terraform's documentation, "import block" (1.5 and later).
 */
export class ImportBlock extends TerraformElement {
  /** `existing`: the id by which the resource's provider knows it. */
  constructor(
    scope: Construct,
    id: string,
    private readonly resource: TerraformResource,
    private readonly existing: string,
  ) {
    super(scope, id);
  }

  override toTerraform(): unknown {
    const { terraformResourceType, friendlyUniqueId } = this.resource;
    return { import: [{ to: `${terraformResourceType}.${friendlyUniqueId}`, id: this.existing }] };
  }
}
