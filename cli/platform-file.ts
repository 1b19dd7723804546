import { readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { ConfigError, resolvePlatform, type Platform, type PlatformConfig } from "../model";
import { UsageError } from "./ops/errors";

/**
 * `config.platform` of package.json: committed, so that a fork's checks and every job take the config that is meant.
 * Relative to the project.
 */
function committedFile(): string {
  const manifest = join(__dirname, "../package.json");
  const { config } = JSON.parse(readFileSync(manifest, "utf8")) as {
    readonly config?: { readonly platform?: unknown };
  };
  if (typeof config?.platform !== "string")
    throw new UsageError(
      `package.json: given ${JSON.stringify(config?.platform) ?? "no"} config.platform; accepted: ` +
        `the path of a config file, e.g. "config/sample.ts".`,
    );
  return join(dirname(manifest), config.platform);
}

/**
 * Loads a config file and resolves it. `file` is relative to the current folder.
 * @default the file that PLATFORM names for this run, or else `config.platform` of package.json
 *
 * Throws a UsageError when the file is missing, has no default export or has mistakes, each of which it names.
 */
export function loadPlatform(file?: string): Platform {
  return loadConfig(file).platform;
}

/** As {@link loadPlatform}, with the config as it is written. */
export function loadConfig(file: string | undefined = process.env.PLATFORM || undefined): {
  readonly config: PlatformConfig;
  readonly platform: Platform;
} {
  const path = file === undefined ? committedFile() : resolve(file);
  file ??= relative(process.cwd(), path);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new UsageError(
      `PLATFORM, or config.platform in package.json: given ${JSON.stringify(file)}; accepted: the ` +
        `path of a config file, e.g. config/sample.ts. There is no such file.`,
    );
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the file is chosen when the program runs
    const loaded = require(path) as { readonly default?: PlatformConfig };
    if (loaded.default === undefined)
      throw new UsageError(`${file}: given no default export; accepted: export default definePlatform({ … }).`);
    return { config: loaded.default, platform: resolvePlatform(loaded.default) };
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}
