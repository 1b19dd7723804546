import type { PlatformConfig } from "../../model";
import { smallConfig } from "../helpers/configs";
import { addresses, manifest, only, resources, synthPlatform } from "../helpers/synth";

const dev = (changes: Partial<PlatformConfig> = {}) => synthPlatform(smallConfig(changes)).stacks["small-dev"]!;
const shop = { owner: "team-shop", keys: ["KEY"] };
const apps = { shop, till: shop };
const jwt = { type: "jwt", issuer: "https://oidc.example" } as const;
const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

describe("where the operator reaches Vault", () => {
  test("is the service, in the cluster that Vault runs in", () => {
    expect(manifest(dev(), "VaultConnection").spec.address).toBe("http://small-vault.small-vault.svc:8200");
    const tls = {
      main: { cluster: "local", tls: { secret: "tls" }, namespace: "secrets", address: "https://vault.example" },
    };
    expect(manifest(dev({ vaults: tls }), "VaultConnection").spec.address).toBe(
      "https://secrets-vault.secrets.svc:8200",
    );
  });

  test("is Vault's address, from any other cluster", () => {
    const elsewhere = dev({
      vaults: { main: { cluster: "hub", tls: { secret: "tls" }, address: "https://vault.example" } },
      clusters: { hub: { context: "hub" }, local: { context: "local", login: jwt } },
    });
    expect(manifest(elsewhere, "VaultConnection").spec.address).toBe("https://vault.example");
    const exists = dev({
      vaults: { main: { address: "https://vault.example" } },
      clusters: { local: { context: "local", login: jwt } },
    });
    expect(manifest(exists, "VaultConnection").spec.address).toBe("https://vault.example");
  });

  test("is trusted by the Vault's CA", () => {
    const json = dev({ vaults: { main: { cluster: "local", tls: { secret: "tls" }, ca: { certificate } } } });
    expect(manifest(json, "VaultConnection").spec.caCertSecretRef).toBe("small-vault-ca");
    expect(
      resources(json, "kubernetes_secret_v1").map(({ metadata }) => (metadata as { name: string }).name),
    ).toContain("small-vault-ca");
  });
});

describe("namespaces of an environment", () => {
  const names = (json: ReturnType<typeof dev>) =>
    resources(json, "kubernetes_namespace_v1").map(({ metadata }) => (metadata as { name: string }).name);

  test("is one with one connection, however many apps there are: each manifest costs every plan", () => {
    const json = dev({ apps });
    expect(names(json)).toEqual(["small-dev"]);
    expect(manifest(json, "VaultConnection").metadata.namespace).toBe("small-dev");
    expect(resources(json, "kubernetes_manifest")).toHaveLength(1 + 2 * 2);
  });

  test("are one an app, each with its connection, where the template says so", () => {
    const json = dev({
      apps,
      environments: { dev: { vault: "main", cluster: "local", namespace: "{app}-{environment}" } },
    });
    expect(names(json)).toEqual(["shop-dev", "till-dev"]);
    expect(addresses(json).filter((address) => address.startsWith("kubernetes_manifest.connection_"))).toEqual([
      "kubernetes_manifest.connection_shop-dev",
      "kubernetes_manifest.connection_till-dev",
    ]);
  });

  test("are left to others where the config says so, and nothing waits for them", () => {
    const json = dev({ environments: { dev: { vault: "main", cluster: "local", createNamespace: false } } });
    expect(names(json)).toEqual([]);
    expect(JSON.stringify(json)).not.toContain("kubernetes_namespace_v1");
  });

  test("are there before anything in them", () => {
    const json = dev();
    for (const type of ["kubernetes_service_account_v1", "kubernetes_secret_v1"])
      expect(only(json, type).depends_on).toContain("kubernetes_namespace_v1.namespace_small-dev");
  });
});

describe("an environment without a cluster", () => {
  const json = dev({ environments: { dev: { vault: "main" } } });

  test("has its Vault side, without a role, and asks for no other provider", () => {
    expect([...new Set(addresses(json).map((address) => address.split(".")[0]))]).toEqual([
      "vault_generic_endpoint",
      "vault_kv_secret_v2",
      "vault_policy",
    ]);
    expect(Object.keys(json.provider)).toEqual(["vault"]);
  });
});

describe("authority", () => {
  const separate = synthPlatform(smallConfig({ authority: "separate" })).stacks;
  const own = synthPlatform(smallConfig()).stacks;
  const vaultSide = /^vault_(policy|.*_role)\./;

  test("kept apart leaves an environment's stack no policy and no role to write", () => {
    expect(addresses(separate["small-dev"]!).filter((address) => vaultSide.test(address))).toEqual([]);
    expect(addresses(separate["small-access-main"]!)).toEqual(
      expect.arrayContaining([
        "vault_policy.tenant_shop-dev_workload_policy",
        "vault_kubernetes_auth_backend_role.tenant_shop-dev_workload_role",
      ]),
    );
  });

  test("of the environment leaves the access stack no workload's policy or role", () => {
    expect(addresses(own["small-access-main"]!).filter((address) => /shop/.test(address))).toEqual([]);
    expect(addresses(own["small-dev"]!).filter((address) => vaultSide.test(address))).toHaveLength(2);
  });

  test("comes to the same policies and roles in either stack", () => {
    for (const type of ["vault_policy", "vault_kubernetes_auth_backend_role"]) {
      const all = (stacks: typeof own) =>
        ["small-access-main", "small-dev"]
          .flatMap((name) => resources(stacks[name]!, type).map(({ depends_on: _, ...block }) => JSON.stringify(block)))
          .sort();
      expect(all(separate)).toEqual(all(own));
    }
  });

  test("waits, in the access stack, for the auth mount that it makes", () => {
    expect(only(separate["small-access-main"]!, "vault_kubernetes_auth_backend_role").depends_on).toEqual([
      "vault_auth_backend.login_local",
      "vault_audit.audit_file-stdout",
    ]);
  });
});

describe("secret sets that leave", () => {
  const gone = (secretSet: "existing" | "retired") =>
    dev({ apps: { shop: { ...shop, environments: { dev: { secretSet } } } } });

  test.each(["existing", "retired"] as const)(
    "as %s are forgotten at the very addresses that the stack gave them",
    (secrets) => {
      expect(
        gone(secrets)
          .removed!.map(({ from }) => String(from))
          .filter((from) => from.startsWith("vault_"))
          .sort(),
      ).toEqual(["vault_generic_endpoint.shop_secrets_metadata", "vault_kv_secret_v2.shop_secrets_data"]);
      expect(addresses(dev())).toEqual(
        expect.arrayContaining([
          "vault_generic_endpoint.shop_secrets_metadata",
          "vault_kv_secret_v2.shop_secrets_data",
        ]),
      );
    },
  );

  test("as retired take the workload, its role and its namespace along", () => {
    expect(addresses(gone("retired"))).toEqual([]);
  });
});
