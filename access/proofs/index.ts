import { PROOFS, type WaiverConfig, type ProofName } from "../../model";
import { Access } from "../access";
import { compare } from "../collections";
import { privilegeEscalation, supported } from "./privilege-escalation";
import { binding } from "./binding";
import type { Claim, Finding, Waived } from "./finding";
import { isolation } from "./isolation";
import { leastPrivilege } from "./least-privilege";
import { protection } from "./protection";
import { sharing } from "./sharing";
import { trust } from "./trust";

export type { Waived, Finding } from "./finding";
export { isOwn } from "./isolation";

/** What the proofs say of a synthesis. */
export interface Check {
  /** What holds is not in it. In the order of the proofs, then by subject and object. */
  readonly failures: readonly Finding[];
  /** What would fail and is meant, with its reason. */
  readonly waived: readonly Waived[];
  /** Waivers that waive nothing: to be taken out of the config. */
  readonly unused: readonly WaiverConfig[];
}

const RUN: { readonly [proof in ProofName]: (access: Access) => Claim[] } = {
  isolation,
  sharing,
  protection,
  "least-privilege": leastPrivilege,
  binding,
  "privilege-escalation": privilegeEscalation,
  trust,
  supported,
};

/** What each proof says when it holds. */
export const PROOF_WORDS: { readonly [proof in ProofName]: string } = {
  isolation: "no app reads another's secret, but by pods of a namespace that both share",
  sharing: "every app that a shared set lists reads it, by a binding of its own",
  protection: "nobody outside a protected environment's own reaches it",
  "least-privilege": "no policy grants more than its bindings use",
  binding: "every binding's chain is whole",
  "privilege-escalation": "nobody but those named can change who may read what",
  trust: "every login, connection, chart and audit device is the config's",
  supported: "nothing is in the stacks that these proofs do not read",
};

/** Runs every proof, and sets aside what the config's waivers name. */
export function check(access: Access): Check {
  const found = PROOFS.flatMap((proof) => distinct(RUN[proof](access)).map((claim): Finding => ({ proof, ...claim })));
  const applies = (waiver: WaiverConfig, finding: Finding) =>
    waiver.proof === finding.proof &&
    waiver.subject === finding.subject &&
    (waiver.object === undefined ? !finding.grave : waiver.object === finding.object);
  const waived = found.flatMap((finding): Waived[] => {
    const waiver = access.waivers.find((each) => applies(each, finding));
    return waiver ? [{ finding, waiver }] : [];
  });
  const set = new Set(waived.map(({ finding }) => finding));
  return {
    failures: found.filter((finding) => !set.has(finding)),
    waived,
    unused: access.waivers.filter((waiver) => !found.some((finding) => applies(waiver, finding))),
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
function distinct(claims: readonly Claim[]): Claim[] {
  const byText = new Map(claims.map((claim) => [[claim.subject, claim.object, claim.says].join("\n"), claim]));
  return [...byText].sort(([a], [b]) => compare(a, b)).map(([, claim]) => claim);
}

/** Failures as a terminal shows them: what, the way there, what to do. Empty when everything holds. */
export function failureText({ failures }: Check): string {
  return failures
    .map(({ proof, says, path, hint }) =>
      [`${proof}: ${says}`, ...path.map((step, i) => `  ${i === 0 ? " " : "→"} ${step}`), `  ${hint}`].join("\n"),
    )
    .join("\n\n");
}
