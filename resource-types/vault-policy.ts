import { judgePolicyChange } from "../policies/evaluate";
import { argument, hasUnknown, info, warning, type Rule } from "./change";

/** Of what only an apply makes known. */
export const UNKNOWN = "It cannot be judged before.";
/** Where a reader is sent for who gains what. */
export const ASK = "npm run access -- diff says";

/** So many rules of a policy are told. */
const TOLD = 5;

/** What a planned change of a policy means: whether it lets through what it did not before. */
export const policyChange: Rule = (change) => {
  const called = `policy ${argument(change, "name")}`;
  if (hasUnknown(change.unknown.policy)) return warning(`${called} is known only after the apply`, UNKNOWN);
  if (change.action === "forget") return info(`${called} is forgotten`, "It stays in Vault as it is.");
  const before = String(change.before.policy ?? "");
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
  if (change.action !== "create")
    return warning(
      `${called} gives new access: ${what}`,
      "Whoever has it gains this at once, with tokens already issued.",
    );
  return newAccess.some(({ rule: at }) => /^(sys|auth|identity)\/|^[+*]/.test(at))
    ? warning(`${called} is made: ${what}`, "It is about Vault itself: who may change who reads what.")
    : info(`${called} is made: ${what}`, `${ASK} who gains what by it.`);
};
