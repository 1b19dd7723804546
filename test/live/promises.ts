/**
 * What the sample's config promises to each kind of person and workload, said by hand: from the words of
 * config/sample.ts and DESIGN.md, not from the code that makes policies.
 */

/**
 * What is tried on a secret path. `create` is a write where nothing is, `update` one over something; `list` is of the
 * folder that the path lies in.
 */
export const OPERATIONS = [
  "read",
  "list",
  "create",
  "update",
  "patch",
  "delete",
  "delete versions",
  "undelete",
  "destroy",
  "subkeys",
  "metadata",
  "change metadata",
  "delete metadata",
] as const;
export type Operation = (typeof OPERATIONS)[number];

const APPS = ["sample-node-api", "sample-python-api"] as const;
const ENVIRONMENTS = ["local", "dev", "qa", "stg", "prod"] as const;

/** The secret sets of the sample, without the mount. */
export const SETS: readonly string[] = APPS.flatMap((app) =>
  ENVIRONMENTS.map((environment) => `sample/${app}/${app}-${environment}`),
);

/** Paths that look like the sample's, and are not its secret sets. */
export const DECOYS: readonly string[] = [
  "sample/sample-node-api-2/sample-node-api-2-dev", // another app with the name as a prefix
  "sample/sample-node-api-2",
  "sample/sample-node-ap/sample-node-ap-dev", // a name that is a prefix
  "sample/sample-node-api/sample-node-api-dev-2", // another set of the app
  "sample/sample-node-api/sample-node-api-dev/deeper",
  "sample/sample-node-api", // a secret in the place of the folder
  "sample",
  "sample2/sample-node-api/sample-node-api-dev", // another platform with the name as a prefix
  "sample-2/sample-python-api/sample-python-api-dev",
  "other/sample/sample-node-api/sample-node-api-dev",
  "sample-node-api/sample-node-api-dev",
];

/** Who tries. Workloads are `<app>-<environment>`. */
export const PEOPLE = [
  "platform-admin",
  "sample-admin",
  "sample-node-api-admin",
  "sample-node-api-user",
  "sample-python-api-admin",
  "sample-python-api-user",
  "nobody",
] as const;
export const WORKLOADS: readonly string[] = APPS.flatMap((app) =>
  ENVIRONMENTS.map((environment) => `${app}-${environment}`),
);

const READER: readonly Operation[] = ["read", "list", "subkeys", "metadata"];
const WRITER: readonly Operation[] = [...READER, "create", "update", "patch", "delete", "delete versions", "undelete"];
// Runs the platform: places placeholders, sees names and versions, sets owner and rotation period; no value comes or
// goes.
const ADMIN: readonly Operation[] = ["create", "list", "subkeys", "metadata", "change metadata"];

/** What a person reaches: everything below a folder, slash included. */
const TREES: { readonly [person: string]: { readonly below: string; readonly may: readonly Operation[] } | undefined } =
  {
    "platform-admin": { below: "sample/", may: ADMIN },
    "sample-admin": { below: "sample/", may: WRITER },
    "sample-node-api-admin": { below: "sample/sample-node-api/", may: WRITER },
    "sample-node-api-user": { below: "sample/sample-node-api/", may: READER },
    "sample-python-api-admin": { below: "sample/sample-python-api/", may: WRITER },
    "sample-python-api-user": { below: "sample/sample-python-api/", may: READER },
  };

/** Whether the config promises that this is allowed; all else is promised to be refused. */
export function promised(who: string, operation: Operation, path: string): boolean {
  if (WORKLOADS.includes(who)) return operation === "read" && SETS.includes(path) && path.endsWith(`/${who}`);
  const tree = TREES[who];
  if (!tree) return false;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return (
    tree.may.includes(operation) && (operation === "list" ? folder.startsWith(tree.below) : path.startsWith(tree.below))
  );
}
