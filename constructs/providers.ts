import { TerraformProvider, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { VERSIONS } from "../model";
import { validateProps } from "./validation";

/** A provider that constructs of ours need. */
export type ProviderName = keyof typeof VERSIONS.providers;

/**
 * Makes the construct's stack ask for the Terraform and the provider versions whose arguments the construct writes: the
 * prebuilt bindings of vault ask for 5.6.0, which lacks some.
 * What the stack asks for already stays; at synthesis a provider version that is older than ours, or none that can be
 * compared, is an error that names the construct.
 */
export function pinProviders(construct: Construct, ...names: readonly ProviderName[]): void {
  const stack = TerraformStack.of(construct);
  const overrides = () =>
    stack["rawOverrides"] as {
      readonly terraform?: {
        readonly required_version?: string;
        readonly required_providers?: { readonly [name in ProviderName]?: { readonly version?: string } };
      };
    };
  const asked = (name: ProviderName) => overrides().terraform?.required_providers?.[name]?.version;
  if (!overrides().terraform?.required_version) stack.addOverride("terraform.required_version", VERSIONS.terraform);
  for (const name of names) {
    const ours = VERSIONS.providers[name];
    if (asked(name) === ours) continue;
    const first = asked(name) === undefined;
    if (first) stack.addOverride(`terraform.required_providers.${name}.version`, ours);
    validateProps(construct, () => [
      first &&
        !stack.node.findAll().some((each) => isProvider(each, name)) && {
          prop: `provider ${name}`,
          given: undefined,
          accepted: `a provider ${name} in stack ${stack.node.path}`,
          hint: `Add one from @cdktf/provider-${name}/lib/provider.`,
        },
      isOlder(asked(name), ours) && {
        prop: `provider ${name}`,
        given: asked(name),
        accepted: `version ${ours} or later`,
        hint: `Take the stack's own terraform.required_providers.${name}.version out: the construct brings one.`,
      },
    ]);
  }
}

function isProvider(element: IConstruct, name: ProviderName): boolean {
  return TerraformProvider.isTerraformProvider(element) && element.terraformResourceType === name;
}

/** Whether the lowest version that a constraint such as `~> 5.6` or `5.10.1` allows is below `least`. */
function isOlder(constraint: string | undefined, least: string): boolean {
  // The first comparison by language costs as much as twenty stacks, and hardly anybody asks for another version.
  if (constraint === least) return false;
  const version = /\d+(\.\d+)*/.exec(constraint ?? "")?.[0] ?? "";
  return version.localeCompare(least, "en", { numeric: true }) < 0;
}
