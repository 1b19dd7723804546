import { GenericEndpoint } from "@cdktf/provider-vault/lib/generic-endpoint";
import { KvSecretV2 } from "@cdktf/provider-vault/lib/kv-secret-v2";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { AccessLevel, Duration, KvPath, SecretSetState } from "../model";
import { peopleRules, workloadRules } from "../policies";
import { RemovedBlock } from "./l1";
import type { IGrantee } from "./policy";

/** A secret set that grants can name, whether this stack makes it or not. */
export interface IEnvSecretSet {
  readonly path: KvPath;
  grantRead(grantee: IGrantee): void;
  grantWrite(grantee: IGrantee): void;
}

/** Props of {@link EnvSecretSet}. */
export interface EnvSecretSetProps {
  readonly path: KvPath;
  /** The declared keys. */
  readonly keys: readonly string[];
  /** The value of each key until a person sets it. */
  readonly placeholder: string;
  /** The team that answers for the values; stored as metadata. */
  readonly owner: string;
  /**
   * How often the values should change; stored as metadata.
   * @default none is stored, and the set is never overdue
   */
  readonly rotateEvery?: Duration;
  /** @default "managed" */
  readonly state?: SecretSetState;
  /**
   * What must be there before: the kv-v2 mount, where this stack makes it.
   * @default nothing of this stack
   */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * The kv-v2 secret of an app in an environment. Terraform places it once, with the placeholder, and never reads or
 * writes it again:
 *
 * - write-only and `disable_read`: no value is in plan or state, and planning needs no read on `data/`;
 * - `cas = 0`: Vault itself refuses the write where a version exists, e.g. after lost state (in `options`: the provider
 *   ignores the
 *   top-level argument);
 * - `ignore_changes = all`: a change of keys or placeholder is no update; `secrets sync` adds keys;
 * - `prevent_destroy`: a taint or a destroy stops instead of deleting a person's value. A set that leaves goes through
 *   `retired`.
 */
export class EnvSecretSet extends Construct implements IEnvSecretSet {
  /** A set that another stack, or somebody else, makes. */
  static fromPath(path: KvPath): IEnvSecretSet {
    return {
      path,
      grantRead: (grantee) => grantSet(grantee, "read", path),
      grantWrite: (grantee) => grantSet(grantee, "write", path),
    };
  }

  readonly path: KvPath;

  constructor(scope: Construct, id: string, props: EnvSecretSetProps) {
    super(scope, id);
    this.path = props.path;
    const state = props.state ?? "managed";
    if (state === "managed") this.place(props);
    else {
      // Terraform forgets a set that it placed before; for one that it never knew these blocks do nothing.
      new RemovedBlock(this, "data", KvSecretV2.tfResourceType);
      new RemovedBlock(this, "metadata", GenericEndpoint.tfResourceType);
    }
  }

  /** Lets a grantee read the values. */
  grantRead(grantee: IGrantee): void {
    grantSet(grantee, "read", this.path);
  }

  /** Lets a grantee read and change the values. */
  grantWrite(grantee: IGrantee): void {
    grantSet(grantee, "write", this.path);
  }

  private place(props: EnvSecretSetProps): void {
    const data = new KvSecretV2(this, "data", {
      mount: props.path.mount,
      name: props.path.path,
      dataJsonWo: JSON.stringify(Object.fromEntries([...props.keys].sort().map((key) => [key, props.placeholder]))),
      dataJsonWoVersion: 1,
      options: { cas: "0" },
      disableRead: true,
      deleteAllVersions: false,
      dependsOn: props.dependsOn && [...props.dependsOn],
      lifecycle: { preventDestroy: true, ignoreChanges: "all" },
    });
    // After the data: written first, metadata would make the placeholder's write an update, which the applying token
    // may not do.
    new GenericEndpoint(this, "metadata", {
      path: props.path.metadata(),
      dataJson: JSON.stringify({
        custom_metadata: {
          managed_by: "vault-tenancy",
          owner: props.owner,
          ...(props.rotateEvery && { rotate_every: props.rotateEvery.toString() }),
        },
      }),
      ignoreAbsentFields: true,
      disableDelete: true,
      dependsOn: [data],
    });
  }
}

function grantSet(grantee: IGrantee, access: AccessLevel, path: KvPath): void {
  grantee.grant(...(grantee.kind === "workload" ? workloadRules(access, path) : peopleRules(access, { set: path })));
}
