import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Access, check, stackOf, type Check } from "../../access";
import { synthesize } from "../../cli/synth";
import production from "../../config/production";
import sample from "../../config/sample";
import type { JsonObject } from "../../resource-types";
import { resolvePlatform, type PlatformConfig } from "../../model";

/** JSON that a test may change. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a mistake can be planted anywhere
export type Mutable = any;

/** Synthesized stacks by name, free to be changed. */
export type Stacks = { [name: string]: Mutable };

const texts = new Map<PlatformConfig, { readonly [name: string]: string }>();

/** The stacks of a config, a fresh copy each time; synthesized once. */
export function stacksOf(config: PlatformConfig): Stacks {
  const known = texts.get(config) ?? synthesized(config);
  texts.set(config, known);
  return Object.fromEntries(Object.entries(known).map(([name, text]) => [name, JSON.parse(text)]));
}

function synthesized(config: PlatformConfig): { readonly [name: string]: string } {
  const outdir = mkdtempSync(join(tmpdir(), "access-"));
  try {
    synthesize(resolvePlatform(config), { outdir });
    const stacks = join(outdir, "stacks");
    return Object.fromEntries(
      readdirSync(stacks).map((name) => [name, readFileSync(join(stacks, name, "cdk.tf.json"), "utf8")]),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

export const sampleStacks = (): Stacks => stacksOf(sample);
export const productionStacks = (): Stacks => stacksOf(production);

/** Writes stacks as a synthesis lies on disk; returns the folder. */
export function writeStacks(outdir: string, stacks: Stacks): string {
  for (const [stack, json] of Object.entries(stacks)) {
    mkdirSync(join(outdir, "stacks", stack), { recursive: true });
    writeFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), JSON.stringify(json));
  }
  return outdir;
}

/** The access that changed stacks give. */
export function accessOf(stacks: Stacks): Access {
  return new Access(Object.entries(stacks).map(([name, json]) => stackOf(name, json as JsonObject)));
}

/** Changes the image of every server that stacks install, and returns them. */
export function withServer(stacks: Stacks, image: object): Stacks {
  for (const release of Object.values(stacks).flatMap((json) =>
    Object.values<Mutable>(json.resource?.helm_release ?? {}),
  )) {
    if (release.chart !== "vault") continue;
    const values = JSON.parse(release.values[0]);
    release.values = [JSON.stringify({ ...values, server: { ...values.server, image } })];
  }
  return stacks;
}

/** What the proofs say of changed stacks. */
export function checkOf(stacks: Stacks): Check {
  return check(accessOf(stacks));
}

/** A resource's arguments, to be changed. */
export function at(stacks: Stacks, stack: string, address: string): Mutable {
  const [type = "", id = ""] = address.split(".");
  const found = stacks[stack]?.resource?.[type]?.[id];
  if (!found)
    throw new Error(`${address} is not in ${stack}: ${Object.keys(stacks[stack]?.resource?.[type] ?? {}).join(", ")}`);
  return found;
}

/** One rule in canonical HCL. */
export function rule(path: string, ...capabilities: string[]): string {
  return `path "${path}" {\n  capabilities = [${capabilities.map((each) => `"${each}"`).join(", ")}]\n}\n`;
}
