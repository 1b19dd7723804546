import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digestsOf } from "../model";

const FILE = join(__dirname, "digests.json");

/**
 * Digests of the images and charts that model/versions.ts pins: what production runs is held to them. `npm run digests`
 * writes the file. Without it nothing is known, and tags and versions are taken at their registries' word.
 */
export const DIGESTS = digestsOf(
  existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as unknown) : undefined,
  "config/digests.json",
);
