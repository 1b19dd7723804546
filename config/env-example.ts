import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { keysOfEnvExample, type EnvExampleOptions } from "../model";

/**
 * The keys that a file `.env.example` names, which a team keeps beside its code. `path` is relative to `folder`, which
 * is the config's own (`__dirname`): the same on every machine, from whatever folder it is run.
 *
 * Throws a ConfigError with every mistake, by file and line ({@link keysOfEnvExample}).
 *
 * @example
 * keys: envExample(__dirname, "../billing/.env.example", { except: ["PORT"] }),
 */
export function envExample(folder: string, path: string, options?: EnvExampleOptions): readonly string[] {
  const file = join(folder, path);
  return keysOfEnvExample(existsSync(file) ? readFileSync(file, "utf8") : undefined, path, options);
}
