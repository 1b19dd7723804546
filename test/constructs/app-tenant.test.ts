import { AppTenant, Userpass, VaultConnection, type AppTenantProps } from "../../constructs";
import { Duration, KvPath, type Delivery, type Tenant } from "../../model";
import { addresses, manifest, only, policyTexts, resources, synthConstructs } from "../helpers/synth";

const delivery: Delivery = {
  cluster: "local",
  namespace: "apps",
  serviceAccount: "shop-sa",
  vaultAuth: "shop-auth",
  vaultStaticSecret: "shop-static",
  secret: "shop-secret",
  authMount: "kubernetes",
  login: "vault",
  audience: "vault",
  restartTargets: [],
};
const tenant: Tenant = {
  app: "shop",
  environment: "dev",
  vault: "main",
  name: "shop-dev",
  path: new KvPath("kvv2", "sample/shop/shop-dev"),
  keys: ["KEY"],
  owner: "team-shop",
  secretSet: "managed",
  delivery,
};

/** A tenant; `delivered: false` gives it no way into the cluster. */
const made = (changes: Partial<Tenant> = {}, props: Partial<AppTenantProps> & { readonly delivered?: boolean } = {}) =>
  synthConstructs((stack) => {
    const { delivered = true, ...rest } = props;
    const connection = delivered
      ? new VaultConnection(stack, "connection", {
          name: "sample-vault",
          namespace: "apps",
          address: "https://vault:8200",
        })
      : undefined;
    new AppTenant(stack, "shop", {
      tenant: { ...tenant, ...changes },
      placeholder: "TBD",
      delivery: connection && { connection, refreshAfter: Duration.of("1m"), secretOwner: "terraform" },
      ...rest,
    });
  });
const kinds = (json: ReturnType<typeof made>) => [...new Set(addresses(json).map((address) => address.split(".")[0]))];

test("a whole tenant has its set, its policy, its role and its way into the cluster", () => {
  expect(kinds(made())).toEqual([
    "kubernetes_manifest",
    "kubernetes_secret_v1",
    "kubernetes_service_account_v1",
    "vault_generic_endpoint",
    "vault_kubernetes_auth_backend_role",
    "vault_kv_secret_v2",
    "vault_policy",
  ]);
});

test("the authority part writes who may read, and neither places nor delivers anything", () => {
  expect(kinds(made({}, { part: "authority", delivered: false }))).toEqual([
    "vault_kubernetes_auth_backend_role",
    "vault_policy",
  ]);
});

test("the secrets part places and delivers, and writes no policy and no role", () => {
  expect(kinds(made({}, { part: "secrets" }))).toEqual([
    "kubernetes_manifest",
    "kubernetes_secret_v1",
    "kubernetes_service_account_v1",
    "vault_generic_endpoint",
    "vault_kv_secret_v2",
  ]);
});

test("the two parts in two stacks make what one stack makes, under the same names", () => {
  const [whole, authority, secrets] = [
    made(),
    made({}, { part: "authority", delivered: false }),
    made({}, { part: "secrets" }),
  ];
  expect([...addresses(authority), ...addresses(secrets)].sort()).toEqual(addresses(whole));
  expect(policyTexts(authority)).toEqual(policyTexts(whole));
  expect(only(authority, "vault_kubernetes_auth_backend_role")).toEqual(
    only(whole, "vault_kubernetes_auth_backend_role"),
  );
  for (const type of ["vault_kv_secret_v2", "vault_generic_endpoint"])
    expect(only(secrets, type)).toEqual(only(whole, type));
  for (const kind of ["VaultAuth", "VaultStaticSecret"]) expect(manifest(secrets, kind)).toEqual(manifest(whole, kind));
});

test("the policy, the role, the VaultAuth's role and the service account fit one another", () => {
  const json = made();
  const role = only(json, "vault_kubernetes_auth_backend_role");
  expect(Object.keys(policyTexts(json))).toEqual(role.token_policies);
  const { spec } = manifest(json, "VaultAuth") as unknown as {
    spec: { mount: string; kubernetes: { role: string; serviceAccount: string; audiences: string[] } };
  };
  expect({
    role: spec.kubernetes.role,
    accounts: [spec.kubernetes.serviceAccount],
    audience: spec.kubernetes.audiences,
    mount: spec.mount,
  }).toEqual({
    role: role.role_name,
    accounts: role.bound_service_account_names,
    audience: [role.audience],
    mount: role.backend,
  });
  expect(only(json, "kubernetes_service_account_v1").metadata).toMatchObject({ name: "shop-sa", namespace: "apps" });
});

test("the operator is told to log in only after the role is there", () => {
  const json = made();
  expect(only(json, "kubernetes_service_account_v1").depends_on).toEqual([
    addresses(json).find((address) => address.startsWith("vault_kubernetes_auth_backend_role.")),
  ]);
});

test("its Vault side waits for the auth mount where the same stack makes it", () => {
  const json = synthConstructs((stack) => {
    const { mount } = new Userpass(stack, "mount", {
      path: "userpass",
      tokenTtl: Duration.of("1h"),
      tokenMaxTtl: Duration.of("8h"),
    });
    new AppTenant(stack, "shop", { tenant, placeholder: "TBD", part: "authority", dependsOn: [mount] });
  });
  expect(only(json, "vault_kubernetes_auth_backend_role").depends_on).toEqual([
    addresses(json).find((address) => address.startsWith("vault_auth_backend.")),
  ]);
});

test("without a cluster there is a set and a policy, and nobody can log in", () => {
  expect(kinds(made({ delivery: undefined }, { delivered: false }))).toEqual([
    "vault_generic_endpoint",
    "vault_kv_secret_v2",
    "vault_policy",
  ]);
});

test("an existing set is left alone, and its workload reads it all the same", () => {
  const json = made({ secretSet: "existing" });
  expect(resources(json, "vault_kv_secret_v2")).toEqual([]);
  expect(policyTexts(json)).toEqual(policyTexts(made()));
  expect(manifest(json, "VaultStaticSecret").spec).toEqual(manifest(made(), "VaultStaticSecret").spec);
});

test.each(["all", "authority", "secrets"] as const)("a retired set gives nobody anything (%s)", (part) => {
  const json = made({ secretSet: "retired", delivery: undefined }, { part, delivered: false });
  expect(addresses(json)).toEqual([]);
});

test("a retired set is forgotten by the stack that placed it, at the addresses it had", () => {
  const removed = made({ secretSet: "retired", delivery: undefined }, { delivered: false }).removed!.map(
    (block) => block.from,
  );
  expect(removed.sort()).toEqual(
    addresses(made()).filter((address) => /^vault_(kv_secret_v2|generic_endpoint)\./.test(address)),
  );
  expect(
    made({ secretSet: "retired", delivery: undefined }, { part: "authority", delivered: false }).removed,
  ).toBeUndefined();
});
