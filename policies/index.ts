export { PolicyDocument, type Capability, type PolicyRule } from "./document";
export { appliedResources, type AppliedResource, type ResourceBlocks } from "./applied";
export { leastRules, pipelineTokenRules, type LeastOptions, type Purpose } from "./least";
export { appliesWithLess, leastClusterNeeds, type ClusterNeeds, type RbacRule } from "./least-kubernetes";
export { ownPasswordRules, peopleRules, workloadRules, type GrantScope } from "./grants";
export { platformAdminRules } from "./platform-admin";
