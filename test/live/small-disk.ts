import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./servers";

/** A folder that is a file system of its own, of few bytes. `size` as mount takes it, e.g. `8k`. */
export function smallDisk(size: string): { readonly folder: string; remove(): void } {
  const folder = join(temporaryFolder("disk"), "disk");
  mkdirSync(folder);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], { stdio: "pipe" });
  return { folder, remove: () => void spawnSync("umount", [folder]) };
}

/** Whether this process may mount one: root may not everywhere. */
export function hasSmallDisks(): boolean {
  try {
    smallDisk("8k").remove();
    return true;
  } catch {
    return false;
  }
}
