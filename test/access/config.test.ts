import { ConfigError, resolvePlatform, type PlatformConfig } from "../../model";
import sample from "../../config/sample";
import { check } from "../../access";
import { accessOf, productionStacks, stacksOf } from "./fixture";

const withExceptions = (exceptions: unknown) => ({ ...sample, exceptions }) as PlatformConfig;

describe("exceptions in the config", () => {
  test("travel in the access stack's JSON, and are read back from it", () => {
    const exceptions = [
      {
        proof: "authority",
        subject: "person sample-admin",
        object: "sys/policies/acl/x",
        reason: "it runs the sample alone",
      },
    ] as const;
    const access = accessOf(stacksOf(withExceptions(exceptions)));
    expect(access.exceptions).toEqual(exceptions);
    expect(check(access)).toMatchObject({ failures: [], unused: exceptions });
  });

  test("there are none by default", () => {
    expect(resolvePlatform(sample).exceptions).toEqual([]);
  });

  test.each([
    [
      "a proof that is none",
      [{ proof: "isolatoin", subject: "person a", reason: "why" }],
      /exceptions\[0\]\.proof: given "isolatoin"; accepted: "isolation", .* Did you mean "isolation"\?/,
    ],
    ["no reason", [{ proof: "least", subject: "person a" }], /exceptions\[0\]\.reason: given nothing/],
    ["an empty reason", [{ proof: "least", subject: "person a", reason: "" }], /exceptions\[0\]\.reason: given ""/],
    ["nobody", [{ proof: "least", reason: "why" }], /exceptions\[0\]\.subject: given nothing/],
    [
      "a field that is not there",
      [{ proof: "least", subject: "person a", reason: "why", set: "x" }],
      /exceptions\[0\]\.set/,
    ],
    [
      "the same twice",
      [
        { proof: "least", subject: "a", reason: "w" },
        { proof: "least", subject: "a", reason: "w" },
      ],
      /exceptions\[1\]/,
    ],
    [
      "Terraform's template marks",
      [{ proof: "least", subject: "person a", reason: "${why}" }],
      /exceptions\[0\]\.reason/,
    ],
  ])("with %s are refused, saying where", (_, exceptions, message) => {
    expect(() => resolvePlatform(withExceptions(exceptions))).toThrow(ConfigError);
    expect(() => resolvePlatform(withExceptions(exceptions))).toThrow(message);
  });
});

test("every stack says where it belongs", () => {
  const said = Object.fromEntries(
    Object.entries(productionStacks()).map(([name, { locals }]) => [name, locals.belongs_to]),
  );
  expect(said["acme-prod-us"]).toEqual({
    platform: "acme",
    kind: "environment",
    environment: "prod-us",
    vault: "prod",
    cluster: "prod-us",
    protected: true,
  });
  expect(said["acme-access-prod"]).toMatchObject({
    platform: "acme",
    kind: "access",
    vault: "prod",
    logins: { kubernetes: "prod-eu", "kubernetes-prod-us": "prod-us" },
  });
  expect(said["acme-operator-prod-us"]).toEqual({ platform: "acme", kind: "operator", cluster: "prod-us" });
  expect(said["acme-vault-prod"]).toEqual({ platform: "acme", kind: "vault", vault: "prod", cluster: "prod-eu" });
});
