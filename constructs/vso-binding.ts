import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { SecretV1 } from "@cdktf/provider-kubernetes/lib/secret-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Delivery, Duration, KvPath, SecretOwner } from "../model";
import type { VaultConnection } from "./vault-connection";

/** Props of {@link VsoBinding}. */
export interface VsoBindingProps {
  readonly delivery: Delivery;
  /** The auth role that the service account takes. */
  readonly role: string;
  /** The secret set whose values it carries. */
  readonly path: KvPath;
  /** The keys that reach the Secret; no other does, whatever the secret set holds. */
  readonly keys: readonly string[];
  readonly connection: VaultConnection;
  /** How soon a changed value reaches the Secret, at the latest. */
  readonly refreshAfter: Duration;
  /** Who makes the Secret. */
  readonly secretOwner: SecretOwner;
  /** The value of each key in a Secret that Terraform makes. */
  readonly placeholder: string;
  /**
   * Labels of everything it makes.
   * @default none
   */
  readonly labels?: { readonly [name: string]: string };
  /**
   * What must be there before: the namespace and the role, where this stack makes them.
   * @default nothing of this stack
   */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * What carries a secret set into a Secret: a service account, which is the workload's identity, a VaultAuth, by which
 * the operator logs in as it, and a VaultStaticSecret. Source: the operator's API reference.
 */
export class VsoBinding extends Construct {
  constructor(scope: Construct, id: string, props: VsoBindingProps) {
    super(scope, id);
    const { delivery, labels } = props;
    const dependsOn = props.dependsOn && [...props.dependsOn];
    const account = new ServiceAccountV1(this, "service-account", {
      metadata: { name: delivery.serviceAccount, namespace: delivery.namespace, labels },
      // The operator asks for its token by TokenRequest; a pod that does not need the API gets none.
      automountServiceAccountToken: false,
      dependsOn,
    });
    const auth = new Manifest(this, "auth", {
      manifest: this.vaultAuth(props),
      dependsOn: [account, props.connection.manifest],
    });
    const placeholder = props.secretOwner === "terraform" ? [this.placeholderSecret(props, dependsOn)] : [];
    new Manifest(this, "static-secret", { manifest: this.vaultStaticSecret(props), dependsOn: [auth, ...placeholder] });
  }

  /** Its own namespace alone may use it: `allowedNamespaces` is left out. */
  private vaultAuth({ delivery, role, connection, labels }: VsoBindingProps): { [key: string]: unknown } {
    const login = {
      role,
      serviceAccount: delivery.serviceAccount,
      audiences: [delivery.audience],
      tokenExpirationSeconds: 600,
    };
    return {
      apiVersion: "secrets.hashicorp.com/v1beta1",
      kind: "VaultAuth",
      metadata: { name: delivery.vaultAuth, namespace: delivery.namespace, ...(labels && { labels }) },
      spec: {
        vaultConnectionRef: connection.name,
        mount: delivery.authMount,
        ...(delivery.login === "jwt" ? { method: "jwt", jwt: login } : { method: "kubernetes", kubernetes: login }),
      },
    };
  }

  private vaultStaticSecret({ delivery, path, keys, refreshAfter, secretOwner: secret, labels }: VsoBindingProps): {
    [key: string]: unknown;
  } {
    return {
      apiVersion: "secrets.hashicorp.com/v1beta1",
      kind: "VaultStaticSecret",
      metadata: { name: delivery.vaultStaticSecret, namespace: delivery.namespace, ...(labels && { labels }) },
      spec: {
        vaultAuthRef: delivery.vaultAuth,
        mount: path.mount,
        type: "kv-v2",
        path: path.path,
        refreshAfter: refreshAfter.toOperator(),
        // Without it the operator neither repairs a Secret that someone edits nor knows when a restart is due.
        hmacSecretData: true,
        destination: {
          name: delivery.secret,
          create: secret === "operator",
          // With create: false the operator ignores labels; the placeholder has its own.
          ...(secret === "operator" && labels && { labels }),
          transformation: {
            excludeRaw: true,
            // The operator's expressions are unanchored: KEY alone would let MY_KEY_2 through.
            includes: [...keys].sort().map((key) => `^${key}$`),
          },
        },
        ...(delivery.restartTargets.length > 0 && {
          rolloutRestartTargets: delivery.restartTargets.map(({ kind, name }) => ({ kind, name })),
        }),
      },
    };
  }

  /** Write-only: with `data`, a refresh would read the synced values into state. */
  private placeholderSecret(
    { delivery, keys, placeholder, labels }: VsoBindingProps,
    dependsOn?: ITerraformDependable[],
  ): ITerraformDependable {
    return new SecretV1(this, "secret", {
      metadata: { name: delivery.secret, namespace: delivery.namespace, labels },
      type: "Opaque",
      dataWo: Object.fromEntries([...keys].sort().map((key) => [key, placeholder])),
      dataWoRevision: 1,
      dependsOn,
    });
  }
}
