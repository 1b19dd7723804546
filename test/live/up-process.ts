import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { OpsProcesses } from "./ops-process";

/** Runs `npm run up` as real processes. */
export class UpProcesses extends OpsProcesses {
  protected override commandLine(words: readonly string[]): readonly [string, ...string[]] {
    const tsx = pathToFileURL(require.resolve("tsx")).href;
    return [process.execPath, "--import", tsx, join(__dirname, "..", "..", "cli", "up.ts"), ...words];
  }
}
