import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CASES, commentOf, goldenFile } from "./cases";

// npx tsx test/ci/update-golden.ts: writes the golden comments anew. Read what git shows.
for (const [name, made] of Object.entries(CASES)) {
  mkdirSync(dirname(goldenFile(name)), { recursive: true });
  writeFileSync(goldenFile(name), commentOf(made()));
}
