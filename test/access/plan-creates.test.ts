import { isBindingsRelease } from "../../resource-types";
import { productionStacks, sampleStacks, type Mutable } from "./fixture";
import { change, judged, made, resourcesOf, valuesIn, type Resource } from "./plans/planned";

const RESOURCES = [sampleStacks(), productionStacks()].flatMap(resourcesOf);
const of = (type: string) => RESOURCES.filter(([each]) => each === type);
const grave = (changes: readonly Mutable[]) => judged(...changes).filter(({ severity }) => severity !== "info");

/** What makes a resource of a type dangerous, in the values of a plan. */
const DANGEROUS: { readonly [type: string]: { readonly [what: string]: (values: Mutable) => void } } = {
  vault_identity_entity_alias: {
    "of an entity that is there": (v) => (v.canonical_id = "b56f13f6-d327-53f2-5d56-d0cebad57428"),
    "of a kubernetes mount": (v) => (v.mount_accessor = "auth_kubernetes_1a2b3c4d"),
    "of a jwt mount": (v) => (v.mount_accessor = "auth_jwt_1a2b3c4d"),
  },
  vault_identity_entity: {
    "with a policy": (v) => (v.policies = ["own-password", "platform-admin"]),
    "with policies of others": (v) => (v.external_policies = true),
  },
  vault_userpass_auth_backend_user: {
    "with token_policies": (v) => (v.token_policies = ["platform-admin"]),
    "with long tokens": (v) => (v.token_ttl = 900_000),
    "with a period": (v) => (v.token_period = 3_600),
    "with a known password": (v) => (v.password_hash_wo_version = 1),
  },
  vault_identity_group: {
    "with another's policy": (v) => v.policies.push("another"),
    "with somebody who is there": (v) => (v.member_entity_ids = ["b56f13f6-d327-53f2-5d56-d0cebad57428"]),
    "of groups": (v) => (v.member_group_ids = ["b56f13f6-d327-53f2-5d56-d0cebad57428"]),
    external: (v) => (v.type = "external"),
    "with members of others": (v) => (v.external_member_entity_ids = true),
  },
  vault_policy: {
    "of all values": (v) => (v.policy = 'path "kvv2/data/*" {\n  capabilities = ["read"]\n}\n'),
    "of a platform's values": (v) => (v.policy = 'path "kvv2/data/other/+/x" {\n  capabilities = ["read"]\n}\n'),
    "of Vault itself": (v) => (v.policy = 'path "sys/raw/x" {\n  capabilities = ["update"]\n}\n'),
  },
  vault_kubernetes_auth_backend_role: {
    "without an audience": (v) => (v.audience = null),
    "for all namespaces": (v) => (v.bound_service_account_namespaces = ["*"]),
    "with another's policy": (v) => (v.token_policies = ["platform-admin"]),
    "with a period": (v) => (v.token_period = 3_600),
  },
  vault_jwt_auth_backend_role: {
    "with patterns": (v) => (v.bound_claims_type = "glob"),
    "without claims": (v) => ((v.bound_claims = null), (v.bound_subject = null)),
    "without an audience": (v) => (v.bound_audiences = null),
    "with another's policy": (v) => (v.token_policies = ["platform-admin"]),
    "with groups of a claim": (v) => (v.groups_claim = "groups"),
    "of a browser": (v) => (v.role_type = "oidc"),
  },
  vault_auth_backend: { "at all": () => undefined },
  vault_jwt_auth_backend: { "at all": () => undefined },
  vault_kubernetes_auth_backend_config: { elsewhere: (v) => (v.kubernetes_host = "https://elsewhere.example") },
  vault_audit: {
    raw: (v) => (v.options = { ...v.options, log_raw: "true" }),
    "without hashes": (v) => (v.options = { ...v.options, hmac_accessor: "false" }),
    elsewhere: (v) => (v.type = "socket"),
  },
  vault_mount: {
    pki: (v) => (v.type = "pki"),
    "with values in the audit log": (v) => (v.audit_non_hmac_response_keys = ["data"]),
    "with accessors of others": (v) => (v.delegated_auth_accessors = ["auth_userpass_1"]),
  },
  vault_kv_secret_v2: {
    "read back": (v) => (v.disable_read = false),
    "with values in the state": (v) => (v.data_json = '{"a":"b"}'),
    "at no plain path": (v) => (v.name = "a/../b"),
  },
  vault_generic_endpoint: {
    elsewhere: (v) => (v.path = "sys/config/cors"),
    "with policies": (v) => (v.path = "auth/userpass/users/mallory"),
    "whose versions end": (v) => (v.data_json = '{"delete_version_after":"1s"}'),
  },
  kubernetes_manifest: {
    "of a kind that nobody knows": (v) => (v.manifest.kind = "VaultDynamicSecret"),
    "by expression": (v) => (v.manifest = null),
    "with an unknown field": (v) => (v.manifest.spec = { ...v.manifest.spec, storageEncryption: { mount: "transit" } }),
  },
  kubernetes_secret_v1: {
    "with values in the state": (v) => (v.data = { a: "b" }),
    "of a service account": (v) => (v.type = "kubernetes.io/service-account-token"),
  },
  kubernetes_cluster_role_v1: {
    "of pods": (v) => (v.rule = [{ api_groups: [""], resources: ["pods/exec"], verbs: ["create"] }]),
  },
  kubernetes_cluster_role_binding_v1: {
    "of the cluster": (v) => (v.role_ref = [{ kind: "ClusterRole", name: "cluster-admin" }]),
  },
  kubernetes_role_binding_v1: { "to edit": (v) => (v.role_ref = [{ kind: "ClusterRole", name: "edit" }]) },
  kubernetes_namespace_v1: {
    "of privileged pods": (v) => (v.metadata[0].labels = { "pod-security.kubernetes.io/enforce": "privileged" }),
  },
  helm_release: {
    "from elsewhere": (v) => (v.repository = "https://charts.example"),
    "of another chart": (v) => (v.chart = "other"),
    "with another image": (v) => (v.values = ['{"server":{"image":{"repository":"evil/vault"}}}']),
    "with a container beside": (v) => (v.values = ['{"server":{"extraContainers":[{"name":"x","image":"y"}]}}']),
    "with a post-renderer": (v) => (v.postrender = { binary_path: "x" }),
  },
};

