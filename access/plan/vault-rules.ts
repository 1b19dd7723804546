import {
  added,
  differing,
  differs,
  finding,
  goneWord,
  grows,
  hasUnknown,
  inner,
  isGone,
  texts,
  type PlanFinding,
  type Rule,
} from "./finding";
import type { PlannedChange } from "./read-plan";
import { judgePolicyChange } from "./new-access";

const name = ({ before, after }: PlannedChange, argument: string): string =>
  String(before[argument] ?? after[argument] ?? "?");

const mount: Rule = (change) => {
  const path = name(change, "path");
  if (isGone(change))
    return [finding(change, "error", `mount ${path} is ${goneWord(change)}`, "Every value in it is gone.")];
  if (change.action !== "update") return [];
  return [
    ...(differs(change, "path")
      ? [
          finding(
            change,
            "warning",
            `mount ${path} is renamed to ${String(change.after.path)}`,
            "The values stay; policies, bindings and people know the old path.",
          ),
        ]
      : []),
    ...differing(change, "type", "options").map((each) =>
      finding(
        change,
        "error",
        `the ${each} of mount ${path} changes`,
        "Another type or version cannot read what is there.",
      ),
    ),
  ];
};

const settings: Rule = (change) => {
  const mountPath = name(change, "mount");
  const versions = [Number(change.before.max_versions ?? 0), Number(change.after.max_versions ?? 0)] as const;
  if (isGone(change) || change.action !== "update") return [];
  return [
    ...(versions[1] > 0 && (versions[0] === 0 || versions[1] < versions[0])
      ? [
          finding(
            change,
            "warning",
            `mount ${mountPath} keeps ${versions[1]} versions instead of ${versions[0] || "10"}`,
            "Older versions are destroyed as values are next written.",
          ),
        ]
      : []),
    ...(Number(change.after.delete_version_after ?? 0) > 0 && differs(change, "delete_version_after")
      ? [
          finding(
            change,
            "warning",
            `values of mount ${mountPath} delete themselves`,
            "delete_version_after deletes each version after that time.",
          ),
        ]
      : []),
  ];
};

const secretSet: Rule = (change) => {
  const path = `${name(change, "mount")}/${name(change, "name")}`;
  if (isGone(change))
    return [
      finding(
        change,
        "error",
        `secret set ${path} is ${goneWord(change)}`,
        "The values that people set go with it. A set that leaves goes through retired.",
      ),
    ];
  if (change.action === "forget")
    return [finding(change, "info", `secret set ${path} is forgotten`, "The values stay in Vault.")];
  if (change.action === "import")
    return [
      finding(
        change,
        "warning",
        `secret set ${path} is imported`,
        "Its values are read into the state. Call it existing instead.",
      ),
    ];
  if (change.action === "update" && change.drift) return [];
  if (change.action === "update")
    return [
      finding(
        change,
        "warning",
        `secret set ${path} is written again`,
        "A person's value may be overwritten: placeholders are written once.",
      ),
    ];
  return [finding(change, "info", `secret set ${path} is placed`, "With the placeholder, only where nothing is.")];
};

