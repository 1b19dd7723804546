import { readFileSync } from "node:fs";
import { join } from "node:path";
import { named, type Access, type Group, type Platform, type Tenant } from "../model";
import type { Synthesis } from "./synth";
import { textTable } from "./table";

/** How many resources of each type a synthesized stack has, most frequent first. */
export function resourcesByKind(outdir: string, stack: string): [string, number][] {
  const json = JSON.parse(readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8")) as { resource?: { [type: string]: object } };
  return Object.entries(json.resource ?? {})
    .map(([type, instances]): [string, number] => [type, Object.keys(instances).length])
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** The secret sets that a group's grants of an access reach, of those that exist. */
function reached(platform: Platform, group: Group, access: Access): Tenant[] {
  return platform.tenants.filter((tenant) =>
    group.grants.some(({ access: granted, vault, scope }) => {
      if (vault !== tenant.vault || (access === "write" && granted === "read")) return false;
      return "tree" in scope ? tenant.path.path.startsWith(`${scope.tree.path}/`) : scope.sets.some((set) => set.path === tenant.path.path);
    }),
  );
}

/** Secret sets in few words: `all 10 sets`, `sample-node-api in dev, qa`, `8 of 10 sets`. */
function inWords(platform: Platform, sets: readonly Tenant[]): string {
  if (sets.length === 0) return "–";
  if (sets.length > 1 && sets.length === platform.tenants.length) return `all ${sets.length} sets`;
  const apps = [...new Set(sets.map((set) => set.app))];
  if (apps.length > 1) return `${sets.length} of ${platform.tenants.length} sets`;
  const everywhere = platform.tenants.filter((tenant) => tenant.app === apps[0]).length === sets.length;
  const environments = sets.map((set) => set.environment);
  return `${apps[0]} in ${everywhere && environments.length > 1 ? `all ${environments.length} environments` : environments.join(", ")}`;
}

/** What a synthesis made: the stacks, who may reach what, and what to do next. For people; `quiet` runs print nothing. */
export function summary(platform: Platform, { stacks, outdir }: Synthesis): string {
  const made = stacks.map((stack) => {
    const kinds = resourcesByKind(outdir, stack);
    const total = kinds.reduce((sum, [, n]) => sum + n, 0);
    return [stack, `${total}`, kinds.map(([type, n]) => `${n} ${type}`).join(", "), join(outdir, "stacks", stack, "cdk.tf.json")];
  });
  const admins = platform.users.filter((user) => user.groups.includes(named(platform.groups, "platform-admin").name)).map((user) => user.name);
  const people = platform.groups.map((group) => {
    const members = platform.users.filter((user) => user.groups.includes(group.name)).map((user) => user.name);
    const row = [group.name, members.length > 3 ? `${members.length} people` : members.join(", ") || "nobody yet"];
    return group.admin ? [...row, "–", "–", "manages mounts, auth, policies and people"] : [...row, inWords(platform, reached(platform, group, "read")), inWords(platform, reached(platform, group, "write")), ""];
  });
  const workloads = platform.tenants.filter((tenant) => tenant.delivery).length;
  return [
    `${stacks.length} ${stacks.length === 1 ? "stack" : "stacks"} of ${platform.name}`,
    "",
    ...made.map(([stack, total, kinds, path]) => `  ${stack}: ${total} ${total === "1" ? "resource" : "resources"} in ${path}\n    ${kinds}`),
    "",
    "who may reach what",
    "",
    textTable([["group", "people", "read", "change", ""], ...people, ["workloads", `${workloads}`, "each its own set", "–", ""]], "  "),
    "",
    `${admins.join(", ")} can grant itself anything: whoever writes policies decides who reads what.`,
    "",
    // The first: the others can be planned only when what it brings up is there.
    `next: kubectl config get-contexts, then npm run diff -- ${stacks[0] ?? ""}`,
  ].join("\n");
}
