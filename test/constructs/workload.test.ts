import { AuthMethod, EnvSecretSet, KvMount, Workload, type IAuthMethod, type WorkloadProps } from "../../constructs";
import { Duration, KvPath } from "../../model";
import { only, resources, synthConstructs } from "../helpers/synth";
import { aclOf, onlyPolicyText } from "../helpers/vault-view";

const path = new KvPath("kvv2", "sample/shop/shop-dev");
const account = { namespace: "apps", serviceAccount: "shop-sa" };
const workload = (changes: Partial<WorkloadProps> = account, type?: IAuthMethod["type"]) =>
  synthConstructs((stack) => {
    const authMethod = changes.namespace === undefined ? undefined : AuthMethod.fromPath(stack, "login", "k8s", type);
    const mount = KvMount.fromPath(stack, "kv", path.mount);
    EnvSecretSet.fromPath(stack, "secrets", { mount, path: path.path }).grantRead(
      new Workload(stack, "workload", { name: "shop-dev", authMethod, ...changes }),
    );
  });

test("a role binds one service account of one namespace, and one audience", () => {
  expect(only(workload(), "vault_kubernetes_auth_backend_role")).toEqual({
    backend: "k8s",
    role_name: "shop-dev",
    bound_service_account_names: ["shop-sa"],
    bound_service_account_namespaces: ["apps"],
    audience: "vault",
    token_policies: ["shop-dev"],
    token_ttl: 600,
    token_max_ttl: 3600,
  });
});

test("a jwt role binds the very same by the token's subject, and the audience", () => {
  expect(only(workload(account, "jwt"), "vault_jwt_auth_backend_role")).toEqual({
    backend: "k8s",
    role_name: "shop-dev",
    role_type: "jwt",
    user_claim: "sub",
    bound_audiences: ["vault"],
    bound_subject: "system:serviceaccount:apps:shop-sa",
    token_policies: ["shop-dev"],
    token_ttl: 600,
    token_max_ttl: 3600,
  });
});

test.each(["kubernetes", "jwt"] as const)("no role of a %s login matches by wildcard, by claims or by glob", (type) => {
  const json = workload(account, type);
  const [role] = [
    ...resources(json, "vault_jwt_auth_backend_role"),
    ...resources(json, "vault_kubernetes_auth_backend_role"),
  ];
  expect(JSON.stringify(role)).not.toContain("*");
  for (const loose of [
    "bound_claims",
    "bound_claims_type",
    "bound_service_account_namespace_selector",
    "token_no_default_policy",
  ])
    expect(role).not.toHaveProperty(loose);
});

test.each([
  ["0", Duration.of("1m"), Duration.of("5m"), 60, 300],
  ["days", Duration.of("1h"), Duration.of("1d"), 3600, 86400],
])("a role's token times are given in seconds (%s)", (_, tokenTtl, tokenMaxTtl, ttl, maxTtl) => {
  expect(only(workload({ ...account, tokenTtl, tokenMaxTtl }), "vault_kubernetes_auth_backend_role")).toMatchObject({
    token_ttl: ttl,
    token_max_ttl: maxTtl,
  });
});

test("without a cluster there is a policy and no role: nobody can log in as this workload", () => {
  const json = workload({});
  expect(Object.keys(json.resource!)).toEqual(["vault_policy"]);
});

test("a workload reads what it is granted and nothing else", () => {
  const acl = aclOf(onlyPolicyText(workload()));
  expect(acl.capabilities(path.data())).toEqual(["read"]);
  for (const other of [
    path.metadata(),
    path.subkeys(),
    path.delete(),
    path.destroy(),
    `${path.data()}/x`,
    `${path.data()}-2`,
  ])
    expect(acl.capabilities(other)).toEqual(["deny"]);
});
