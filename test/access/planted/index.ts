import { BACKUP } from "./backup";
import type { Planted } from "./mistake";
import { PRODUCTION } from "./production";
import { SHARING } from "./sharing";
import { VAULTS } from "./vaults";
import { WORKLOADS } from "./workloads";

export type { Planted } from "./mistake";

/** Mistakes that people make in configs, policies and manifests; each changes what would be applied. */
export const PLANTED: readonly Planted[] = [...WORKLOADS, ...VAULTS, ...PRODUCTION, ...SHARING, ...BACKUP];
