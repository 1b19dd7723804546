import { KvPath } from "../model";
import { give, type Grant, type IGrantee } from "./grant";
import type { IKvMount } from "./kv-mount";

/** People, e.g. a {@link Group}. */
type People = IGrantee & { readonly kind: "people" };

/**
 * Every secret set below a folder of a mount, those to come too, for grants to people. A workload has no use for more
 * than the sets that it names. It is no construct: nothing is made of it but the grants.
 *
 * @example
 * const admins = new Group(this, "admins", { name: "shop-admin", members: [ann] });
 * new SecretFolder(kv, "shop").grantWrite(admins);
 */
export class SecretFolder {
  private readonly tree: KvPath;

  /** `path`: the folder in the mount, without slashes at its ends. */
  constructor(mount: IKvMount, path: string) {
    this.tree = new KvPath(mount.path, path);
  }

  /** Lets people read values, versions and names. */
  grantRead(people: People): Grant {
    return give(people, "read", { tree: this.tree });
  }

  /** Lets people also write new versions, delete and undelete; nothing irreversible. */
  grantWrite(people: People): Grant {
    return give(people, "write", { tree: this.tree });
  }

  /** Lets people write new versions, and read no value back. */
  grantWriteOnly(people: People): Grant {
    return give(people, "write-only", { tree: this.tree });
  }
}
