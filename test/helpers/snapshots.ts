import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlatformConfig } from "../../model";
import { renderStack } from "./render-stack";
import { synthPlatform } from "./synth";

/** The folder of all snapshots: a folder a config in it, a file a stack. */
export const SNAPSHOTS = join(__dirname, "../../__snapshots__");

/** Texts by the name of their file. */
export type Snapshots = { readonly [file: string]: string };

/** The snapshots that a config would have now. */
export function snapshotsNow(name: string, config: PlatformConfig): Snapshots {
  const head = (stack: string) =>
    `# Stack ${stack} of config/${name}.ts, to be read in a pull request. Written by: npm run snapshots:update\n\n`;
  return Object.fromEntries(
    Object.entries(synthPlatform(config).stacks).map(([stack, json]) => [
      `${stack}.yaml`,
      head(stack) + renderStack(json),
    ]),
  );
}

/** The snapshots of a config that are there, with the line ends of Unix however git has written them. */
export function snapshotsThere(name: string): Snapshots {
  const folder = join(SNAPSHOTS, name);
  return Object.fromEntries(
    (existsSync(folder) ? readdirSync(folder).sort() : []).map((file) => [
      file,
      readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n"),
    ]),
  );
}

/** Makes the folder hold these configs' snapshots and nothing else. */
export function writeSnapshots(configs: { readonly [name: string]: PlatformConfig }): void {
  rmSync(SNAPSHOTS, { recursive: true, force: true });
  for (const [name, config] of Object.entries(configs)) {
    mkdirSync(join(SNAPSHOTS, name), { recursive: true });
    for (const [file, text] of Object.entries(snapshotsNow(name, config)))
      writeFileSync(join(SNAPSHOTS, name, file), text);
  }
}
