import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccessInputError, checkAccess } from "../../../access";
import { withOidc } from "../../helpers/oidc-config";
import { checkOf, productionStacks, sampleStacks, stacksOf, writeStacks, type Stacks } from "../fixture";
import type { Mutation } from "./mutation";

const STACKS = { sample: sampleStacks, production: productionStacks, oidc: () => stacksOf(withOidc) };

/** Each finding in words; a synthesis that is refused as a whole is one. */
function findings(stacks: Stacks, files: Mutation["files"] = {}): string[] {
  try {
    const { failures } = Object.keys(files).length > 0 ? checkWritten(stacks, files) : checkOf(stacks);
    return failures.map(({ proof, says }) => `${proof}: ${says}`);
  } catch (error) {
    if (error instanceof AccessInputError) return [`refused: ${error.message}`];
    throw error;
  }
}

function checkWritten(stacks: Stacks, files: NonNullable<Mutation["files"]>) {
  const outdir = writeStacks(mkdtempSync(join(tmpdir(), "walk-arounds-")), stacks);
  try {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(outdir, "stacks", path), text);
    return checkAccess(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const before = {
  sample: new Set(findings(STACKS.sample())),
  production: new Set(findings(STACKS.production())),
  oidc: new Set(findings(STACKS.oidc())),
};

const unchanged = {
  sample: JSON.stringify(STACKS.sample()),
  production: JSON.stringify(STACKS.production()),
  oidc: JSON.stringify(STACKS.oidc()),
};

/**
 * What is found of changed stacks and was not before.
 * @throws Error where nothing was changed: such a case would show nothing
 */
export function foundIn({ name, config, change, files }: Omit<Mutation, "expect">): string[] {
  const stacks = STACKS[config]();
  change?.(stacks);
  if (!files && JSON.stringify(stacks) === unchanged[config]) throw new Error(`${name}: changes nothing in ${config}`);
  return findings(stacks, files).filter((finding) => !before[config].has(finding));
}
