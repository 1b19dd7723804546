import { KvSecretBackendV2 } from "@cdktf/provider-vault/lib/kv-secret-backend-v2";
import { Mount } from "@cdktf/provider-vault/lib/mount";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { ImportBlock } from "./l1";
import { pinProviders } from "./providers";
import { mountProblem, validateProps } from "./validation";

/** A kv-v2 mount, whoever made it. */
export interface IKvMount extends IConstruct {
  /** One path segment, e.g. `kvv2`. */
  readonly path: string;
  /** What secret sets wait for; absent where somebody else made the mount. */
  readonly resource?: ITerraformDependable;
}

/** Props of {@link KvMount}. */
export interface KvMountProps {
  /** One path segment, e.g. `kvv2`. */
  readonly path: string;
  /**
   * Versions kept of each secret set, 1 to 100.
   * @default 10
   */
  readonly maxVersions?: number;
  /**
   * Whether it is there already, and is taken over with all that is in it.
   * @default false: it is made
   */
  readonly adopted?: boolean;
}

/**
 * A kv-v2 mount. Terraform cannot destroy or replace it: every value would be gone.
 *
 * @example
 * const kv = new KvMount(this, "kv", { path: "kvv2", maxVersions: 20 });
 */
export class KvMount extends Construct implements IKvMount {
  /** A mount that another stack, or somebody else, made. */
  static fromPath(scope: Construct, id: string, path: string): IKvMount {
    const mount = Object.assign(new Construct(scope, id), { path });
    validateProps(mount, () => [mountProblem(path)], "KvMount.fromPath");
    return mount;
  }

  readonly path: string;
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, { path, maxVersions = 10, adopted = false }: KvMountProps) {
    super(scope, id);
    pinProviders(this, "vault");
    validateProps(this, () => [
      mountProblem(path),
      !(Number.isInteger(maxVersions) && maxVersions >= 1 && maxVersions <= 100) && {
        prop: "maxVersions",
        given: maxVersions,
        accepted: "a whole number from 1 to 100",
        hint: "Leave it out for 10.",
      },
    ]);
    this.path = path;
    const mount = new Mount(this, "resource", {
      path,
      type: "kv",
      options: { version: "2" },
      description: "Secret sets of apps and environments",
      lifecycle: { preventDestroy: true },
    });
    const config = new KvSecretBackendV2(this, "config", { mount: mount.path, maxVersions });
    this.resource = config;
    if (!adopted) return;
    new ImportBlock(this, "adopted", mount, path);
    // The provider takes the letters of `/config` off the end of what it imports, and would see another mount.
    if (!/[config]$/.test(path)) new ImportBlock(this, "adopted-config", config, `${path}/config`);
  }
}