/** Resources of one type whose changes are tried with each mutation. */
const EACH = 2;

const mutations = Object.entries(DANGEROUS).flatMap(([type, kinds]) =>
  Object.entries(kinds).flatMap(([what, mutate]) =>
    of(type)
      .slice(0, EACH)
      .flatMap((resource) =>
        (["create", "update", "replace", "import"] as const).map((how) => ({ type, what, mutate, resource, how })),
      ),
  ),
);

/** The changes of a plan that makes the mutated resource, or makes it of what was there. */
function mutated({ resource, mutate, how }: (typeof mutations)[number]): Mutable {
  const { after, after_unknown } = valuesIn(resource);
  const before = how === "create" ? null : structuredClone(after);
  mutate(after);
  for (const name of Object.keys(after)) delete after_unknown[name];
  if (how === "import") {
    const planned = change(resource, ["no-op"], after, after, after_unknown);
    planned.change.importing = { id: "x" };
    return planned;
  }
  return change(resource, how === "replace" ? ["delete", "create"] : [how], before, after, after_unknown);
}

test("200 dangerous changes and more are told, none of them as routine", () => {
  expect(mutations.length).toBeGreaterThanOrEqual(200);
  // That an auth mount is there is dangerous where it is made; before and after are the same.
  const same = (each: (typeof mutations)[number]) => each.what === "at all" && each.how === "update";
  const silent = mutations.filter((each) => !same(each) && grave([mutated(each)]).length === 0);
  expect(silent.map(({ type, what, how, resource: [, id] }) => `${how} ${type} ${what} (${id})`)).toEqual([]);
});

/** An app's resources in an environment, and a person's: what the config adds, without a right of its own kind. */
const ROUTINE_TYPES = [
  "vault_kv_secret_v2",
  "vault_generic_endpoint",
  "vault_kubernetes_auth_backend_role",
  "vault_identity_entity",
  "vault_identity_entity_alias",
  "vault_userpass_auth_backend_user",
  "vault_identity_group",
  "vault_audit",
  "kubernetes_service_account_v1",
  "kubernetes_secret_v1",
  "kubernetes_namespace_v1",
  "helm_release",
];

const isManifest = ([type, , { manifest }]: Resource, kind: string) =>
  type === "kubernetes_manifest" && manifest.kind === kind;

/** Changes that give nobody anything. */
const QUIET: { readonly [type: string]: (values: Mutable) => void } = {
  vault_generic_endpoint: (v) =>
    (v.data_json = JSON.stringify({ custom_metadata: { owner: "another", rotate_every: "30d" } })),
  vault_kubernetes_auth_backend_role: (v) => (v.token_ttl = 60),
  vault_jwt_auth_backend_role: (v) => (v.token_ttl = 60),
  vault_policy: (v) => (v.policy = `# said otherwise\n${v.policy}`),
  vault_mount: (v) => (v.description = "otherwise"),
  kubernetes_service_account_v1: (v) => (v.metadata[0].labels = { team: "a" }),
  kubernetes_secret_v1: (v) => (v.metadata[0].labels = { team: "a" }),
  kubernetes_namespace_v1: (v) => (v.metadata[0].labels = { ...v.metadata[0].labels, team: "a" }),
  helm_release: (v) => (v.timeout = 900),
};

const routine: readonly (readonly [string, Mutable])[] = [
  ...RESOURCES.filter(
    (each) =>
      (ROUTINE_TYPES.includes(each[0]) && !isBindingsRelease(each[2])) ||
      isManifest(each, "VaultAuth") ||
      isManifest(each, "VaultStaticSecret"),
  ).map((each) => [`made: ${each[0]}.${each[1]}`, made(each)] as const),
  ...RESOURCES.filter(([type]) => QUIET[type]).map((each) => {
    const { after } = valuesIn(each);
    const before = structuredClone(after);
    QUIET[each[0]]!(after);
    return [`changed: ${each[0]}.${each[1]}`, change(each, ["update"], before, after)] as const;
  }),
];

test("200 routine changes and more: fewer than 2 in 100 ask for a person", () => {
  expect(routine.length).toBeGreaterThanOrEqual(200);
  const loud = routine.flatMap(([name, planned]) => grave([planned]).map(({ says }) => `${name}: ${says}`));
  expect(loud).toEqual([]);
});

test.each([
  "vault_policy",
  "vault_identity_group",
  "vault_kubernetes_auth_backend_role",
  "vault_audit",
  "helm_release",
])("a %s that is forgotten stays, and is told", (type) => {
  const [resource] = of(type);
  expect(grave([change(resource!, ["forget"], valuesIn(resource!).after, null)])).toHaveLength(1);
});
