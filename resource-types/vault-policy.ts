import { judgePolicyChange } from "../policies/evaluate";
import { argument, hasUnknown, info, madeWord, warning, type Rule } from "./change";

/** Of what only an apply makes known. */
export const UNKNOWN = "It cannot be judged before.";
/** Where a reader is sent for who gains what. */
export const ASK = "npm run access -- diff says";

/** What names the app whose secret sets it is about, or no values: `mount/data/platform/app/`, `mount/config`. */
const OF_AN_APP = /^[^/+*]+\/(config$|[a-z]+\/[^/+*]+\/[^/+*]+(\/|$))/;

/** So many rules of a policy are told. */
const TOLD = 5;

/** What a planned change of a policy means: whether it lets through what it did not before. */
export const policyChange: Rule = (change) => {
  const called = `policy ${argument(change, "name")}`;
  const made = `${called} is ${madeWord(change)}`;
  if (hasUnknown(change.unknown.policy)) return warning(`${called} is known only after the apply`, UNKNOWN);
  if (change.action === "forget")
    return warning(`${called} is forgotten`, "Whoever has it keeps what it grants, and no report shows it.");
  // What is imported is there, but no report has shown it.
  const before = change.action === "import" ? "" : String(change.before.policy ?? "");
  if (change.action === "delete")
    return /"deny"/.test(before)
      ? warning(`${called} is destroyed`, "What it denied, other policies of the same tokens may now allow.")
      : info(`${called} is destroyed`, "Whoever has it loses what it grants.");
  const judged = judgePolicyChange(before, String(change.after.policy ?? ""));
  if ("unsupported" in judged) return warning(`${called} cannot be judged`, judged.unsupported);
  const { newAccess } = judged;
  if (newAccess.length === 0) return [];
  const words = newAccess
    .slice(0, TOLD)
    .map(
      ({ rule: at, capabilities, unlimited }) =>
        `${capabilities.join(", ") || "the same"} on ${at}${unlimited ? " without its limits" : ""}`,
    );
  const what = words.join("; ") + (newAccess.length > TOLD ? `; and ${newAccess.length - TOLD} more` : "");
  if (change.action !== "create" && change.action !== "import")
    return warning(
      `${called} gives new access: ${what}`,
      "Whoever has it gains this at once, with tokens already issued.",
    );
  if (newAccess.some(({ rule: at }) => /^(sys|auth|identity)\/|^[+*]/.test(at)))
    return warning(`${made}: ${what}`, "It is about Vault itself: who may change who reads what.");
  return newAccess.some(({ rule: at }) => !OF_AN_APP.test(at))
    ? warning(`${made}: ${what}`, "It reaches the secret sets of more than one app.")
    : info(`${made}: ${what}`, `${ASK} who gains what by it.`);
};
