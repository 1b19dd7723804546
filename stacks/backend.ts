import { TerraformBackend, type TerraformStack } from "cdktf";
import { backendSettings, type BackendConfig } from "../model";

/**
 * A backend in Terraform's own words: cdktf's classes lack the kubernetes backend, S3's lock file and Azure's identity.
 */
class Backend extends TerraformBackend {
  constructor(
    stack: TerraformStack,
    type: string,
    private readonly settings: { readonly [name: string]: unknown },
  ) {
    super(stack, "state_backend", type);
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { ...this.settings };
  }

  /** Throws always: stacks pass no values to one another; both sides take the same name from the model. */
  override getRemoteStateDataSource(): never {
    throw new Error("a stack cannot read another's state: both sides take the same name from the model");
  }
}

/** Keeps a stack's state where the config says, under the stack's name. */
export function addBackend(stack: TerraformStack, name: string, backend: BackendConfig): void {
  new Backend(stack, backend.type, backendSettings(name, backend));
}
