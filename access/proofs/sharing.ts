import type { Access } from "../access";
import { groupBy } from "../collections";
import type { Identity } from "../identities";
import { bit } from "../reach";
import { nameOf } from "../read-stacks";
import type { SecretSet } from "../secret-sets";
import { setWords, steps, type Claim } from "./finding";

/**
 * Every app that a shared set lists reads it, by a login and a binding of its own, where its environment has a cluster.
 * That no other does is said by `isolation`, and that none writes it by `least-privilege`.
 */
export function sharing(access: Access): Claim[] {
  const running = new Set(
    access.stacks.flatMap(({ metadata: { kind, environment, cluster } }) =>
      kind === "environment" && cluster !== undefined ? environment! : [],
    ),
  );
  const logins = groupBy(access.identities, ({ account }) => `${account?.app} in ${account?.environment}`);
  return access.sets
    .filter(({ shared, environment }) => shared && running.has(environment))
    .flatMap((set) =>
      set.readers.flatMap((app) => readerClaims(access, set, app, logins.get(`${app} in ${set.environment}`) ?? [])),
    );
}

function readerClaims(access: Access, set: SecretSet, app: string, logins: readonly Identity[]): Claim[] {
  const { environment, destinations, resource } = set;
  const claim = (what: string, hint: string): Claim => ({
    subject: `app ${app} in ${environment}`,
    object: set.name,
    says: `shared set ${setWords(set)} lists ${app}, and ${what}`,
    path: steps(resource, ...logins.map(({ account }) => nameOf(account!.resource))),
    hint,
  });
  const reads = logins.some((login) => (access.ownReach(login).get(set) ?? 0) & bit("read"));
  const bound = destinations.some(({ binding }) => binding.app === app && binding.environment === environment);
  return [
    ...(reads
      ? []
      : [claim("no login of that app reads it", "The policy of its workload grants read on the exact data/ path.")]),
    ...(bound
      ? []
      : [claim("no binding of that app carries it", "The environment's stack has a VaultStaticSecret for each app.")]),
  ];
}
