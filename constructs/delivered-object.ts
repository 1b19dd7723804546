import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { ReleasedObject } from "../model/bindings-chart";
import type { BindingsRelease } from "./bindings-release";
import { ImportBlock, RemovedBlock } from "./l1";
import { waitFor } from "./wait-for";

/** How the operator's objects, and the accounts that it logs in as, come into a cluster. */
export interface ObjectDelivery {
  /**
   * The release that they are part of.
   * @default none: each is a resource of its own
   */
  readonly release?: BindingsRelease;
  /**
   * Whether objects of these names are there, made by a release, and are taken over: for one apply.
   * @default false: they are made
   */
  readonly takesOver?: boolean;
}

/**
 * Makes an object, or puts it into a release. Terraform then forgets the one that it made before as a resource, and
 * leaves it as it is: a VaultStaticSecret that is deleted takes its Secret with it.
 * @param made what it waits for
 * @returns what waits for it waits for this; undefined: the release orders its own
 */
export function deliverObject(
  scope: Construct,
  id: string,
  object: ReleasedObject,
  { release, takesOver }: ObjectDelivery,
  ...made: Parameters<typeof waitFor>
): ITerraformDependable | undefined {
  if (release) {
    release.add(object, waitFor(...made));
    new RemovedBlock(scope, id, typeOf(object).tfResourceType);
    return undefined;
  }
  const resource = resourceOf(scope, id, object, takesOver, waitFor(...made));
  if (takesOver) new ImportBlock(scope, `${id}-import`, resource, idOf(object));
  return resource;
}

function typeOf({ kind }: ReleasedObject): typeof ServiceAccountV1 | typeof Manifest {
  return kind === "ServiceAccount" ? ServiceAccountV1 : Manifest;
}

function resourceOf(
  scope: Construct,
  id: string,
  object: ReleasedObject,
  takesOver = false,
  dependsOn?: ITerraformDependable[],
): ServiceAccountV1 | Manifest {
  const { apiVersion: _, kind, metadata, automountServiceAccountToken, ...rest } = object;
  return kind === "ServiceAccount"
    ? new ServiceAccountV1(scope, id, {
        metadata,
        automountServiceAccountToken: automountServiceAccountToken as boolean,
        // An empty list where there is nothing to wait for, as in every JSON so far.
        dependsOn: dependsOn ?? [],
        ...rest,
      })
    : new Manifest(scope, id, {
        manifest: object,
        // Helm's label is another value of the same field.
        fieldManager: takesOver ? { forceConflicts: true } : undefined,
        dependsOn,
      });
}

/** By which the provider knows an object. Source: the provider's documentation, "Import" of both resources. */
function idOf({ apiVersion, kind, metadata: { namespace, name } }: ReleasedObject): string {
  return kind === "ServiceAccount"
    ? `${namespace}/${name}`
    : `apiVersion=${apiVersion},kind=${kind},namespace=${namespace},name=${name}`;
}
