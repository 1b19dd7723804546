import { createHash } from "node:crypto";
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { SecretV1 } from "@cdktf/provider-kubernetes/lib/secret-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { CaConfig } from "../model";

/** Props of {@link VaultConnection}. */
export interface VaultConnectionProps {
  readonly name: string;
  readonly namespace: string;
  /** Where the operator reaches Vault from inside the cluster. */
  readonly address: string;
  /**
   * Whom the operator trusts.
   * @default the system's roots of the operator's image
   */
  readonly ca?: CaConfig;
  /**
   * What must be there before: the namespace, where this stack makes it.
   * @default nothing of this stack
   */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * The operator's way to Vault, one a namespace: 300 manifests cost a minute of every plan, and `caCertSecretRef` does
 * not cross namespaces. Source: the operator's API reference, VaultConnection.
 */
export class VaultConnection extends Construct {
  readonly name: string;
  readonly namespace: string;
  /** What a VaultAuth waits for. */
  readonly manifest: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, namespace, address, ca, dependsOn }: VaultConnectionProps) {
    super(scope, id);
    this.name = name;
    this.namespace = namespace;
    const before = dependsOn && [...dependsOn];
    const caSecret = ca && ("secret" in ca ? ca.secret : `${name}-ca`);
    if (ca && "certificate" in ca)
      new SecretV1(this, "ca", {
        metadata: { name: `${name}-ca`, namespace },
        type: "Opaque",
        dataWo: { "ca.crt": ca.certificate },
        dataWoRevision: revisionOf(ca.certificate),
        dependsOn: before,
      });
    this.manifest = new Manifest(this, "resource", {
      manifest: {
        apiVersion: "secrets.hashicorp.com/v1beta1",
        kind: "VaultConnection",
        metadata: { name, namespace },
        spec: { address, skipTLSVerify: false, ...(caSecret && { caCertSecretRef: caSecret }) },
      },
      dependsOn: before,
    });
  }
}

/**
 * A number that changes with the certificate: Terraform keeps no write-only value, so it would not see that another one
 * is given.
 */
function revisionOf(certificate: string): number {
  return parseInt(createHash("sha256").update(certificate).digest("hex").slice(0, 7), 16);
}
