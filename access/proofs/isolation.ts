import type { Access } from "../access";
import { groupBy } from "../collections";
import type { Identity } from "../identities";
import { abilitiesOf, bit, type Ability } from "../reach";
import { DELIVERS, WRITES, type KubernetesRight } from "../kubernetes-rights";
import { nameOf } from "../read-stacks";
import type { Destination, SecretSet } from "../secret-sets";
import { databases } from "./databases";
import { pathOf, setWords, steps, type Claim } from "./finding";

/** What is done with values; seeing that a set exists is not. */
export const TOUCHING = bit("read") | bit("update") | bit("delete") | bit("destroy") | bit("create");

/** Whether a workload reads a set by right: its app's own in its environment, or a shared one that lists its app. */
export function isOwn({ account }: Identity, set: SecretSet): boolean {
  return account?.app !== undefined && set.readers.includes(account.app) && account.environment === set.environment;
}

/** Whose a set is, in words. */
function ownerWords({ app, environment, readers, shared }: SecretSet): string {
  return shared
    ? `the shared set ${app} in ${environment}, read by ${readers.join(", ") || "nobody"}`
    : `${app} in ${environment}`;
}

/** The most severe ability among some bits. */
export function mostSevere(bits: number): Ability {
  return abilitiesOf(bits)[0]!;
}

