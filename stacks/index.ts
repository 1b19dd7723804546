import type { App, TerraformStack } from "cdktf";
import { named, type Platform, type StackSpec } from "../model";
import { AccessStack } from "./access-stack";
import { EnvironmentStack } from "./environment-stack";
import { OperatorStack } from "./operator-stack";
import type { PlatformStack } from "./platform-stack";
import { VaultStack } from "./vault-stack";

/**
 * A platform's stacks, in the order in which they can be applied. They pass no values to one another; names join them.
 * @param only names of those that are wanted
 * @default every stack of the platform
 */
export function addStacks(
  app: App,
  platform: Platform,
  only: readonly string[] = platform.stacks.map(({ name }) => name),
): TerraformStack[] {
  const built = platform.stacks
    .filter((spec) => only.includes(spec.name) || isReadBy(platform, spec, only))
    .map((spec) => stackFor(app, platform, spec));
  for (const stack of built) {
    if (stack instanceof AccessStack || stack instanceof OperatorStack) stack.addPipelines(built);
    if (stack instanceof OperatorStack) stack.addAdmission(built);
    for (const each of built) if (stack.spec.needs.includes(each.spec.name)) stack.addDependency(each);
  }
  // What another reads is built and not wanted; its constructs stay.
  for (const { spec } of built) if (!only.includes(spec.name)) app.node.tryRemoveChild(spec.name);
  return built.filter(({ spec }) => only.includes(spec.name));
}

/** Whether one of some stacks gives the CI what the resources of this one need, or lets its objects through. */
function isReadBy({ pipelines, stacks }: Platform, spec: StackSpec, names: readonly string[]): boolean {
  const identity = pipelines?.identities.find(({ stack }) => stack === spec.name);
  return stacks.some(
    ({ name, kind, vault, cluster }) =>
      names.includes(name) &&
      ((kind === "access" && identity?.vault === vault) ||
        (kind === "operator" &&
          cluster !== undefined &&
          (identity?.cluster === cluster || (spec.kind === "environment" && spec.cluster === cluster)))),
  );
}

function stackFor(app: App, platform: Platform, spec: StackSpec): PlatformStack {
  switch (spec.kind) {
    case "vault":
      return new VaultStack(app, platform, spec, named(platform.vaults, spec.vault!));
    case "access":
      return new AccessStack(app, platform, spec, named(platform.vaults, spec.vault!));
    case "operator":
      return new OperatorStack(app, platform, spec, named(platform.clusters, spec.cluster!));
    case "environment":
      return new EnvironmentStack(app, platform, spec, named(platform.environments, spec.environment!));
  }
}
