import { ConfigError, resolvePlatform, type PlatformConfig } from "../../model";
import sample from "../../config/sample";
import { check } from "../../access";
import { accessOf, productionStacks, stacksOf } from "./fixture";

const withWaivers = (waivers: unknown) => ({ ...sample, waivers: waivers }) as PlatformConfig;

describe("waivers in the config", () => {
  test("travel in the access stack's JSON, and are read back from it", () => {
    const waivers = [
      {
        proof: "privilege-escalation",
        subject: "person sample-admin",
        object: "sys/policies/acl/x",
        reason: "it runs the sample alone",
      },
    ] as const;
    const access = accessOf(stacksOf(withWaivers(waivers)));
    expect(access.waivers).toEqual(waivers);
    expect(check(access)).toMatchObject({ failures: [], unused: waivers });
  });

  test("there are none by default", () => {
    expect(resolvePlatform(sample).waivers).toEqual([]);
  });

  test.each([
    [
      "a proof that is none",
      [{ proof: "isolatoin", subject: "person a", reason: "why" }],
      /waivers\[0\]\.proof: given "isolatoin"; accepted: "isolation", .* Did you mean "isolation"\?/,
    ],
    ["no reason", [{ proof: "least-privilege", subject: "person a" }], /waivers\[0\]\.reason: given nothing/],
    [
      "an empty reason",
      [{ proof: "least-privilege", subject: "person a", reason: "" }],
      /waivers\[0\]\.reason: given ""/,
    ],
    ["nobody", [{ proof: "least-privilege", reason: "why" }], /waivers\[0\]\.subject: given nothing/],
    [
      "a field that is not there",
      [{ proof: "least-privilege", subject: "person a", reason: "why", set: "x" }],
      /waivers\[0\]\.set/,
    ],
    [
      "the same twice",
      [
        { proof: "least-privilege", subject: "a", reason: "w" },
        { proof: "least-privilege", subject: "a", reason: "w" },
      ],
      /waivers\[1\]/,
    ],
    [
      "Terraform's template marks",
      [{ proof: "least-privilege", subject: "person a", reason: "${why}" }],
      /waivers\[0\]\.reason/,
    ],
  ])("with %s are refused, saying where", (_, waivers, message) => {
    expect(() => resolvePlatform(withWaivers(waivers))).toThrow(ConfigError);
    expect(() => resolvePlatform(withWaivers(waivers))).toThrow(message);
  });
});

test("every stack says where it belongs", () => {
  const said = Object.fromEntries(
    Object.entries(productionStacks()).map(([name, { locals }]) => [name, locals.metadata]),
  );
  expect(said["acme-prod-us"]).toMatchObject({
    platform: "acme",
    kind: "environment",
    environment: "prod-us",
    vault: "prod",
    cluster: "prod-us",
    protected: true,
    secretSets: ["storefront", "payments", "broker"].map((app) => ({
      app,
      mount: "apps",
      path: `acme/${app}/${app}-prod-us`,
      state: "managed",
      ...(app === "broker" && { readBy: ["storefront", "payments"] }),
    })),
    trust: {
      VaultConnection: { address: "https://vault.prod.acme.example", caCertSecretRef: "acme-internal-ca" },
      "provider vault": { address: "https://vault.prod.acme.example" },
      "provider kubernetes": { config_context: "acme-prod-us" },
    },
  });
  expect(said["acme-access-prod"]).toMatchObject({
    platform: "acme",
    kind: "access",
    vault: "prod",
    logins: { kubernetes: "prod-eu", "kubernetes-prod-us": "prod-us" },
  });
  expect(said["acme-operator-prod-us"]).toMatchObject({ platform: "acme", kind: "operator", cluster: "prod-us" });
  expect(said["acme-operator-prod-us"].jobs["ci:repo:acme/vault-tenancy:environment:apply-acme-prod-us"]).toBe(
    "prod-us",
  );
  expect(said["acme-vault-prod"]).toMatchObject({ platform: "acme", kind: "vault", vault: "prod", cluster: "prod-eu" });
});
