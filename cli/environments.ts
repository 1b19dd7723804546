import { existsSync } from "node:fs";
import { join } from "node:path";
import { Option } from "commander";
import { metadataOf, type StackMetadata, type Platform } from "../model";
import { UsageError } from "./ops/errors";
import { loadPlatform } from "./platform-file";
import { newProgram, PROCESS, runProgram, type Output } from "./run-program";
import { synthesizedStacks, type SynthesizedStack } from "./synthesized";
import { textTable } from "./table";

/** A stack, as a pipeline's matrix wants it. */
export interface StackEntry {
  readonly stack: string;
  /** `unknown`: one that does not say so in a form that this code reads. */
  readonly kind: "vault" | "access" | "operator" | "environment" | "unknown";
  /** Empty where it talks to none, as are the next two: a matrix has no absent fields. */
  readonly vault: string;
  readonly cluster: string;
  readonly environment: string;
  readonly protected: boolean;
  /**
   * The CI's deployment environments: of a pull request's plan, of what is committed, and of an apply; empty where
   * people apply.
   */
  readonly plan: string;
  readonly watch: string;
  readonly apply: string;
  /** How it differs between two syntheses; absent where none are compared. */
  readonly change?: "new" | "changed" | "removed";
}

/**
 * Who applies the kinds: of a server's or an operator's stack a job would need the whole cluster (docs/pipelines.md).
 * Nobody an unknown one.
 */
const APPLIED_BY: { readonly [purpose in Exclude<Options["for"], "plan">]: readonly StackEntry["kind"][] } = {
  apply: ["access", "environment"],
  people: ["vault", "operator"],
};

/**
 * What stacks, and what they belong to, can be called: a folder's name becomes a deployment environment's, and part of
 * a script's words.
 */
const NAME = /^[a-z][a-z0-9-]{0,127}$/;

/** What a synthesis says of a stack is another's word: what is no name is left out. */
function entryOf(stack: string, metadata: Partial<StackMetadata> = {}): StackEntry {
  const name = (value: unknown) => (typeof value === "string" && NAME.test(value) ? value : "");
  const { kind = "unknown", vault, cluster, environment } = metadata;
  return {
    stack,
    kind,
    vault: name(vault),
    cluster: name(cluster),
    environment: name(environment),
    protected: metadata.protected === true,
    plan: `plan-${stack}`,
    watch: `watch-${stack}`,
    apply: APPLIED_BY.apply.includes(kind) ? `apply-${stack}` : "",
  };
}

/** Every stack, in the order in which they can be applied. */
export function stackEntries(platform: Platform): StackEntry[] {
  return platform.stacks.map((stack) => entryOf(stack.name, metadataOf(platform, stack)));
}

/**
 * The stacks that differ between two syntheses: what the head says of them, or the base of one that is removed. They
 * are read from the folders, so that the base's code and the head's say the same. Those named in `order` come first,
 * the others after them by name.
 *
 * Throws a UsageError for a head without stacks, and for a folder that no synthesis wrote.
 */
export function stackChanges(order: readonly string[], base: string | undefined, head: string): StackEntry[] {
  if (!existsSync(join(head, "stacks")))
    throw new UsageError(
      `--head: given ${JSON.stringify(head)}; accepted: what npm run synth wrote. It has no folder stacks.`,
    );
  const before = base === undefined ? new Map<string, never>() : compared("--base", base);
  const after = compared("--head", head);
  const names = new Set([...before.keys(), ...after.keys()]);
  const ordered = [
    ...order.filter((name) => names.has(name)),
    ...[...names].filter((name) => !order.includes(name)).sort(),
  ];
  return ordered.flatMap((stack): StackEntry[] => {
    const [old, made] = [before.get(stack), after.get(stack)];
    if (made && made.text === old?.text) return [];
    const change = made ? (old ? "changed" : "new") : "removed";
    return [{ ...entryOf(stack, (made ?? old)?.metadata), change }];
  });
}

/** The stacks of a synthesis without what cdktf says of itself in them. */
function compared(option: string, outdir: string): ReadonlyMap<string, SynthesizedStack> {
  const stacks = [...synthesizedStacks(outdir)].map(([name, { text, metadata }]) => {
    const refused = (what: string) =>
      new UsageError(
        `${option}: given ${JSON.stringify(join(outdir, "stacks", name))}; accepted: what npm run synth wrote. ${what}`,
      );
    if (!NAME.test(name)) throw refused("No stack is called so.");
    try {
      const ours = (key: string, value: unknown) => (key === "//" ? undefined : value);
      return [name, { text: JSON.stringify(JSON.parse(text), ours), metadata }] as const;
    } catch {
      throw refused("Its cdk.tf.json is no JSON.");
    }
  });
  return new Map(stacks);
}

/** What becomes of a stack that only the base has. */
const REMOVED =
  "Terraform destroys nothing there; the state stays until a person destroys what is in it, or removes it.";

interface Options {
  readonly for: "plan" | "apply" | "people";
  readonly base?: string;
  readonly head: string;
  readonly json?: boolean;
}

function rowsOf(platform: Platform, { base, head, for: purpose }: Options): StackEntry[] {
  const all = stackEntries(platform);
  const order = all.map(({ stack }) => stack);
  const rows = base === undefined ? all : stackChanges(order, base, head);
  return rows.filter(
    ({ kind, change }) => purpose === "plan" || change === "removed" || APPLIED_BY[purpose].includes(kind),
  );
}

/** For people: what is removed is in it too, with what follows. */
function table(rows: readonly StackEntry[], removed: readonly string[]): string {
  if (rows.length === 0) return "no stack is touched";
  const compared = rows.some(({ change }) => change);
  const lines = rows.map(({ stack, kind, vault, cluster, protected: held, plan, watch, apply, change }) => {
    const jobs = change === "removed" ? ["–", "–", "–"] : [plan, watch, apply || "people"];
    return [stack, ...(compared ? [change ?? ""] : []), kind, vault || "–", cluster || "–", held ? "yes" : "", ...jobs];
  });
  const head = ["kind", "vault", "cluster", "protected", "plan", "watch", "apply"];
  const text = textTable([["stack", ...(compared ? ["change"] : []), ...head], ...lines]);
  return removed.length > 0 ? `${text}\n\nremoved: ${removed.join(", ")}. ${REMOVED}` : text;
}

/** Runs a command line, without node's own two words. */
export async function runEnvironments(words: readonly string[], io: Output = PROCESS): Promise<void> {
  const program = newProgram("environments", io)
    .description("The stacks, in the order in which they can be applied; with --base only those that a change touches.")
    .option("--base <folder>", "cdktf.out of the base; one that is not there has no stacks")
    .option("--head <folder>", "cdktf.out of the head", "cdktf.out")
    .addOption(
      new Option("--for <purpose>", "apply: the stacks that jobs apply; people: those that people apply")
        .choices(["plan", "apply", "people"])
        .default("plan"),
    )
    .option("--json", "for a pipeline's matrix: without the stacks that are removed")
    .action((options: Options) => {
      const rows = rowsOf(loadPlatform(), options);
      const removed = rows.flatMap(({ stack, change }) => (change === "removed" ? stack : []));
      if (options.json) io.out(JSON.stringify(rows.filter(({ stack }) => !removed.includes(stack))));
      else io.out(table(rows, removed));
    });
  await runProgram(program, words, io);
}

if (require.main === module) void runEnvironments(process.argv.slice(2));
