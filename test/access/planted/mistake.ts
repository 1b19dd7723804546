import type { ProofName } from "../../../model";
import { productionStacks, sampleStacks, type Stacks } from "../fixture";

/** A mistake, where it is planted, and the proof that must name it. */
export interface Planted {
  readonly mistake: string;
  readonly stacks: () => Stacks;
  readonly plant: (stacks: Stacks) => void;
  readonly proof: ProofName;
  /** Part of the sentence that names it. */
  readonly says: RegExp;
  /** A step of the shortest path. */
  readonly step: RegExp;
}

const plantedIn =
  (stacks: () => Stacks) =>
  (mistake: string, proof: ProofName, says: RegExp, step: RegExp, plant: Planted["plant"]): Planted => ({
    mistake,
    stacks,
    plant,
    proof,
    says,
    step,
  });

/** A mistake in the sample. */
export const inSample = plantedIn(sampleStacks);

/** A mistake in the production example. */
export const inProduction = plantedIn(productionStacks);

export const NODE_POLICY = "vault_policy.sample-node-api_workload_policy";
export const NODE_ROLE = "vault_kubernetes_auth_backend_role.sample-node-api_workload_role";
export const NODE_AUTH = "kubernetes_manifest.sample-node-api_binding_auth";
export const NODE_BINDING = "kubernetes_manifest.sample-node-api_binding_static-secret";
