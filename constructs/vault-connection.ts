import { createHash } from "node:crypto";
import { SecretV1 } from "@cdktf/provider-kubernetes/lib/secret-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import type { CaConfig } from "../model";
import { URL_TEXT } from "../model/rules";
import type { IAppNamespace } from "./app-namespace";
import type { BindingsRelease } from "./bindings-release";
import { deliverObject, type ObjectDelivery } from "./delivered-object";
import { pinProviders } from "./providers";
import { textProblem, validateProps } from "./validation";
import { waitFor } from "./wait-for";

/** The operator's way from a namespace to Vault, whoever made it, and how what uses it comes into the cluster. */
export interface IVaultConnection extends IConstruct, ObjectDelivery {
  /** The VaultConnection's name. */
  readonly name: string;
  readonly namespace: IAppNamespace;
  /** What a VaultAuth waits for; absent where somebody else made it. */
  readonly resource?: ITerraformDependable;
}

/** Props of {@link VaultConnection}; how it is delivered goes for its bindings too. */
export interface VaultConnectionProps extends ObjectDelivery {
  readonly namespace: IAppNamespace;
  /** Where the operator reaches Vault from inside the cluster: a URL, e.g. that of a {@link VaultInstall}. */
  readonly address: string;
  /**
   * The VaultConnection's name.
   * @default "vault"
   */
  readonly name?: string;
  /**
   * Whom the operator trusts.
   * @default the system's roots of the operator's image
   */
  readonly ca?: CaConfig;
}

/**
 * The operator's way to Vault, one a namespace: 300 manifests cost a minute of every plan, and `caCertSecretRef` does
 * not cross namespaces. Source: the operator's API reference, VaultConnection.
 *
 * @example
 * const connection = new VaultConnection(this, "connection", {
 *   namespace: new AppNamespace(this, "namespace", { name: "shop" }),
 *   address: "https://vault.vault.svc:8200",
 *   ca: { secret: "vault-ca" },
 * });
 */
export class VaultConnection extends Construct implements IVaultConnection {
  /** A connection that another stack, or somebody else, made. */
  static fromName(scope: Construct, id: string, name: string, namespace: IAppNamespace): IVaultConnection {
    return Object.assign(new Construct(scope, id), { name, namespace });
  }

  readonly name: string;
  readonly namespace: IAppNamespace;
  readonly resource?: ITerraformDependable;
  readonly release?: BindingsRelease;
  readonly takesOver?: boolean;

  constructor(scope: Construct, id: string, props: VaultConnectionProps) {
    super(scope, id);
    const { namespace, address, name = "vault", ca, release, takesOver } = props;
    pinProviders(this, "kubernetes");
    validateProps(this, () => [
      textProblem(
        "address",
        address,
        URL_TEXT,
        "Give Vault's URL as the cluster reaches it, e.g. https://vault.vault.svc:8200.",
      ),
    ]);
    this.name = name;
    this.namespace = namespace;
    this.release = release;
    this.takesOver = takesOver;
    const dependsOn = waitFor(namespace.resource);
    const caSecret = ca && ("secret" in ca ? ca.secret : `${name}-ca`);
    if (ca && !("secret" in ca))
      new SecretV1(this, "ca", {
        metadata: { name: `${name}-ca`, namespace: namespace.name },
        type: "Opaque",
        dataWo: { "ca.crt": ca.certificate },
        dataWoRevision: revisionOf(ca.certificate),
        dependsOn,
      });
    const object = {
      apiVersion: "secrets.hashicorp.com/v1beta1",
      kind: "VaultConnection",
      metadata: { name, namespace: namespace.name },
      spec: { address, skipTLSVerify: false, ...(caSecret && { caCertSecretRef: caSecret }) },
    };
    this.resource = deliverObject(this, "resource", object, props, namespace.resource);
  }
}

/**
 * A number that changes with the certificate: Terraform keeps no write-only value, so it would not see that another one
 * is given.
 */
export function revisionOf(certificate: string): number {
  return parseInt(createHash("sha256").update(certificate).digest("hex").slice(0, 7), 16);
}
