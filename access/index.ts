export { check, checkAccess, failureText, PROOF_WORDS, type Check, type Finding } from "./proofs";
export { Access } from "./access";
export type { Unsupported } from "./arguments";
export { AccessInputError } from "./errors";
export { abilityBy, escalationsOf } from "./escalations";
export type { Identity, Login } from "./identities";
export { ABILITIES, abilitiesOf, bit, requestsOn } from "./reach";
export {
  nameOf,
  parseStack,
  readStacks,
  referenceOf,
  stackOf,
  stackTexts,
  textOf,
  type Resource,
  type Stack,
} from "./read-stacks";
export type { SecretSet } from "./secret-sets";
export { changesBetween, RISKS, type AccessChange, type Risk } from "./diff/changes";
export { code, codes, htmlCode } from "./diff/code-span";
export { COMMENT_LIMIT, diffComment, inWords, linesOf } from "./diff/comment";
export { csvReport, jsonReport } from "./report/data";
export { htmlReport } from "./report/html";
export { markdownReport } from "./report/markdown";
export {
  appsOf,
  appWords,
  cellWords,
  columnsOf,
  escalationLines,
  missingSafeguards,
  rowsOf,
  sharedDestinations,
  type Filter,
  type Row,
} from "./report/rows";
export { judgePlan, parsePlan, planMarkdown, type Plan, type PlanFinding } from "./plan";
export { isObject, SEVERITIES, type JsonObject, type PlannedChange, type Severity } from "../resource-types";
