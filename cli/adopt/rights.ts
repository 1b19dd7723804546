import { type KvPath, type AccessLevel, type GrantConfig } from "../../model";
import type { Acl } from "../../policies/evaluate";

/** Where apps have their sets: a platform's folder, and the environments of each app. */
export interface World {
  readonly root: KvPath;
  readonly apps: ReadonlyMap<string, readonly string[]>;
}

/** Names that nothing has: what a policy says of them it says of what is to come. */
const TO_COME = "some-name-to-come";

/** What a policy lets people do with the values of a set; undefined: neither read nor write them. */
function levelAt(acl: Acl, set: KvPath): AccessLevel | undefined {
  const may = (operation: "read" | "update") => {
    const { allowed, unsupported } = acl.allows(operation, set.data());
    return allowed && unsupported.length === 0;
  };
  if (may("update")) return may("read") ? "write" : "write-only";
  return may("read") ? "read" : undefined;
}

/** Whether who has the first has the second too. */
function covers(one: AccessLevel | undefined, other: AccessLevel | undefined): boolean {
  return other === undefined || one === other || one === "write";
}

/**
 * The grants that come nearest to what policies let their holder do with values. Of all apps, or all environments of
 * an app, only where the policies reach those to come too.
 */
export function grantsOf(acl: Acl, { root, apps }: World): GrantConfig[] {
  const level = (app: string, environment: string) => levelAt(acl, root.child(app).child(`${app}-${environment}`));
  const tree = (app: string, environments: readonly string[]) => {
    const all = level(app, TO_COME);
    return environments.every((each) => covers(level(app, each), all)) ? all : undefined;
  };
  const trees = new Map([...apps].map(([app, environments]) => [app, tree(app, environments)]));
  const all = [...trees.values()].every((each) => covers(each, level(TO_COME, TO_COME)))
    ? level(TO_COME, TO_COME)
    : undefined;
  // By what is granted and where, so that apps with the same are in one grant.
  const made = new Map<string, { access: AccessLevel; apps: string[]; environments?: readonly string[] }>();
  const add = (access: AccessLevel, app: string, environments?: readonly string[]) => {
    const key = JSON.stringify([access, environments]);
    const grant = made.get(key) ?? { access, apps: [], ...(environments && { environments }) };
    grant.apps.push(app);
    made.set(key, grant);
  };
  for (const [app, environments] of apps) {
    const whole = trees.get(app);
    if (whole !== undefined && !covers(all, whole)) add(whole, app);
    const here = whole ?? all;
    for (const access of ["read", "write", "write-only"] as const) {
      const more = environments.filter((each) => level(app, each) === access && !covers(here, access));
      if (more.length > 0) add(access, app, more);
    }
  }
  return [...(all === undefined ? [] : [{ access: all, apps: "all" } as const]), ...made.values()];
}
