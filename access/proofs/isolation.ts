import type { Access } from "../access";
import type { Identity } from "../identities";
import { abilitiesOf, bit, type Ability } from "../reach";
import { nameOf } from "../read-stacks";
import type { SecretSet } from "../secret-sets";
import { pathOf, setWords, steps, type Claim } from "./finding";

/** What is done with values; seeing that a set exists is not. */
export const TOUCHING = bit("read") | bit("update") | bit("delete") | bit("destroy") | bit("create");

/** Whether a set is the workload's own: of its app, in its environment. */
export function isOwn({ account }: Identity, set: SecretSet): boolean {
  return account !== undefined && account.app === set.app && account.environment === set.environment;
}

/** The most severe ability among some bits. */
export function mostSevere(bits: number): Ability {
  return abilitiesOf(bits)[0]!;
}

/** No app reads another's secret: in Vault by its roles, in Kubernetes by bindings, shared logins and roles. */
export function isolation(access: Access): Claim[] {
  return [...workloads(access), ...sharedAccounts(access), ...bindings(access), ...secretReaders(access)];
}

function workloads(access: Access): Claim[] {
  return access.identities
    .filter(({ kind }) => kind === "workload")
    .flatMap((identity) =>
      [...access.ownReach(identity)].flatMap(([set, bits]): Claim[] => {
        if (!(bits & TOUCHING) || isOwn(identity, set)) return [];
        const ability = mostSevere(bits & TOUCHING);
        const whose = identity.account?.app
          ? `app ${identity.account.app} in ${identity.account.environment}`
          : identity.many
            ? "more service accounts than one"
            : "no app's service account";
        return [
          {
            subject: identity.name,
            object: set.name,
            says:
              `${identity.name}, ${whose}, can ${ability} ${setWords(set)}, which belongs to ` +
              `${set.app} in ${set.environment}`,
            path: [identity.name, ...pathOf(access.why(identity, set, ability)[0]!)],
            hint: identity.account
              ? "Give the role only the policy of its own set."
              : "Bind the role to exactly the service account of its binding.",
          },
        ];
      }),
    );
}

/** A service account that two apps, or two environments, make is one identity to Vault. */
function sharedAccounts({ kubernetes }: Access): Claim[] {
  return kubernetes.tenants.flatMap((account): Claim[] => {
    const last = kubernetes.accounts.get(account.key);
    if (
      !last ||
      last === account ||
      account.kind !== "ServiceAccount" ||
      (last.app === account.app && last.environment === account.environment)
    )
      return [];
    return [
      {
        subject: `workload ${account.key}`,
        object: nameOf(last.resource),
        says:
          `service account ${account.key} is ${account.app ?? "no app"}'s in ` +
          `${account.environment ?? "no environment"} and ${last.app ?? "no app"}'s in ` +
          `${last.environment ?? "no environment"}`,
        path: steps(account.resource, last.resource),
        hint: "Each app has a service account of its own in each environment.",
      },
    ];
  });
}

/** A binding into another app's namespace, and a VaultAuth that other namespaces may use. */
function bindings({ kubernetes, sets }: Access): Claim[] {
  const carried = sets.flatMap((set) => set.destinations.map((destination) => ({ set, destination })));
  const foreign = carried
    .filter(({ set, destination: { binding } }) => binding.app !== set.app || binding.environment !== set.environment)
    .map(({ set, destination: { binding, namespace, cluster, secret } }): Claim => ({
      subject: nameOf(binding.resource),
      object: set.name,
      says:
        `${setWords(set)} of ${set.app} in ${set.environment} is delivered to ` +
        `${binding.app ?? "no app"} in ${binding.environment ?? "no environment"}`,
      path: steps(binding.resource, `Secret ${cluster}/${namespace}/${secret}`),
      hint: "A VaultStaticSecret carries its own app's set; its label app.kubernetes.io/name says whose it is.",
    }));
  const lent = [...kubernetes.auths.values()]
    .map((auth) => ({
      auth,
      namespaces: Array.isArray(auth.spec.allowedNamespaces)
        ? (auth.spec.allowedNamespaces as readonly unknown[]).map(String).filter((each) => each !== auth.namespace)
        : [],
    }))
    .filter(({ namespaces }) => namespaces.length > 0)
    .map(({ auth, namespaces }): Claim => ({
      subject: nameOf(auth.resource),
      object: `namespaces ${namespaces.join(", ")}`,
      says:
        `VaultAuth ${auth.key} may be used from ${namespaces.join(", ")}: whoever makes objects ` +
        `there reads what ${auth.app ?? "its app"} reads`,
      path: steps(auth.resource, "spec.allowedNamespaces"),
      hint: "Leave allowedNamespaces out: its own namespace alone may then use it.",
    }));
  return [...foreign, ...lent];
}

/**
 * Service accounts of others that a role of Kubernetes' own lets read the Secret. People's and groups' rights are in
 * the report.
 */
function secretReaders({ sets, kubernetes }: Access): Claim[] {
  return sets.flatMap((set) =>
    set.destinations.flatMap(({ cluster, namespace, secret, readers, binding }) =>
      readers
        .filter((reader) => reader.startsWith("ServiceAccount "))
        .filter(
          (reader) => kubernetes.accounts.get(`${cluster}/${reader.slice("ServiceAccount ".length)}`)?.app !== set.app,
        )
        .map((reader): Claim => ({
          subject: `${reader} of cluster ${cluster}`,
          object: set.name,
          says: `${reader} can read the Secret ${namespace}/${secret}, in which ${setWords(set)} lands`,
          path: steps(
            kubernetes.readers.find((each) => each.cluster === cluster && each.subjects.includes(reader))?.resource,
            binding.resource,
            `Secret ${cluster}/${namespace}/${secret}`,
          ),
          hint: "Give the role the names of the Secrets that it needs, or take the right away.",
        })),
    ),
  );
}