const policy: Rule = (change) => {
  const called = name(change, "name");
  if (hasUnknown(change.unknown.policy))
    return [
      finding(change, "warning", `policy ${called} is known only after the apply`, "It cannot be judged before."),
    ];
  const [before, after] = [
    String(change.before.policy ?? ""),
    change.action === "delete" || change.action === "forget" ? "" : String(change.after.policy ?? ""),
  ];
  if (change.action === "forget")
    return [finding(change, "info", `policy ${called} is forgotten`, "It stays in Vault as it is.")];
  if (change.action === "delete") {
    const denies = /"deny"/.test(before);
    return [
      finding(
        change,
        denies ? "warning" : "info",
        `policy ${called} is destroyed`,
        denies
          ? "What it denied, other policies of the same tokens may now allow."
          : "Whoever has it loses what it grants.",
      ),
    ];
  }
  const judged = judgePolicyChange(before, after);
  if ("unsupported" in judged)
    return [finding(change, "warning", `policy ${called} cannot be judged`, judged.unsupported)];
  if (judged.newAccess.length === 0) return [];
  const words = judged.newAccess
    .slice(0, 5)
    .map(
      ({ rule, capabilities, unlimited }) =>
        `${capabilities.join(", ") || "the same"} on ${rule}${unlimited ? " without its limits" : ""}`,
    );
  const more = judged.newAccess.length > 5 ? `; and ${judged.newAccess.length - 5} more` : "";
  const authority = judged.newAccess.some(({ rule }) => /^(sys|auth|identity)\/|^[+*]/.test(rule));
  if (change.action === "create")
    return [
      finding(
        change,
        authority ? "warning" : "info",
        `policy ${called} is made: ${words.join("; ")}${more}`,
        authority
          ? "It is about Vault itself: who may change who reads what."
          : "npm run access -- diff says who gains what by it.",
      ),
    ];
  return [
    finding(
      change,
      "warning",
      `policy ${called} gives new access: ${words.join("; ")}${more}`,
      "Whoever has it gains this at once, with tokens already issued.",
    ),
  ];
};

const BOUND = [
  "bound_service_account_names",
  "bound_service_account_namespaces",
  "bound_audiences",
  "audience",
  "token_policies",
  "allowed_redirect_uris",
];
const TIMES = ["token_ttl", "token_max_ttl", "token_period", "token_explicit_max_ttl"];

const role: Rule = (change) => {
  const called = `role ${name(change, "backend")}/${name(change, "role_name")}`;
  if (isGone(change))
    return [
      finding(
        change,
        "warning",
        `${called} is ${goneWord(change)}`,
        "Its workloads cannot log in; tokens already issued live on.",
      ),
    ];
  if (change.action === "create") return roleWildcards(change, called);
  if (change.action !== "update") return [];
  const widened = BOUND.map((each) => [each, added(change, each)] as const)
    .filter(([, more]) => more.length > 0)
    .map(([each, more]) =>
      finding(
        change,
        "warning",
        `${called}: ${each} gains ${more.join(", ")}`,
        "It is bound more widely, or its tokens can do more.",
      ),
    );
  const dropped = ["audience", "bound_audiences", "bound_subject", "token_bound_cidrs", "bound_claims"].filter(
    (each) =>
      texts(change.before, each).length + Object.keys(inner(change.before[each])).length > 0 &&
      texts(change.after, each).length + Object.keys(inner(change.after[each])).length === 0,
  );
  const claims = differing(
    change,
    "bound_claims",
    "bound_subject",
    "bound_claims_type",
    "user_claim",
    "alias_name_source",
    "bound_service_account_namespace_selector",
    "token_bound_cidrs",
    "role_type",
    "backend",
    "role_name",
  ).filter((each) => !dropped.includes(each));
  return [
    ...widened,
    ...dropped.map((each) =>
      finding(change, "warning", `${called} loses its ${each}`, "Whoever it kept out can log in."),
    ),
    ...claims.map((each) => finding(change, "warning", `${called}: ${each} changes`, "Others can log in with it.")),
    ...TIMES.filter((each) => grows(change, each)).map((each) =>
      finding(
        change,
        "warning",
        `${called}: ${each} grows to ${String(change.after[each])}`,
        "A stolen token lives longer.",
      ),
    ),
    ...(change.before.token_no_default_policy === true && change.after.token_no_default_policy !== true
      ? [finding(change, "warning", `${called} gains the default policy`, "Its tokens can do more.")]
      : []),
    ...[...new Set([...Object.keys(change.unknown)])]
      .filter((each) => BOUND.includes(each) && hasUnknown(change.unknown[each]))
      .map((each) =>
        finding(change, "warning", `${called}: ${each} is known only after the apply`, "It cannot be judged before."),
      ),
  ];
};

