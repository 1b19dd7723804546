export { check, checkAccess, failureText, isNamed, isOwn, POWER_WORDS, PROOF_WORDS, type Check, type Excused, type Finding } from "./proofs";
export { Access, chainOf, type Grant, type HeldPower } from "./access";
export { AccessInputError } from "./errors";
export type { Holding, Identity, Login } from "./identities";
export { GRANTING, POWERS, type Power, type PowerName } from "./powers";
export { ABILITIES, abilitiesOf, bit, requestsOn, type Abilities, type Ability } from "./reach";
export { nameOf, parseStack, readStacks, stackOf, type JsonObject, type Resource, type Stack } from "./read-stacks";
export type { Landing, SecretSet } from "./secret-sets";
export type { Unjudged, VaultSide } from "./vault-side";
