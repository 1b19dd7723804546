export { PolicyDocument, type Capability, type PolicyRule } from "./document";
export { appliedResources, type AppliedResource, type ResourceBlocks } from "./applied";
export {
  requiredPermissions,
  pipelineTokenRules,
  type RequiredPermissionsOptions,
  type Purpose,
} from "./required-permissions";
export { appliesWithLess, requiredClusterPermissions, type ClusterNeeds, type RbacRule } from "./required-kubernetes";
export { ownPasswordRules, peopleRules, workloadRules, type GrantScope } from "./grants";
export { platformAdminRules } from "./platform-admin";
