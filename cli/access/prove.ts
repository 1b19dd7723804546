import type * as proofsModule from "../../access/proofs";
import { OpsError } from "../ops/errors";

/**
 * Runs the access proofs on every stack of a synthesis: with them `npm start`, and so every deploy, stops where access
 * is not what the config promises.
 *
 * Throws an OpsError with each failure and the shortest path that breaks it.
 */
export function proveAccess(outdir: string): void {
  // Loaded late: a synthesis of some stacks alone proves nothing.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { checkAccess, failureText } = require("../../access/proofs") as typeof proofsModule;
  const result = checkAccess(outdir);
  if (result.failures.length === 0) return;
  throw new OpsError(
    `${failureText(result)}\n\nthe stacks are in ${outdir}, and do not hold the access proofs: mend ` +
      `the config, or write a waiver with its reason (docs/access.md)`,
  );
}
