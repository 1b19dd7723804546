import { SecretV1 } from "@cdktf/provider-kubernetes/lib/secret-v1";
import { Token, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Duration, type RestartTarget, type SecretOwner } from "../model";
import { deliverObject } from "./delivered-object";
import { dynamicSecretSpec, type BoundDatabaseRole } from "./dynamic-secret";
import type { ISecretSet } from "./env-secret-set";
import { pinProviders } from "./providers";
import { validateProps } from "./validation";
import { vaultAuthSpec } from "./vault-auth";
import type { IVaultConnection } from "./vault-connection";
import type { IWorkload } from "./workload";
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

/** A secret set, and what of it is delivered. */
interface DeliveredSet {
  readonly secretSet: ISecretSet;
  /**
   * The keys that reach the Secret; no other does, whatever the secret set holds.
   * @default all that the secret set declares
   */
  readonly keys?: readonly string[];
  /**
   * Those of the keys that a command makes: a Secret that Terraform makes has no placeholder under them.
   * @default none
   */
  readonly generated?: readonly string[];
  /**
   * The version of the set that the operator delivers, 1 or more, whatever newer ones there are.
   * @default the newest
   */
  readonly pinnedVersion?: number;
}

/** Another secret set that a binding's workload gets, in a Secret of its own. */
export interface BoundSecretSet extends DeliveredSet {
  /**
   * Name of the Kubernetes Secret that pods mount.
   * @default "<workload's name>-<the set's name>-secrets"
   */
  readonly destination?: string;
  /**
   * Name of the VaultStaticSecret.
   * @default the Secret's name
   */
  readonly vaultStaticSecret?: string;
}

