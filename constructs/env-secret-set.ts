import { GenericEndpoint } from "@cdktf/provider-vault/lib/generic-endpoint";
import { KvSecretV2 } from "@cdktf/provider-vault/lib/kv-secret-v2";
import { Construct, type IConstruct } from "constructs";
import { KvPath, type Duration, type SecretSetState } from "../model";
import { KEY, KV_PATH, LINE } from "../model/rules";
import { give, type Grant, type IGrantee } from "./grant";
import type { IKvMount } from "./kv-mount";
import { RemovedBlock } from "./l1";
import { pinProviders } from "./providers";
import { textProblem, validateProps } from "./validation";
import { waitFor } from "./wait-for";

/** A secret set, whoever made it. */
export interface ISecretSet extends IConstruct {
  /** Where it lies. */
  readonly path: KvPath;
  /** The declared keys; none where nobody has said them. */
  readonly keys: readonly string[];
  /** Lets a grantee read the values; people also see versions, and the names in the folder. */
  grantRead(grantee: IGrantee): Grant;
  /** Lets a grantee read and change the values; people may also delete and undelete them. */
  grantWrite(grantee: IGrantee): Grant;
  /** Lets a grantee write new versions, and read no value back; people see key names and versions. */
  grantWriteOnly(grantee: IGrantee): Grant;
}

/** A secret set that somebody else made. */
export interface SecretSetReference {
  /** The mount that it is in. */
  readonly mount: IKvMount;
  /** The path in the mount, without slashes at its ends, e.g. `shop/shop-dev`. */
  readonly path: string;
  /**
   * Its keys, as far as they are of use here.
   * @default none: a binding to it then names its own
   */
  readonly keys?: readonly string[];
}

/** Props of {@link EnvSecretSet}. */
export interface EnvSecretSetProps extends SecretSetReference {
  /** The declared keys: names of environment variables. */
  readonly keys: readonly string[];
  /**
   * Those of the keys that nothing is placed under, since a command makes their values.
   * @default none
   */
  readonly generated?: readonly string[];
  /** The team that answers for the values, one line of text; stored as metadata. */
  readonly owner: string;
  /**
   * The value of each key until a person sets it.
   * @default "TBD"
   */
  readonly placeholder?: string;
  /**
   * How often the values should change; stored as metadata.
   * @default none is stored, and the set is never overdue
   */
  readonly rotateEvery?: Duration;
  /**
   * Whether Terraform places it, leaves it alone, or forgets it.
   * @default "managed": it places it
   */
  readonly state?: SecretSetState;
}

class SecretSet extends Construct implements ISecretSet {
  readonly path: KvPath;
  readonly keys: readonly string[];

  constructor(scope: Construct, id: string, { mount, path, keys = [] }: SecretSetReference) {
    super(scope, id);
    this.path = new KvPath(mount.path, path);
    this.keys = keys;
    validateProps(
      this,
      () => [
        textProblem("path", path, KV_PATH, "Give the path in the mount, as `vault kv list` goes down to it."),
        ...keys.map((key) => textProblem("keys", key, KEY, "Name the key as the app reads it from its environment.")),
      ],
      "EnvSecretSet",
    );
  }

  grantRead(grantee: IGrantee): Grant {
    return give(grantee, "read", { set: this.path });
  }

  grantWrite(grantee: IGrantee): Grant {
    return give(grantee, "write", { set: this.path });
  }

  grantWriteOnly(grantee: IGrantee): Grant {
    return give(grantee, "write-only", { set: this.path });
  }
}

/**
 * The kv-v2 secret of an app in an environment. Terraform places it once, with the placeholder, and never reads or
 * writes it again:
 *
 * - write-only and `disable_read`: no value is in plan or state, and planning needs no read on `data/`;
 * - `cas = 0`: Vault itself refuses the write where a version exists, e.g. after lost state (in `options`: the provider
 *   ignores the top-level argument);
 * - `ignore_changes = all`: a change of keys or placeholder is no update; `secrets sync` adds keys;
 * - `prevent_destroy`: a taint or a destroy stops instead of deleting a person's value. A set that leaves goes through
 *   `retired`.
 *
 * @example
 * const kv = KvMount.fromPath(this, "kv", "secret");
 * const secretSet = new EnvSecretSet(this, "shop-dev", {
 *   mount: kv,
 *   path: "shop/shop-dev",
 *   keys: ["DB_USERNAME", "DB_PASSWORD"],
 *   owner: "team-shop",
 * });
 */
export class EnvSecretSet extends SecretSet {
  /** A set that another stack, or somebody else, made. */
  static fromPath(scope: Construct, id: string, reference: SecretSetReference): ISecretSet {
    return new SecretSet(scope, id, reference);
  }

  constructor(scope: Construct, id: string, props: EnvSecretSetProps) {
    super(scope, id, props);
    pinProviders(this, "vault");
    validateProps(this, () => [
      textProblem("owner", props.owner, LINE, "Name the team that answers for the values."),
      props.keys.length === 0 && {
        prop: "keys",
        given: props.keys,
        accepted: "at least one key",
        hint: "Name each environment variable that the app reads a secret from.",
      },
    ]);
    const { state = "managed" } = props;
    if (state === "managed") this.place(props);
    else {
      // Terraform forgets a set that it placed before; for one that it never knew these blocks do nothing.
      new RemovedBlock(this, "data", KvSecretV2.tfResourceType);
      new RemovedBlock(this, "metadata", GenericEndpoint.tfResourceType);
    }
  }

  private place({ mount, keys, generated = [], placeholder = "TBD", owner, rotateEvery }: EnvSecretSetProps): void {
    const placed = keys.filter((key) => !generated.includes(key)).sort();
    const data = new KvSecretV2(this, "data", {
      mount: this.path.mount,
      name: this.path.path,
      dataJsonWo: JSON.stringify(Object.fromEntries(placed.map((key) => [key, placeholder]))),
      dataJsonWoVersion: 1,
      options: { cas: "0" },
      disableRead: true,
      deleteAllVersions: false,
      dependsOn: waitFor(mount.resource),
      lifecycle: { preventDestroy: true, ignoreChanges: "all" },
    });
    // After the data: written first, metadata would make the placeholder's write an update, which the applying token
    // may not do.
    new GenericEndpoint(this, "metadata", {
      path: this.path.metadata(),
      dataJson: JSON.stringify({
        custom_metadata: {
          managed_by: "vault-tenancy",
          owner,
          ...(rotateEvery && { rotate_every: rotateEvery.toString() }),
        },
      }),
      ignoreAbsentFields: true,
      disableDelete: true,
      dependsOn: [data],
    });
  }
}
