import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { SecretV1 } from "@cdktf/provider-kubernetes/lib/secret-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { Duration, type RestartTarget, type SecretOwner } from "../model";
import type { ISecretSet } from "./env-secret-set";
import { pinProviders } from "./providers";
import { validateProps } from "./validation";
import type { IVaultConnection } from "./vault-connection";
import type { IWorkload, ServiceAccountLogin } from "./workload";
import { waitFor } from "./wait-for";

/** How a secret set's values become a Secret. */
export interface VsoBindingOptions {
  /**
   * Name of the Kubernetes Secret that pods mount.
   * @default "<workload's name>-secrets"
   */
  readonly destination?: string;
  /**
   * Who makes the Secret: the operator, or Terraform, with the placeholder.
   * @default "operator": planning needs no right on Secrets
   */
  readonly secretOwner?: SecretOwner;
  /**
   * The value of each key in a Secret that Terraform makes, until the operator fills it.
   * @default "TBD"
   */
  readonly placeholder?: string;
  /**
   * How soon a changed value reaches the Secret, at the latest.
   * @default 1 minute
   */
  readonly refreshAfter?: Duration;
  /**
   * What the operator restarts after a changed value.
   * @default nothing: pods take a changed value when someone restarts them
   */
  readonly restartTargets?: readonly RestartTarget[];
  /**
   * Name of the VaultAuth.
   * @default the workload's name
   */
  readonly vaultAuth?: string;
  /**
   * Name of the VaultStaticSecret.
   * @default the Secret's name
   */
  readonly vaultStaticSecret?: string;
  /**
   * Whether it makes the workload's service account.
   * @default true
   */
  readonly createServiceAccount?: boolean;
  /**
   * Labels of everything it makes.
   * @default none
   */
  readonly labels?: { readonly [name: string]: string };
}

/** Props of {@link VsoBinding}. */
export interface VsoBindingProps extends VsoBindingOptions {
  readonly secretSet: ISecretSet;
  /** Who reads it: its service account is of the connection's namespace. */
  readonly workload: IWorkload;
  readonly connection: IVaultConnection;
  /**
   * The keys that reach the Secret; no other does, whatever the secret set holds.
   * @default all that the secret set declares
   */
  readonly keys?: readonly string[];
}

/**
 * What carries a secret set into a Secret: a service account, which is the workload's identity, a VaultAuth, by which
 * the operator logs in as it, and a VaultStaticSecret. Source: the operator's API reference.
 *
 * @example
 * secretSet.grantRead(workload);
 * new VsoBinding(this, "binding", { secretSet, workload, connection });
 */
export class VsoBinding extends Construct {
  /** Name of the Kubernetes Secret that pods mount. */
  readonly destination: string;
  private readonly keys: readonly string[];

  constructor(scope: Construct, id: string, props: VsoBindingProps) {
    super(scope, id);
    const { workload, connection, secretSet, labels } = props;
    const { placeholder = "TBD", secretOwner = "operator", createServiceAccount = true } = props;
    const { destination = `${workload.name}-secrets`, vaultAuth = workload.name } = props;
    pinProviders(this, "kubernetes");
    this.validate(props);
    this.destination = destination;
    this.keys = [...(props.keys ?? secretSet.keys)].sort();
    // Without one the app is refused, with what to do.
    if (!workload.login) return;
    const metadata = (name: string) => ({ name, namespace: connection.namespace.name, ...(labels && { labels }) });
    const manifest = (id: string, kind: string, name: string, spec: object, ...made: Parameters<typeof waitFor>) =>
      new Manifest(this, id, {
        manifest: { apiVersion: "secrets.hashicorp.com/v1beta1", kind, metadata: metadata(name), spec },
        dependsOn: waitFor(...made),
      });
    // An empty list where there is nothing to wait for, as in every JSON so far.
    const dependsOn = waitFor(connection.namespace.resource, workload.role) ?? [];
    const account =
      createServiceAccount &&
      new ServiceAccountV1(this, "service-account", {
        metadata: metadata(workload.login.serviceAccount),
        // The operator asks for its token by TokenRequest; a pod that does not need the API gets none.
        automountServiceAccountToken: false,
        dependsOn,
      });
    const authSpec = this.authSpec(props, workload.login);
    const auth = manifest("auth", "VaultAuth", vaultAuth, authSpec, account || workload.role, connection.resource);
    // Write-only: with `data`, a refresh would read the synced values into state.
    const secret =
      secretOwner === "terraform" &&
      new SecretV1(this, "secret", {
        metadata: metadata(destination),
        type: "Opaque",
        dataWo: Object.fromEntries(this.keys.map((key) => [key, placeholder])),
        dataWoRevision: 1,
        dependsOn,
      });
    const { vaultStaticSecret = destination } = props;
    const staticSpec = this.staticSecretSpec(props, vaultAuth, secretOwner === "operator");
    manifest("static-secret", "VaultStaticSecret", vaultStaticSecret, staticSpec, auth, secret);
  }

  private validate({ workload, connection, secretSet, keys = secretSet.keys }: VsoBindingProps): void {
    const { login } = workload;
    const path = secretSet.path.toString();
    validateProps(this, () => [
      !login && {
        prop: "workload",
        given: workload.node.path,
        accepted: "a workload that can log in",
        hint: "Give that workload an authMethod and a namespace.",
      },
      login &&
        ![login.namespace, connection.namespace.name].some(Token.isUnresolved) &&
        login.namespace !== connection.namespace.name && {
          prop: "connection",
          given: `a connection of namespace ${connection.namespace.name}`,
          accepted: `one of ${login.namespace}, the workload's namespace`,
          hint: "Make a VaultConnection in the workload's namespace.",
        },
      workload.mayRead?.(secretSet.path) === false && {
        prop: "workload",
        given: `${workload.node.path}, which may not read ${path}`,
        accepted: "a workload that may",
        hint: "Call secretSet.grantRead(workload).",
      },
      keys.length === 0 && {
        prop: "keys",
        given: keys,
        accepted: "at least one key",
        hint: `Nobody has said which keys ${path} has: give keys here, or where the set comes from.`,
      },
    ]);
  }

  /** Its own namespace alone may use it: `allowedNamespaces` is left out. */
  private authSpec({ workload, connection }: VsoBindingProps, login: ServiceAccountLogin): object {
    const { type, path } = login.authMethod;
    const account = {
      role: workload.name,
      serviceAccount: login.serviceAccount,
      audiences: [login.audience],
      tokenExpirationSeconds: 600,
    };
    return { vaultConnectionRef: connection.name, mount: path, method: type, [type]: account };
  }

  private staticSecretSpec(
    { secretSet: { path }, refreshAfter = Duration.of("1m"), restartTargets = [], labels }: VsoBindingProps,
    vaultAuth: string,
    create: boolean,
  ): object {
    return {
      vaultAuthRef: vaultAuth,
      mount: path.mount,
      type: "kv-v2",
      path: path.path,
      refreshAfter: refreshAfter.toOperator(),
      // Without it the operator neither repairs a Secret that someone edits nor knows when a restart is due.
      hmacSecretData: true,
      destination: {
        name: this.destination,
        create,
        // With create: false the operator ignores labels; the placeholder has its own.
        ...(create && labels && { labels }),
        transformation: {
          excludeRaw: true,
          // The operator's expressions are unanchored: KEY alone would let MY_KEY_2 through.
          includes: this.keys.map((key) => `^${key}$`),
        },
      },
      ...(restartTargets.length > 0 && {
        rolloutRestartTargets: restartTargets.map(({ kind, name }) => ({ kind, name })),
      }),
    };
  }
}
