export { check, checkAccess, failureText, isOwn, PROOF_WORDS, type Check, type Waived, type Finding } from "./proofs";
export { Access, chainOf, type AccessPath, type HeldEscalation } from "./access";
export { AccessInputError } from "./errors";
export type { Holding, Identity, Login } from "./identities";
export type { Escalation, EscalationName } from "./escalations";
export { ABILITIES, abilitiesOf, bit, requestsOn, type Abilities, type Ability } from "./reach";
export { nameOf, parseStack, readStacks, stackOf, stackTexts, type Resource, type Stack } from "./read-stacks";
export type { Destination, SecretSet } from "./secret-sets";
export type { VaultSide } from "./vault-side";
export { changesBetween, RISKS, type AccessChange, type Risk } from "./diff/changes";
export { code, codes, htmlCode } from "./diff/code-span";
export { COMMENT_LIMIT, diffComment, inWords, linesOf, type Line } from "./diff/comment";
export { csvReport, jsonReport } from "./report/data";
export { htmlReport } from "./report/html";
export { markdownReport, markdownTable } from "./report/markdown";
export {
  appsOf,
  appWords,
  cellWords,
  columnsOf,
  escalationLines,
  rowsOf,
  sharedDestinations,
  type Column,
  type Filter,
  type Row,
} from "./report/rows";
export { judgePlan, parsePlan, planMarkdown, type Plan, type PlanFinding } from "./plan";
export { isObject, SEVERITIES, type JsonObject, type PlannedChange, type Severity } from "../resource-types";
