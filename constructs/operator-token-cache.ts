import { Mount } from "@cdktf/provider-vault/lib/mount";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { tokenCachePaths, TRANSIT_MOUNT } from "../model";
import type { IAuthMethod } from "./auth-method";
import { ThinResource } from "./l1";
import { pinProviders } from "./providers";
import { waitFor } from "./wait-for";
import { Workload } from "./workload";

/**
 * The mount of Vault's transit engine, `transit`, where keys are that nobody reads. Terraform cannot destroy or replace
 * it.
 *
 * @example
 * const mount = new TransitMount(this, "transit");
 */
export class TransitMount extends Construct {
  readonly path = TRANSIT_MOUNT;
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    pinProviders(this, "vault");
    this.resource = new Mount(this, "resource", {
      path: this.path,
      type: "transit",
      description: "Keys that encrypt and never leave Vault",
      lifecycle: { preventDestroy: true },
    });
  }
}

/** Props of {@link OperatorTokenCache}. */
export interface OperatorTokenCacheProps {
  /** The key, and the policy and role by which the operator uses it. */
  readonly name: string;
  readonly mount: TransitMount;
  /** Where the operator logs in. */
  readonly authMethod: IAuthMethod;
  /** The operator's. */
  readonly namespace: string;
  /** The operator's own, the only one that may take the role. */
  readonly serviceAccount: string;
}

/**
 * What encrypts the tokens that a cluster's operator keeps: a key of its own, and a role by which the operator has
 * Vault encrypt and decrypt with it, and do nothing else. Without it the operator logs in anew at its every start, and
 * makes every dynamic secret anew. Losing the key costs that once. Source: the operator's documentation, "Client
 * cache".
 *
 * @example
 * new OperatorTokenCache(this, "token-cache", {
 *   name: "vault-secrets-operator-prod",
 *   mount: new TransitMount(this, "transit"),
 *   authMethod: AuthMethod.fromPath(this, "login", "kubernetes"),
 *   namespace: "vault-secrets-operator",
 *   serviceAccount: "vault-secrets-operator-controller-manager",
 * });
 */
export class OperatorTokenCache extends Construct {
  constructor(scope: Construct, id: string, { name, mount, ...login }: OperatorTokenCacheProps) {
    super(scope, id);
    new ThinResource(
      this,
      "key",
      "vault_transit_secret_backend_key",
      { backend: mount.path, name, type: "aes256-gcm96" },
      { dependsOn: waitFor(mount.resource) },
    );
    const operator = new Workload(this, "operator", { name, ...login });
    operator.policy.add(
      ...tokenCachePaths(name, mount.path).map((path) => ({ path, capabilities: ["update"] as const })),
    );
  }
}