function roleWildcards(change: PlannedChange, called: string): PlanFinding[] {
  const wide = BOUND.filter((each) => texts(change.after, each).some((text) => text.includes("*")));
  return wide.length > 0
    ? wide.map((each) =>
        finding(
          change,
          "warning",
          `${called} is made with ${each} ${texts(change.after, each).join(", ")}`,
          "Everyone that fits can log in.",
        ),
      )
    : [finding(change, "info", `${called} is made`, "npm run access -- diff says what it reaches.")];
}

const authMount: Rule = (change) => {
  const path = name(change, "path");
  if (isGone(change))
    return [
      finding(
        change,
        "error",
        `auth mount ${path} is ${goneWord(change)}`,
        "Every user and role in it is gone; a user's password cannot be brought back.",
      ),
    ];
  if (change.action !== "update") return [];
  const trust = differing(
    change,
    "path",
    "bound_issuer",
    "oidc_discovery_url",
    "oidc_discovery_ca_pem",
    "jwks_url",
    "jwks_ca_pem",
    "jwt_validation_pubkeys",
    "jwt_supported_algs",
    "default_role",
    "type",
  );
  return [
    ...trust.map((each) =>
      finding(
        change,
        "warning",
        `auth mount ${path}: ${each} changes`,
        each === "path" ? "Whoever logs in there must know the new path." : "It decides whose tokens Vault believes.",
      ),
    ),
    ...(differs(change, "tune")
      ? [
          finding(
            change,
            "warning",
            `auth mount ${path}: its tuning changes`,
            "How long tokens live, and of what kind they are.",
          ),
        ]
      : []),
  ];
};

const kubernetesConfig: Rule = (change) => {
  const path = name(change, "backend");
  if (isGone(change))
    return [
      finding(
        change,
        "warning",
        `the configuration of auth mount ${path} is ${goneWord(change)}`,
        "No workload can log in there.",
      ),
    ];
  if (change.action !== "update") return [];
  return differing(
    change,
    "kubernetes_host",
    "kubernetes_ca_cert",
    "issuer",
    "pem_keys",
    "disable_iss_validation",
    "disable_local_ca_jwt",
    "token_reviewer_jwt_wo_version",
  ).map((each) =>
    finding(change, "warning", `auth mount ${path}: ${each} changes`, "It decides whose tokens Vault believes."),
  );
};

const group: Rule = (change) => {
  const called = `group ${name(change, "name")}`;
  if (isGone(change))
    return [finding(change, "warning", `${called} is ${goneWord(change)}`, "Its members lose what it gives, at once.")];
  if (change.action === "create")
    return [
      finding(
        change,
        "info",
        `${called} is made, with ${texts(change.after, "policies").join(", ") || "no policy"}`,
        "npm run access -- diff says what its members gain.",
      ),
    ];
  if (change.action !== "update") return [];
  return [
    ...["policies", "member_entity_ids", "member_group_ids"]
      .map((each) => [each, added(change, each).length, added(change, each)] as const)
      .flatMap(([each, count, more]) =>
        count > 0
          ? [
              finding(
                change,
                "warning",
                `${called}: ${each === "policies" ? `gains ${more.join(", ")}` : `${count} more ${each}`}`,
                "Its members can do more.",
              ),
            ]
          : [],
      ),
    ...(hasUnknown(change.unknown.member_entity_ids) || hasUnknown(change.unknown.member_group_ids)
      ? [
          finding(
            change,
            "warning",
            `${called} gains members whose ids are known only after the apply`,
            "npm run access -- diff names them.",
          ),
        ]
      : []),
  ];
};

