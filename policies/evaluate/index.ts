export { Acl, type Decision, type EffectiveRule, type NamedPolicy, type Operation } from "./acl";
export { DEFAULT_POLICY, DEFAULT_POLICY_VERSION, defaultPolicy } from "./default-policy";
export { judgePolicyChange, newAccess, type NewAccess } from "./new-access";
export { readPolicy, type ParsedPolicy, type ParsedRule } from "./read";
export { needsSudo, SUDO_PATHS } from "./sudo-paths";
export type { Identity } from "./template";
