export { PolicyDocument, type Capability, type PolicyRule } from "./document";
export { ownPasswordRules, peopleRules, workloadRules, type GrantScope } from "./grants";
export { platformAdminRules } from "./platform-admin";
