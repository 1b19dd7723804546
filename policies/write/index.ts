export {
  CAPABILITIES,
  isCapability,
  PolicyDocument,
  sortCapabilities,
  type Capability,
  type PolicyRule,
} from "./document";
export { PolicyError, type PolicyProblem } from "./errors";
export {
  databaseRules,
  ownPasswordRules,
  peopleRules,
  pipelineTokenRules,
  workloadRules,
  type GrantScope,
} from "./grants";
export { platformAdminRules } from "./platform-admin";
export type { ClusterNeeds, RbacRule } from "./rbac";
export { isBalanced, pieces, selectors } from "./selectors";
