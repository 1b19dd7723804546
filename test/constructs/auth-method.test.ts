import { AuthMethod } from "../../constructs";
import type { ClusterLogin } from "../../model";
import { addresses, only, resources, synthConstructs } from "../helpers/synth";

const caCertificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const key = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n";
const login = (of: ClusterLogin, cluster = "prod-eu") =>
  synthConstructs(
    (stack) => void new AuthMethod(stack, "login", { cluster, path: `kubernetes-${cluster}`, login: of }),
  );

describe("a cluster that Vault runs in", () => {
  const json = login({ type: "vault" });

  test("has its tokens reviewed by Vault's own service account: nothing is handed over", () => {
    const [mount] = Object.keys(json.resource!.vault_auth_backend!);
    expect(only(json, "vault_kubernetes_auth_backend_config")).toEqual({
      backend: `\${vault_auth_backend.${mount}.path}`,
      kubernetes_host: "https://kubernetes.default.svc",
    });
    expect(json.variable).toBeUndefined();
  });

  test("has an auth mount of its own, which says whose it is", () => {
    expect(only(json, "vault_auth_backend")).toEqual({
      path: "kubernetes-prod-eu",
      type: "kubernetes",
      description: "Workloads of cluster prod-eu",
    });
  });
});

describe("a cluster that hands over a token", () => {
  const json = login({ type: "token", host: "https://api.prod-eu", caCertificate });

  test(
    "has it as an ephemeral, sensitive variable without a default, and write-only: it is in no " +
      "plan, no state and no JSON",
    () => {
      expect(json.variable).toEqual({
        reviewer_jwt_prod_eu: {
          type: "string",
          sensitive: true,
          ephemeral: true,
          description: expect.stringContaining("prod-eu") as string,
        },
      });
      expect(only(json, "vault_kubernetes_auth_backend_config")).toMatchObject({
        token_reviewer_jwt_wo: "${var.reviewer_jwt_prod_eu}",
        token_reviewer_jwt_wo_version: 1,
      });
    },
  );

  test("is given to no argument that state keeps", () => {
    const uses = JSON.stringify(json.resource).split("var.reviewer_jwt_prod_eu").length - 1;
    expect(uses).toBe(1);
    expect(only(json, "vault_kubernetes_auth_backend_config")).not.toHaveProperty("token_reviewer_jwt");
  });

  test("is reached at its own address with its own CA, and never through Vault's own service account", () => {
    expect(only(json, "vault_kubernetes_auth_backend_config")).toMatchObject({
      kubernetes_host: "https://api.prod-eu",
      kubernetes_ca_cert: caCertificate,
      disable_local_ca_jwt: true,
    });
  });

  test("has a variable of its own, so that two clusters' tokens are not taken for one another", () => {
    const two = synthConstructs((stack) => {
      for (const cluster of ["eu", "us"])
        new AuthMethod(stack, cluster, {
          cluster,
          path: `kubernetes-${cluster}`,
          login: { type: "token", host: `https://${cluster}`, caCertificate },
        });
    });
    expect(Object.keys(two.variable!).sort()).toEqual(["reviewer_jwt_eu", "reviewer_jwt_us"]);
    for (const config of resources(two, "vault_kubernetes_auth_backend_config"))
      expect(config.token_reviewer_jwt_wo).toBe(
        `\${var.reviewer_jwt_${(config.kubernetes_host as string).slice("https://".length)}}`,
      );
  });
});

describe("a cluster whose issuer Vault asks", () => {
  const issuer = "https://oidc.prod-us";

  test("needs no secret at all", () => {
    const json = login({ type: "jwt", issuer });
    expect(only(json, "vault_jwt_auth_backend")).toEqual({
      path: "kubernetes-prod-eu",
      type: "jwt",
      description: "Workloads of cluster prod-eu",
      bound_issuer: issuer,
      oidc_discovery_url: issuer,
    });
    expect(json.variable).toBeUndefined();
    expect(addresses(json)).toHaveLength(1);
  });

  test(
    "is checked against its own CA where it has one, without the line break at its end, which " +
      "Vault does not give back",
    () => {
      expect(only(login({ type: "jwt", issuer, caCertificate }), "vault_jwt_auth_backend")).toMatchObject({
        oidc_discovery_ca_pem: caCertificate.trimEnd(),
      });
    },
  );

  test("is not asked where its public keys are given", () => {
    const mount = only(login({ type: "jwt", issuer, publicKeys: [key] }), "vault_jwt_auth_backend");
    expect(mount).toMatchObject({ jwt_validation_pubkeys: [key.trimEnd()], bound_issuer: issuer });
    for (const asked of ["oidc_discovery_url", "oidc_discovery_ca_pem", "jwks_url"])
      expect(mount).not.toHaveProperty(asked);
  });

  test("takes tokens of no other issuer, by whichever way", () => {
    for (const publicKeys of [undefined, [key]])
      expect(only(login({ type: "jwt", issuer, publicKeys }), "vault_jwt_auth_backend").bound_issuer).toBe(issuer);
  });
});
