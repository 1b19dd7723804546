import type { TerraformStack } from "cdktf";
import {
  AppNamespace,
  AppTenant,
  AuthMethod,
  EnvSecretSet,
  KvMount,
  VaultConnection,
  type AppTenantProps,
} from "../../constructs";
import { addresses, manifest, only, policyTexts, resources, synthConstructs } from "../helpers/synth";

const tenant = (stack: TerraformStack) => ({
  name: "shop-dev",
  mount: KvMount.fromPath(stack, "kv", "kvv2"),
  path: "sample/shop/shop-dev",
  keys: ["KEY"],
  owner: "team-shop",
});
const account = (stack: TerraformStack) => ({
  authMethod: AuthMethod.fromPath(stack, "login", "kubernetes"),
  namespace: "apps",
  serviceAccount: "shop-sa",
});

/** A tenant; `delivered: false` gives it no way into the cluster, `login: false` nowhere to log in. */
const made = (changes: Partial<AppTenantProps> & { readonly delivered?: boolean; readonly login?: boolean } = {}) =>
  synthConstructs((stack) => {
    const { delivered = true, login = true, ...rest } = changes;
    const namespace = AppNamespace.fromName(stack, "namespace", "apps");
    new AppTenant(stack, "shop", {
      ...tenant(stack),
      ...(login && account(stack)),
      secretOwner: "terraform",
      connection: delivered
        ? new VaultConnection(stack, "connection", { namespace, address: "https://vault:8200" })
        : undefined,
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
  expect(kinds(made({ part: "authority", delivered: false }))).toEqual([
    "vault_kubernetes_auth_backend_role",
    "vault_policy",
  ]);
});

test("the secrets part places and delivers, and writes no policy and no role", () => {
  expect(kinds(made({ part: "secrets" }))).toEqual([
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
    made({ part: "authority", delivered: false }),
    made({ part: "secrets" }),
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
    const authMethod = new AuthMethod(stack, "mount");
    new AppTenant(stack, "shop", { ...tenant(stack), ...account(stack), part: "authority", authMethod });
  });
  expect(only(json, "vault_kubernetes_auth_backend_role").depends_on).toEqual([
    addresses(json).find((address) => address.startsWith("vault_auth_backend.")),
  ]);
});

test("without a cluster there is a set and a policy, and nobody can log in", () => {
  expect(kinds(made({ login: false, delivered: false }))).toEqual([
    "vault_generic_endpoint",
    "vault_kv_secret_v2",
    "vault_policy",
  ]);
});

test("an existing set is left alone, and its workload reads it all the same", () => {
  const json = made({ state: "existing" });
  expect(resources(json, "vault_kv_secret_v2")).toEqual([]);
  expect(policyTexts(json)).toEqual(policyTexts(made()));
  expect(manifest(json, "VaultStaticSecret").spec).toEqual(manifest(made(), "VaultStaticSecret").spec);
});

test.each(["all", "authority", "secrets"] as const)("a retired set gives nobody anything (%s)", (part) => {
  const json = made({ state: "retired", part, delivered: false });
  expect(addresses(json)).toEqual([]);
});

test("a retired set is forgotten by the stack that placed it, at the addresses it had", () => {
  const removed = made({ state: "retired", delivered: false }).removed!.map((block) => block.from);
  expect(removed.sort()).toEqual(
    addresses(made()).filter((address) => /^vault_(kv_secret_v2|generic_endpoint)\./.test(address)),
  );
  expect(made({ state: "retired", part: "authority", delivered: false }).removed).toBeUndefined();
});

describe("a set that it reads beside its own", () => {
  const sharing = (part: AppTenantProps["part"] = "all", destination?: string) =>
    synthConstructs((stack) => {
      const { mount, ...own } = tenant(stack);
      const namespace = AppNamespace.fromName(stack, "namespace", "apps");
      const secretSet = EnvSecretSet.fromPath(stack, "broker", {
        mount,
        path: "sample/broker/broker-dev",
        keys: ["B", "A"],
      });
      new AppTenant(stack, "shop", {
        ...{ ...own, mount, ...account(stack), part, vaultAuth: "auth", secretOwner: "terraform" as const },
        restartTargets: [{ kind: "Deployment", name: "shop" }],
        connection: new VaultConnection(stack, "connection", { namespace, address: "https://vault:8200" }),
        shared: { broker: { secretSet, destination } },
      });
    });
  const specs = (json: ReturnType<typeof sharing>) =>
    resources(json, "kubernetes_manifest").flatMap(({ manifest: made }) => {
      const { kind, metadata, spec } = made as { kind: string; metadata: { name: string }; spec: object };
      return kind === "VaultStaticSecret" ? [{ name: metadata.name, ...spec }] : [];
    });

  test("is in its policy, by the exact path, and to read alone", () => {
    expect(policyTexts(sharing())["shop-dev"]).toContain(
      'path "kvv2/data/sample/broker/broker-dev" {\n  capabilities = ["read"]\n}',
    );
    expect(policyTexts(sharing("secrets"))).toEqual({});
  });

  test("comes by the same login, in a Secret of its own, with what the other has beside the values", () => {
    const [shared, own] = specs(sharing());
    expect(shared).toEqual({
      ...own,
      name: "shop-dev-broker-secrets",
      path: "sample/broker/broker-dev",
      destination: {
        name: "shop-dev-broker-secrets",
        create: false,
        transformation: { excludeRaw: true, includes: ["^A$", "^B$"] },
      },
    });
    const secrets = resources(sharing(), "kubernetes_secret_v1").map(({ data_wo }) => data_wo);
    expect(secrets).toEqual([{ KEY: "TBD" }, { A: "TBD", B: "TBD" }]);
    expect(specs(sharing("all", "broker"))[0]).toMatchObject({ name: "broker", destination: { name: "broker" } });
  });

  test("has its authority where the tenant has it", () => {
    expect(specs(sharing("authority"))).toEqual([]);
    expect(policyTexts(sharing("authority"))["shop-dev"]).toContain("broker-dev");
  });
});
