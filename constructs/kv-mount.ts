import { KvSecretBackendV2 } from "@cdktf/provider-vault/lib/kv-secret-backend-v2";
import { Mount } from "@cdktf/provider-vault/lib/mount";
import { Construct } from "constructs";

/** Props of {@link KvMount}. */
export interface KvMountProps {
  /** One path segment. */
  readonly path: string;
  /** Versions kept of each secret set. */
  readonly maxVersions: number;
}

/** A kv-v2 mount. It cannot be destroyed or replaced by Terraform: every value would be gone. */
export class KvMount extends Construct {
  readonly path: string;

  constructor(scope: Construct, id: string, { path, maxVersions }: KvMountProps) {
    super(scope, id);
    this.path = path;
    const mount = new Mount(this, "resource", {
      path,
      type: "kv",
      options: { version: "2" },
      description: "Secret sets of apps and environments",
      lifecycle: { preventDestroy: true },
    });
    new KvSecretBackendV2(this, "config", { mount: mount.path, maxVersions });
  }
}