const entity: Rule = (change) => {
  const called = `${change.type === "vault_identity_entity" ? "entity" : "alias"} ${name(change, "name")}`;
  if (isGone(change))
    return [
      finding(
        change,
        "warning",
        `${called} is ${goneWord(change)}`,
        "The person loses what groups give; a later login makes a new entity.",
      ),
    ];
  if (change.action !== "update") return [];
  return [
    ...added(change, "policies").map((each) =>
      finding(change, "warning", `${called} gains the policy ${each}`, "The person can do more, outside of any group."),
    ),
    ...differing(change, "canonical_id", "mount_accessor", "name", "metadata").map((each) =>
      finding(
        change,
        "warning",
        `${called}: ${each} changes`,
        each === "metadata" || each === "name"
          ? "Templated policies read it."
          : "Another login becomes this person, or this login another.",
      ),
    ),
    ...(change.before.disabled === true && change.after.disabled !== true
      ? [finding(change, "warning", `${called} is enabled again`, "The person can log in.")]
      : []),
  ];
};

const user: Rule = (change) => {
  const called = `user ${name(change, "username")}`;
  if (change.action === "replace")
    return [
      finding(
        change,
        "warning",
        `${called} is removed and made anew`,
        "The own password is gone: nobody knows the new one.",
      ),
    ];
  if (change.action === "delete")
    return [
      finding(
        change,
        "warning",
        `${called} is removed`,
        "Tokens already issued live on until they expire: revoke them.",
      ),
    ];
  if (change.action === "update" && change.drift) return [];
  if (change.action === "update")
    return [
      finding(
        change,
        "warning",
        `${called} is written again`,
        "The provider writes the password with any change: the person's own is lost.",
      ),
    ];
  return change.action === "create"
    ? [finding(change, "info", `${called} is made`, "users invite gives the person a password.")]
    : [];
};

const audit: Rule = (change) => {
  const path = name(change, "path");
  if (isGone(change))
    return [
      finding(
        change,
        "error",
        `audit device ${path} is ${goneWord(change)}`,
        "What happens from then on is not recorded there; with one device left, its failure stops Vault.",
      ),
    ];
  return change.action === "update"
    ? differing(change, "options", "path", "type", "local").map((each) =>
        finding(
          change,
          "warning",
          `audit device ${path}: its ${each} changes`,
          "Records go elsewhere, or are written otherwise.",
        ),
      )
    : [];
};

const endpoint: Rule = (change) => {
  const path = name(change, "path");
  if (isGone(change) && change.before.disable_delete !== true)
    return [
      finding(
        change,
        /\/metadata\//.test(path) ? "error" : "warning",
        `${path} is deleted`,
        /\/metadata\//.test(path)
          ? "Deleting metadata destroys every version."
          : "Terraform sends a DELETE to this path.",
      ),
    ];
  if (change.action === "forget" || isGone(change))
    return [finding(change, "info", `${path} is forgotten`, "It stays in Vault as it is.")];
  if (/^[^/]+\/metadata\//.test(path) && !/^(sys|auth|identity)\//.test(path))
    return [finding(change, "info", `owner and rotation period at ${path}`, "No value is touched.")];
  if (change.drift) return [];
  return [finding(change, "warning", `${path} is written`, "This gate does not know what it does.")];
};

/** What each Vault resource type asks of a person. */
export const VAULT_RULES: { readonly [type: string]: Rule } = {
  vault_mount: mount,
  vault_kv_secret_backend_v2: settings,
  vault_kv_secret_v2: secretSet,
  vault_policy: policy,
  vault_kubernetes_auth_backend_role: role,
  vault_jwt_auth_backend_role: role,
  vault_auth_backend: authMount,
  vault_jwt_auth_backend: authMount,
  vault_kubernetes_auth_backend_config: kubernetesConfig,
  vault_identity_group: group,
  vault_identity_entity: entity,
  vault_identity_entity_alias: entity,
  vault_userpass_auth_backend_user: user,
  vault_audit: audit,
  vault_generic_endpoint: endpoint,
};