/** No app reads another's secret: in Vault by its roles, in Kubernetes by bindings, shared logins and roles. */
export function isolation(access: Access): Claim[] {
  return [
    ...workloads(access),
    ...sharedAccounts(access),
    ...bindings(access),
    ...rights(access),
    ...sharedSecrets(access),
    ...secondAccounts(access),
    ...strayLogins(access),
    ...databases(access),
  ];
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
              `${identity.name}, ${whose}, can ${ability} ${setWords(set)}, which ` +
              `${set.shared ? "is" : "belongs to"} ${ownerWords(set)}`,
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
    .filter(
      ({ set, destination: { binding } }) =>
        binding.app === undefined || !set.readers.includes(binding.app) || binding.environment !== set.environment,
    )
    .map(({ set, destination: { binding, namespace, cluster, secret } }): Claim => ({
      subject: nameOf(binding.resource),
      object: set.name,
      says:
        `${setWords(set)} of ${ownerWords(set)} is delivered to ` +
        `${binding.app ?? "no app"} in ${binding.environment ?? "no environment"}`,
      path: steps(binding.resource, `Secret ${cluster}/${namespace}/${secret}`),
      hint:
        "A VaultStaticSecret carries its own app's set, or a shared one that lists the app; its label " +
        "app.kubernetes.io/name says whose it is.",
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

const WORDS: { readonly [does: string]: string } = { "read Secrets": "read", [WRITES]: "write" };

/**
 * Rights in Kubernetes that lead to a Secret: of a service account that is not its app's, or of a user or group that
 * the config does not name. Where no Secret is, there may be one tomorrow: those are said once, of the whole namespace.
 */
function rights({ sets, kubernetes }: Access): Claim[] {
  const landed = landings(sets);
  return kubernetes.rights.flatMap((right) =>
    right.subjects.flatMap((subject): Claim[] => {
      const { cluster, namespace, names, does, resource } = right;
      const account = kubernetes.accounts.get(`${cluster}/${subject.replace(/^ServiceAccount /, "")}`);
      const reached = landed.filter(
        (each) =>
          each.cluster === cluster &&
          (namespace ?? each.namespace) === each.namespace &&
          (names.length === 0 || names.includes(each.secret)),
      );
      const claim = (object: string, what: string, ...more: readonly string[]): Claim => ({
        subject: `${subject} of cluster ${cluster}`,
        object,
        says: `${subject} can ${WORDS[does] ?? `${does}, and so read`} ${what}`,
        path: [...steps(resource), ...more],
        hint: isJob(subject, right)
          ? 'Say secretOwner: "operator" for the environment: then no job needs to read a Secret.'
          : "Give the role the names of the Secrets that it needs, or take the right away.",
      });
      const environment = jobOf(subject, right);
      const own = reached.filter(({ set }) =>
        environment === undefined
          ? set.readers.includes(account?.app ?? "") && account?.environment === set.environment
          : environment === set.environment,
      );
      if (reached.length === 0 && names.length === 0 && environment === undefined)
        return [claim(nameOf(resource), `Secrets in ${namespace ?? "every namespace"}`)];
      return reached
        .filter((each) => !own.includes(each))
        .map(({ set, binding, secret, ...at }) =>
          claim(
            set.name,
            `the Secret ${at.namespace}/${secret}, in which ${setWords(set)} lands`,
            ...steps(binding.resource, `Secret ${cluster}/${at.namespace}/${secret}`),
          ),
        );
    }),
  );
}

/** Whether somebody is a job of the CI, by the name that its API server knows it by. */
function isJob(subject: string, { resource }: KubernetesRight): boolean {
  return Object.keys(resource.stack.metadata.jobs ?? {}).some((job) => subject === `User ${job}`);
}

/** The environment of a job of the CI, by the name that its API server knows it by: it delivers what that has. */
function jobOf(subject: string, { does, resource }: KubernetesRight): string | undefined {
  const jobs = resource.stack.metadata.jobs ?? {};
  return (does === DELIVERS || does === WRITES) && subject.startsWith("User ")
    ? jobs[subject.slice("User ".length)]
    : undefined;
}

/** Each set with each place that its values land in. */
function landings(sets: readonly SecretSet[]): (Destination & { readonly set: SecretSet })[] {
  return sets.flatMap((set) => set.destinations.map((destination) => ({ set, ...destination })));
}

/** Two bindings fill one Secret: the operator writes what it read last. */
function sharedSecrets({ sets }: Access): Claim[] {
  const landed = landings(sets);
  const bySecret = groupBy(landed, ({ cluster, namespace, secret }) => `${cluster}/${namespace}/${secret}`);
  return [...bySecret].flatMap(([secret, [first, ...others]]) =>
    others.map(({ set, binding }) => ({
      subject: nameOf(binding.resource),
      object: set.name,
      says: `the Secret ${secret} gets ${setWords(set)}, and ${setWords(first!.set)} too`,
      path: steps(first!.binding.resource, binding.resource, `Secret ${secret}`),
      hint: "Each binding fills a Secret of its own.",
    })),
  );
}

/** An app has one service account in an environment: another that bears its name would pass for it. */
function secondAccounts({ kubernetes }: Access): Claim[] {
  const byApp = groupBy(
    [...kubernetes.accounts.values()].filter(({ app, environment }) => app !== undefined && environment !== undefined),
    ({ cluster, environment, app }) => `${app} in ${environment} of cluster ${cluster}`,
  );
  return [...byApp].flatMap(([app, [first, ...others]]) =>
    others.map((account) => ({
      subject: nameOf(account.resource),
      object: nameOf(first!.resource),
      says: `${account.key} is a second service account of ${app}, beside ${first!.key}`,
      path: steps(first!.resource, account.resource),
      hint: "The label app.kubernetes.io/name says whose an object is: take it off, or the object away.",
    })),
  );
}

/** A login of the operator that no binding of its app uses serves somebody else. */
function strayLogins({ kubernetes }: Access): Claim[] {
  const used = new Set(
    [...kubernetes.staticSecrets, ...kubernetes.dynamicSecrets].map(
      ({ cluster, namespace, spec, app }) => `${cluster}/${namespace}/${String(spec.vaultAuthRef)} ${app}`,
    ),
  );
  return [...kubernetes.auths.values()]
    .filter(({ key, app }) => !used.has(`${key} ${app}`))
    .map((auth) => ({
      subject: nameOf(auth.resource),
      object: `VaultAuth ${auth.key}`,
      says: `VaultAuth ${auth.key} of ${auth.app ?? "no app"} is used by no binding of that app`,
      path: steps(auth.resource),
      hint: "A VaultAuth serves the bindings of its own app in its own namespace; take it away.",
    }));
}
