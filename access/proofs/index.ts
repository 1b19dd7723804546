import { PROOFS, type ExceptionConfig, type ProofName } from "../../model";
import { Access } from "../access";
import { authority, judged } from "./authority";
import { binding } from "./binding";
import type { Excused, Finding } from "./finding";
import { isolation } from "./isolation";
import { least } from "./least";
import { protection } from "./protection";

export { isNamed, POWER_WORDS } from "./authority";
export type { Excused, Finding } from "./finding";
export { isOwn } from "./isolation";

/** What the proofs say of a synthesis. */
export interface Check {
  /** What holds is not in it. In the order of the proofs, then by subject and object. */
  readonly failures: readonly Finding[];
  /** What would fail and is meant, with its reason. */
  readonly excused: readonly Excused[];
  /** Exceptions that excuse nothing: to be taken out of the config. */
  readonly unused: readonly ExceptionConfig[];
}

const RUN: { readonly [proof in ProofName]: (access: Access) => Finding[] } = {
  isolation,
  protection,
  least,
  binding,
  authority,
  judged,
};

/** What each proof says when it holds. */
export const PROOF_WORDS: { readonly [proof in ProofName]: string } = {
  isolation: "no app reads another's secret",
  protection: "nobody outside a protected environment's own reaches it",
  least: "no policy grants more than its bindings use",
  binding: "every binding's chain is whole",
  authority: "nobody but those named can change who may read what",
  judged: "everything that can grant access was understood",
};

/** Runs every proof, and sets aside what the config's exceptions excuse. */
export function check(access: Access): Check {
  const found = PROOFS.flatMap((proof) => distinct(RUN[proof](access)));
  const excuses = (exception: ExceptionConfig, finding: Finding) =>
    exception.proof === finding.proof &&
    exception.subject === finding.subject &&
    (exception.object === undefined || exception.object === finding.object);
  const excused = found.flatMap((finding): Excused[] => {
    const exception = access.exceptions.find((each) => excuses(each, finding));
    return exception ? [{ finding, exception }] : [];
  });
  const set = new Set(excused.map(({ finding }) => finding));
  return {
    failures: found.filter((finding) => !set.has(finding)),
    excused,
    unused: access.exceptions.filter((exception) => !found.some((finding) => excuses(exception, finding))),
  };
}

/**
 * Runs every proof on what `npm start` wrote.
 * @param outdir e.g. `cdktf.out`
 * @throws AccessInputError where the folder holds no stacks, or some that do not say where they belong
 */
export function checkAccess(outdir: string): Check {
  return check(Access.fromFolder(outdir));
}

/** Each finding once, sorted by whom and what it is about. */
function distinct(findings: readonly Finding[]): Finding[] {
  const byText = new Map(
    findings.map((finding) => [`${finding.subject}\n${finding.object}\n${finding.says}`, finding]),
  );
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding);
}

/** Failures as a terminal shows them: what, the way there, what to do. Empty when everything holds. */
export function failureText({ failures }: Check): string {
  return failures
    .map(({ proof, says, path, hint }) =>
      [`${proof}: ${says}`, ...path.map((step, i) => `  ${i === 0 ? " " : "→"} ${step}`), `  ${hint}`].join("\n"),
    )
    .join("\n\n");
}
