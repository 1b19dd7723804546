export {
  check,
  checkAccess,
  failureText,
  isNamed,
  isOwn,
  POWER_WORDS,
  PROOF_WORDS,
  type Check,
  type Excused,
  type Finding,
} from "./proofs";
export { Access, chainOf, type Grant, type HeldPower } from "./access";
export { AccessInputError } from "./errors";
export type { Holding, Identity, Login } from "./identities";
export { GRANTING, POWERS, type Power, type PowerName } from "./powers";
export { ABILITIES, abilitiesOf, bit, requestsOn, type Abilities, type Ability } from "./reach";
export { nameOf, parseStack, readStacks, stackOf, type JsonObject, type Resource, type Stack } from "./read-stacks";
export type { Landing, SecretSet } from "./secret-sets";
export type { Unjudged, VaultSide } from "./vault-side";
export { changesBetween, RISKS, type Change, type Risk } from "./diff/changes";
export { code, codes, htmlCode } from "./diff/code-span";
export { COMMENT_LIMIT, diffComment, inWords, linesOf, setsInWords, type Line } from "./diff/comment";
export { csvReport, jsonReport } from "./report/data";
export { htmlReport } from "./report/html";
export { markdownReport, markdownTable } from "./report/markdown";
export {
  appsOf,
  appWords,
  cellWords,
  columnsOf,
  powerLines,
  rowsOf,
  sharedLandings,
  type Column,
  type Filter,
  type Row,
} from "./report/rows";
export {
  judgePlan,
  judgePlanText,
  judgeWidening,
  LEVELS,
  parsePlan,
  planMarkdown,
  widenings,
  type Level,
  type Plan,
  type PlanFinding,
  type PlannedChange,
  type Widening,
} from "./plan";
