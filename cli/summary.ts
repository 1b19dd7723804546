import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseStack, stackTexts, type Stack } from "../access/read-stacks";
import { PLATFORM_ADMIN, type Group, type Platform, type SecretSet } from "../model";
import { RESOURCE_TYPES } from "../resource-types";
import { allByDigest } from "./chart-archives";
import { counted } from "./counted";
import { LOCK_FILE } from "./provider-lock";
import type { Synthesis } from "./synth";
import { textTable } from "./table";

/** A stack's resources in words, with their whole number first: `6`, `2 policies, 2 secret sets, 2 more`. */
function inKinds({ resources }: Stack): [string, string] {
  let rest = [...resources.values()].reduce((sum, { size }) => sum + size, 0);
  const total = `${rest}`;
  const told = Object.entries(RESOURCE_TYPES).flatMap(([type, { label }]) => {
    const size = resources.get(type)?.size;
    if (!size || !label) return [];
    rest -= size;
    return counted(size, ...label);
  });
  return [total, [...told, ...(rest > 0 ? [`${rest} more`] : [])].join(", ")];
}

/** The secret sets that a group's grants let its people read, or change, of those that exist. */
function reached(platform: Platform, group: Group, does: "read" | "write"): SecretSet[] {
  return platform.sets.filter((tenant) =>
    group.grants.some(({ access: granted, vault, scope }) => {
      if (vault !== tenant.vault || (granted !== "write" && !granted.startsWith(does))) return false;
      return "tree" in scope
        ? tenant.path.path.startsWith(`${scope.tree.path}/`)
        : scope.sets.some((set) => set.path === tenant.path.path);
    }),
  );
}

/** Secret sets in few words: `all 10 sets`, `sample-node-api, all 5`, `payments in dev, qa`, `8 of 10 sets`. */
function inSets(platform: Platform, sets: readonly SecretSet[]): string {
  if (sets.length === 0) return "–";
  if (sets.length > 1 && sets.length === platform.sets.length) return `all ${sets.length} sets`;
  const [app, ...others] = new Set(sets.map((set) => set.app));
  if (others.length > 0) return `${sets.length} of ${platform.sets.length} sets`;
  const whole = platform.sets.filter((set) => set.app === app).length;
  return whole === sets.length && whole > 1
    ? `${app}, all ${whole}`
    : `${app} in ${sets.map((set) => set.environment).join(", ")}`;
}

/** What is taken at the word of whoever serves it. */
function byNoDigest(platform: Platform): string[] {
  const kinds = [
    ...(existsSync(LOCK_FILE) ? [] : ["providers (npm run lock)"]),
    ...(allByDigest(platform) ? [] : ["images, charts (npm run digests)"]),
  ];
  return kinds.length > 0 ? [`Taken by version, held to no digest: ${kinds.join("; ")}.`, ""] : [];
}

/**
 * What a synthesis made: the stacks, who may reach what, and what to type next. For people; a `--quiet` run prints
 * nothing.
 */
export function summary(platform: Platform, { stacks, outdir }: Synthesis): string {
  const texts = stackTexts(outdir);
  const made = stacks.map((stack) => [stack, ...inKinds(parseStack(stack, texts.get(stack)!))]);
  const groups = platform.groups.map((group) => {
    const members = platform.users.filter((user) => user.groups.includes(group.name)).length;
    return [
      group.name,
      `${members}`,
      ...(["read", "write"] as const).map((does) => inSets(platform, reached(platform, group, does))),
    ];
  });
  const admins = platform.users.filter((user) => user.groups.includes(PLATFORM_ADMIN)).map((user) => user.name);
  const workloads = platform.tenants.filter((tenant) => tenant.delivery).length;
  const theirs = platform.sharedSets.length > 0 ? "its own and shared sets" : "each its own set";
  return [
    `${platform.name}: ${counted(stacks.length, "stack")} in ${join(outdir, "stacks", "<stack>", "cdk.tf.json")}`,
    "",
    textTable([["stack", "resources", ""], ...made], "  "),
    "",
    "Who may reach what:",
    "",
    textTable([["group", "people", "reads", "changes"], ...groups, ["workloads", `${workloads}`, theirs, "–"]], "  "),
    "",
    `Whoever is in ${PLATFORM_ADMIN} (${admins.join(", ")}) reads no value, but writes policies, ` +
      `and so can grant itself anything.`,
    "npm run access shows every person and workload.",
    "",
    ...byNoDigest(platform),
    // The first stack: the others can be planned only when what it brings up is there.
    `Next: npm run up, or npm run diff -- ${stacks[0]}`,
  ].join("\n");
}
