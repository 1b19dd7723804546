import { spawnSync } from "node:child_process";

/** Whether a terminal can be had: `script` of util-linux. */
export function hasTerminal(): boolean {
  return spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ?? false;
}
