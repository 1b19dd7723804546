export { valuesOf } from "./helm-values";
export { appliedResources, type AppliedResource, type ResourceBlocks } from "./applied";
export { SEVERITIES, type PlannedAction, type PlannedChange, type Remark, type Severity } from "./change";
export { serverImage } from "./helm-values";
export { isObject, objectIn, textsIn, type Json, type JsonObject } from "./json";
export { inVaultNow } from "./now";
export type { Grants, Purpose, ResourceType } from "./record";
export { appliesWithLess, requiredClusterPermissions, requiredPermissions } from "./required-permissions";
export { grantsOf, RESOURCE_TYPES, resourceType, typesOf, unreadOf } from "./types";
