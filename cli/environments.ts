import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import type { Platform } from "../model";
import { loadPlatform, PlatformFileError } from "./platform-file";
import { stackNames } from "./stack-names";
import { textTable } from "./table";

/** A stack, as a pipeline's matrix wants it. */
export interface StackEntry {
  readonly stack: string;
  readonly kind: "vault" | "access" | "operator" | "environment";
  /** Empty where it talks to none, as are the next two: a matrix has no absent fields. */
  readonly vault: string;
  readonly cluster: string;
  readonly environment: string;
  readonly protected: boolean;
  /** The CI's deployment environments. */
  readonly plan: string;
  readonly apply: string;
}

/** Every stack, in the order in which they can be applied. */
export function stackEntries(platform: Platform): StackEntry[] {
  return stackNames(platform).map((stack): StackEntry => {
    const common = { stack, vault: "", cluster: "", environment: "", protected: false, plan: `plan-${stack}`, apply: `apply-${stack}` };
    const environment = platform.environments.find((each) => each.stack === stack);
    if (environment) return { ...common, kind: "environment", vault: environment.vault, cluster: environment.cluster ?? "", environment: environment.name, protected: environment.protected };
    const access = platform.vaults.find((each) => each.accessStack === stack);
    if (access) return { ...common, kind: "access", vault: access.name };
    const operator = platform.clusters.find((each) => each.operator?.stack === stack);
    if (operator) return { ...common, kind: "operator", cluster: operator.name };
    const server = platform.vaults.find((each) => each.stack === stack);
    return { ...common, kind: "vault", vault: server?.name ?? "", cluster: server?.installation?.cluster ?? "" };
  });
}

/** A stack's JSON without what cdktf says of itself; undefined where there is none. */
function content(outdir: string, stack: string): string | undefined {
  const file = join(outdir, "stacks", stack, "cdk.tf.json");
  if (!existsSync(file)) return undefined;
  return JSON.stringify(JSON.parse(readFileSync(file, "utf8")), (key, value: unknown) => (key === "//" ? undefined : value));
}

/** The stacks whose JSON differs between two syntheses, by name; one that is new differs. */
export function touched(stacks: readonly string[], base: string, head: string): string[] {
  return stacks.filter((stack) => content(base, stack) !== content(head, stack));
}

/** Kinds whose apply job is less than the whole cluster; people apply the others (docs/pipelines.md). */
const APPLIED_BY_JOBS: readonly StackEntry["kind"][] = ["access", "environment"];

interface Options {
  readonly for: "plan" | "apply";
  readonly base?: string;
  readonly head: string;
  readonly json?: boolean;
}

/** Runs a command line without node's own two words; returns the exit code. */
export function runEnvironments(words: readonly string[]): number {
  const program = new Command("environments")
    .description("The stacks, in the order in which they can be applied; with --base only those that a change touches.")
    .option("--base <folder>", "cdktf.out of the base")
    .option("--head <folder>", "cdktf.out of the head", "cdktf.out")
    .addOption(new Option("--for <purpose>", "apply: without the stacks that people apply").choices(["plan", "apply"]).default("plan"))
    .option("--json", "for a pipeline's matrix")
    .exitOverride();
  try {
    const { base, head, json, for: purpose } = program.parse([...words], { from: "user" }).opts<Options>();
    const all = stackEntries(loadPlatform()).filter(({ kind }) => purpose === "plan" || APPLIED_BY_JOBS.includes(kind));
    if (base !== undefined && !existsSync(join(head, "stacks"))) throw new PlatformFileError(`--head: given ${JSON.stringify(head)}; accepted: what npm run synth wrote. It has no folder stacks.`);
    const changed = base === undefined ? undefined : touched(all.map(({ stack }) => stack), base, head);
    const chosen = changed ? all.filter(({ stack }) => changed.includes(stack)) : all;
    if (json) console.log(JSON.stringify(chosen));
    else if (chosen.length === 0) console.log("no stack is touched");
    else console.log(textTable([["stack", "kind", "vault", "cluster", "protected"], ...chosen.map((each) => [each.stack, each.kind, each.vault || "–", each.cluster || "–", each.protected ? "yes" : ""])]));
    return 0;
  } catch (error) {
    if (error instanceof PlatformFileError) console.error(error.message);
    else if (!(error instanceof Error && "code" in error && String(error.code).startsWith("commander."))) throw error;
    return error instanceof Error && "exitCode" in error && error.exitCode === 0 ? 0 : 2;
  }
}

if (require.main === module) process.exitCode = runEnvironments(process.argv.slice(2));
