import { AUDIT } from "./audit";
import { BLOCKS } from "./blocks";
import { CLOSED_LIST } from "./closed-list";
import { CUSTOM_RESOURCES } from "./custom-resources";
import { IDENTITY } from "./identity";
import { KUBERNETES_PIPELINES } from "./kubernetes-pipelines";
import { KUBERNETES_RIGHTS } from "./kubernetes-rights";
import type { Mutation } from "./mutation";
import { OIDC } from "./oidc";
import { OPERATOR_AND_SERVER } from "./operator";
import { PATHS } from "./paths";
import { POWERS } from "./powers";
import { PROVIDERS_AND_CHARTS } from "./providers-and-charts";
import { SECOND_FACTOR } from "./second-factor";
import { TRUST } from "./trust";
import { WORKLOADS } from "./workloads";

/** Changes of what would be applied by which somebody gains access, or that nobody can judge; by kind. */
export const DANGEROUS: { readonly [kind: string]: readonly Mutation[] } = {
  "what is on no list": [...BLOCKS, ...CLOSED_LIST, ...PROVIDERS_AND_CHARTS, ...PATHS],
  identity: [...IDENTITY, ...OIDC, ...SECOND_FACTOR],
  trust: [...TRUST, ...AUDIT, ...OPERATOR_AND_SERVER],
  kubernetes: [...KUBERNETES_RIGHTS, ...KUBERNETES_PIPELINES, ...CUSTOM_RESOURCES, ...WORKLOADS],
  powers: POWERS,
};

export { HARMLESS } from "./harmless";
