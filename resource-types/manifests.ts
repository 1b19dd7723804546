import { byAction, changes, gone, when, type Judge, type Rule } from "./change";
import { objectIn } from "./json";

/** What this project knows of a kind of manifest that it writes or judges. */
export interface ManifestKind {
  /**
   * How the API calls it, to ask for permission.
   * @default unknown: no stack of ours writes the kind
   */
  readonly plural?: string;
  /** What a planned change of it means; `before` and `after` are its `spec`. */
  readonly change: Judge;
}

/** A warning for each field of a spec that differs. */
function fields(why: string | ((field: string) => string), leaveOut: readonly string[] = []): Judge {
  return (change, called) => {
    const names = Object.keys({ ...change.before, ...change.after }).filter((name) => !leaveOut.includes(name));
    return changes(names, why)(change, called);
  };
}

/** Says of a right in Kubernetes that it is made or changed. */
export const mayReadSecrets: Judge = ({ action }, called) =>
  when(
    action !== "delete" && action !== "forget",
    "warning",
    `${called} is ${action === "create" ? "made" : "changed"}`,
    "It may let somebody read Secrets: npm run access says who.",
  );

const trust = byAction({
  gone: gone("warning", "What delivers by it stops."),
  update: fields((field) =>
    field === "allowedNamespaces"
      ? "Other namespaces may use this identity."
      : "Who logs in, where, and whom the operator trusts.",
  ),
});

/** Kinds of manifests. */
export const MANIFEST_KINDS: { readonly [kind: string]: ManifestKind } = {
  VaultStaticSecret: {
    plural: "vaultstaticsecrets",
    change: byAction({
      gone: (change, called) =>
        objectIn(change.before.destination).create === true
          ? gone("error", "The operator deletes the Secret that it made with it.")(change, called)
          : gone("warning", "The Secret keeps its values and is not renewed.")(change, called),
      update: fields("Which values reach which Secret, and by which identity.", [
        "refreshAfter",
        "rolloutRestartTargets",
        "syncConfig",
      ]),
    }),
  },
  VaultAuth: { plural: "vaultauths", change: trust },
  VaultConnection: { plural: "vaultconnections", change: trust },
  Certificate: {
    plural: "certificates",
    change: byAction({
      gone: gone("warning", "The server's certificate is not renewed: TLS ends when it expires."),
      update: fields("TLS: clients trust the new certificate only if its names and issuer are right."),
    }),
  },
  Role: { change: mayReadSecrets },
  ClusterRole: { change: mayReadSecrets },
  RoleBinding: { change: mayReadSecrets },
  ClusterRoleBinding: { change: mayReadSecrets },
};

/** Judges a manifest by its kind. */
export const manifestChange: Rule = (change) => {
  const [before, after] = [objectIn(change.before.manifest), objectIn(change.after.manifest)];
  const { kind, metadata } = before.kind === undefined ? after : before;
  const { namespace, name } = objectIn(metadata);
  const judge = MANIFEST_KINDS[String(kind)]?.change ?? byAction({ gone: gone("info", "") });
  const spec = { ...change, before: objectIn(before.spec), after: objectIn(after.spec), unknown: {} };
  return judge(spec, `${String(kind ?? "?")} ${String(namespace ?? "")}/${String(name ?? "?")}`);
};
