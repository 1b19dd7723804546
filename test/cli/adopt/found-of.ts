import type { Found } from "../../../cli/adopt/found";

/** What was read of a Vault that has this, and nothing else. */
export function foundOf(now: Partial<Found["now"]>): Found {
  return {
    now: { objects: [], notUnderstood: [], entities: [], groups: [], madeByLogins: 0, ...now },
    mounts: [],
    refused: [],
    leases: { usual: 1, longest: 1 },
    requests: 0,
  };
}
