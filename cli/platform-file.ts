import { statSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError, resolvePlatform, type Platform, type PlatformConfig } from "../model";

/** A config file that cannot be used; the message says which, why, and what to do. */
export class PlatformFileError extends Error {
  override readonly name = "PlatformFileError";
}

/**
 * Loads a config file and resolves it. `file` is relative to the current folder.
 *
 * Throws a PlatformFileError when the file is missing, has no default export or has mistakes, each of which it names.
 */
export function loadPlatform(file: string = process.env.PLATFORM || "config/sample.ts"): Platform {
  const path = resolve(file);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new PlatformFileError(`PLATFORM: given ${JSON.stringify(file)}; accepted: the path of a config file, e.g. config/sample.ts. There is no such file.`);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the file is chosen when the program runs
  const loaded = require(path) as { readonly default?: PlatformConfig };
  if (loaded.default === undefined) throw new PlatformFileError(`${file}: given no default export; accepted: export default definePlatform({ … }).`);
  try {
    return resolvePlatform(loaded.default);
  } catch (error) {
    if (error instanceof ConfigError) throw new PlatformFileError(`${file}: ${error.message}`);
    throw error;
  }
}