/** Props of {@link VsoBinding}. */
export interface VsoBindingProps extends DeliveredSet, VsoBindingOptions {
  /** Who reads it: its service account is of the connection's namespace. */
  readonly workload: IWorkload;
  readonly connection: IVaultConnection;
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
  private readonly auth?: ITerraformDependable;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: VsoBindingProps,
  ) {
    super(scope, id);
    const { workload, connection, createServiceAccount = true } = props;
    const { destination = `${workload.name}-secrets`, vaultAuth = workload.name } = props;
    pinProviders(this, "kubernetes");
    this.validate(props);
    this.destination = destination;
    // Without one the app is refused, with what to do.
    if (!workload.login) return;
    const { serviceAccount } = workload.login;
    const account =
      createServiceAccount &&
      deliverObject(
        this,
        "service-account",
        {
          apiVersion: "v1",
          kind: "ServiceAccount",
          metadata: this.metadata(serviceAccount),
          // The operator asks for its token by TokenRequest; a pod that does not need the API gets none.
          automountServiceAccountToken: false,
        },
        connection,
        connection.namespace.resource,
        workload.role,
      );
    const authSpec = vaultAuthSpec(workload, connection, workload.login);
    const waits = [account || workload.role, connection.resource];
    this.auth = this.object(this, "auth", "VaultAuth", vaultAuth, authSpec, ...waits);
    this.deliver(this, { ...props, destination });
  }

  /** Carries another secret set, called `name`, to the same workload, by the same login, into a Secret of its own. */
  add(name: string, set: BoundSecretSet): void {
    const scope = new Construct(this, `set_${name}`);
    this.validateSet(scope, set);
    const { destination = `${this.props.workload.name}-${name}-secrets` } = set;
    if (this.props.workload.login) this.deliver(scope, { ...set, destination });
  }

  /**
   * Carries credentials of a database, called `name`, to the same workload, by the same login, into a Secret of its
   * own.
   */
  addDatabase(name: string, { role, ...names }: BoundDatabaseRole): void {
    if (!this.props.workload.login) return;
    const { workload, vaultAuth = workload.name, labels, restartTargets = [] } = this.props;
    const { destination = `${workload.name}-${name}-credentials`, vaultDynamicSecret = destination } = names;
    const spec = dynamicSecretSpec(role, { destination, vaultAuth, labels, restartTargets });
    const scope = new Construct(this, `database_${name}`);
    this.object(scope, "dynamic-secret", "VaultDynamicSecret", vaultDynamicSecret, spec, this.auth, role.resource);
  }

  private deliver(scope: Construct, set: BoundSecretSet & { readonly destination: string }): void {
    const { placeholder = "TBD", secretOwner = "operator" } = this.props;
    const { destination, vaultStaticSecret = destination, generated = [] } = set;
    const keys = [...(set.keys ?? set.secretSet.keys)].sort();
    // Write-only: with `data`, a refresh would read the synced values into state.
    const secret =
      secretOwner === "terraform" &&
      new SecretV1(scope, "secret", {
        metadata: this.metadata(destination),
        type: "Opaque",
        dataWo: Object.fromEntries(keys.filter((key) => !generated.includes(key)).map((key) => [key, placeholder])),
        dataWoRevision: 1,
        dependsOn: this.dependsOn(),
      });
    const spec = this.staticSecretSpec(set, destination, keys);
    this.object(scope, "static-secret", "VaultStaticSecret", vaultStaticSecret, spec, this.auth, secret);
  }

  private metadata(name: string) {
    const { connection, labels } = this.props;
    return { name, namespace: connection.namespace.name, ...(labels && { labels }) };
  }

  /** An empty list where there is nothing to wait for, as in every JSON so far. */
  private dependsOn() {
    const { connection, workload } = this.props;
    return waitFor(connection.namespace.resource, workload.role) ?? [];
  }

  private object(
    scope: Construct,
    id: string,
    kind: string,
    name: string,
    spec: object,
    ...made: Parameters<typeof waitFor>
  ): ITerraformDependable | undefined {
    const object = { apiVersion: "secrets.hashicorp.com/v1beta1", kind, metadata: this.metadata(name), spec };
    return deliverObject(scope, id, object, this.props.connection, ...made);
  }

  private validate(props: VsoBindingProps): void {
    const { workload, connection } = props;
    const { login } = workload;
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
    ]);
    this.validateSet(this, props);
  }

  private validateSet(scope: Construct, set: DeliveredSet): void {
    const { workload } = this.props;
    const { secretSet, keys = secretSet.keys, pinnedVersion = 1 } = set;
    const path = secretSet.path.toString();
    const problems = () => [
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
      // The operator takes 0 for the newest.
      !(Number.isInteger(pinnedVersion) && pinnedVersion >= 1) && {
        prop: "pinnedVersion",
        given: pinnedVersion,
        accepted: "a whole number of 1 or more",
        hint: "Leave it out to deliver the newest version.",
      },
    ];
    validateProps(scope, problems, "VsoBinding");
  }

  private staticSecretSpec(
    { secretSet: { path }, pinnedVersion }: DeliveredSet,
    destination: string,
    keys: readonly string[],
  ): object {
    const { workload, vaultAuth = workload.name, secretOwner = "operator", labels } = this.props;
    const { refreshAfter = Duration.of("1m"), restartTargets = [] } = this.props;
    const create = secretOwner === "operator";
    return {
      vaultAuthRef: vaultAuth,
      mount: path.mount,
      type: "kv-v2",
      path: path.path,
      ...(pinnedVersion !== undefined && { version: pinnedVersion }),
      refreshAfter: refreshAfter.toOperator(),
      // Without it the operator neither repairs a Secret that someone edits nor knows when a restart is due.
      hmacSecretData: true,
      destination: {
        name: destination,
        create,
        // With create: false the operator ignores labels; the placeholder has its own.
        ...(create && labels && { labels }),
        transformation: {
          excludeRaw: true,
          // The operator's expressions are unanchored: KEY alone would let MY_KEY_2 through.
          includes: keys.map((key) => `^${key}$`),
        },
      },
      ...(restartTargets.length > 0 && {
        rolloutRestartTargets: restartTargets.map(({ kind, name }) => ({ kind, name })),
      }),
    };
  }
}
