import { TestIssuer } from "./ci-tokens";
import { AccessLoader, stacksOf, vaultSide } from "./load-access";
import { nonprodPlatform } from "./nonprod-platform";
import { describeLive, startVault, type VaultServer } from "./servers";

const PLAN = "plan-acme-dev";
const WATCH = "watch-acme-dev";
const APPLY = "apply-acme-dev";

describeLive(["vault"], "what the CI's jobs may do", () => {
  let server: VaultServer;
  const ci = new TestIssuer();

  beforeAll(async () => {
    server = await startVault({ storage: "dev" });
    await new AccessLoader(server).apply(vaultSide(stacksOf(nonprodPlatform(server, ci))));
  });

  const set = (environment: string) => `acme/storefront/storefront-${environment}`;
  const status = async (token: string, method: string, path: string, body?: unknown) =>
    (await server.request(method, path, { token, body })).status;

  test.each([PLAN, WATCH, APPLY, "plan-acme-access-nonprod", "watch-acme-access-nonprod", "apply-acme-access-nonprod"])(
    "%s reads, lists, changes and deletes no value",
    async (role) => {
      const token = await ci.job(server, role);
      for (const environment of ["dev", "stg"]) {
        const path = set(environment);
        const requests: [string, string, unknown?][] = [
          ["GET", `apps/data/${path}`],
          ["GET", `apps/subkeys/${path}`],
          ["LIST", "apps/metadata/acme"],
          ["POST", `apps/data/${path}`, { data: { DB_PASSWORD: "mallory" } }],
          ["PATCH", `apps/data/${path}`, { data: { DB_PASSWORD: "mallory" } }],
          ["DELETE", `apps/data/${path}`],
          ["POST", `apps/delete/${path}`, { versions: [1] }],
          ["POST", `apps/undelete/${path}`, { versions: [1] }],
          ["POST", `apps/destroy/${path}`, { versions: [1] }],
          ["DELETE", `apps/metadata/${path}`],
        ];
        for (const [method, at, body] of requests)
          expect([method, at, await status(token, method, at, body)]).toEqual([method, at, 403]);
      }
    },
  );

  test.each([PLAN, WATCH])("%s reads its environment's metadata, and no other's", async (role) => {
    const token = await ci.job(server, role);
    expect([
      await status(token, "GET", `apps/metadata/${set("dev")}`),
      await status(token, "GET", `apps/metadata/${set("stg")}`),
    ]).toEqual([200, 403]);
  });

  test("a watch may what its plan may, path by path of every policy there is", async () => {
    const texts = Object.values(vaultSide(stacksOf(nonprodPlatform(server, ci)))).flatMap(({ resource }) =>
      Object.values((resource?.vault_policy ?? {}) as Record<string, { policy: string }>).map(({ policy }) => policy),
    );
    const paths = [
      ...new Set(
        texts.flatMap((text) =>
          [...text.matchAll(/^path "([^"]+)"/gm)]
            .map(([, path]) => path!.replaceAll("+", "x").replace(/\*$/, "x"))
            .filter((path) => !path.includes("{{")),
        ),
      ),
    ];
    const may = async (role: string) =>
      (
        await server.ok<{ data: object }>("POST", "sys/capabilities", {
          body: { token: await ci.job(server, role), paths },
        })
      ).data;
    for (const stack of ["acme-dev", "acme-access-nonprod"]) {
      const plan = await may(`plan-${stack}`);
      expect(await may(`watch-${stack}`)).toEqual(plan);
      expect(await may(`apply-${stack}`)).not.toEqual(plan);
    }
    expect(paths.length).toBeGreaterThan(50);
  });

  test("an environment's apply changes no policy, role, group, user, auth method or mount", async () => {
    const token = await ci.job(server, APPLY);
    const requests: [string, string, unknown?][] = [
      ["PUT", "sys/policies/acl/storefront-dev", { policy: 'path "*" { capabilities = ["read"] }' }],
      ["PUT", `sys/policies/acl/${APPLY}`, { policy: 'path "*" { capabilities = ["read"] }' }],
      [
        "POST",
        `auth/jwt-ci/role/${APPLY}`,
        {
          role_type: "jwt",
          user_claim: "sub",
          bound_audiences: ["x"],
          token_policies: ["apply-acme-access-nonprod"],
        },
      ],
      [
        "POST",
        "auth/kubernetes-nonprod/role/storefront-dev",
        { role_type: "jwt", user_claim: "sub", bound_audiences: ["x"] },
      ],
      ["POST", "auth/jwt-ci/config", { jwt_validation_pubkeys: [ci.publicKey] }],
      ["POST", "identity/group", { name: "mine", policies: ["platform-admin"] }],
      ["POST", "identity/entity", { name: "mine", policies: ["platform-admin"] }],
      ["POST", "auth/userpass/users/mine", { password: "x", token_policies: ["platform-admin"] }],
      ["POST", "auth/userpass/users/jonas.weber/password", { password: "x" }],
      ["POST", "sys/auth/mine", { type: "userpass" }],
      ["POST", "sys/mounts/apps/tune", { description: "x" }],
      ["DELETE", "sys/mounts/apps"],
      ["POST", "sys/remount", { from: "apps", to: "mine" }],
      ["POST", "auth/token/create", {}],
      ["DELETE", "sys/audit/file-stdout"],
    ];
    for (const [method, path, body] of requests)
      expect([method, path, await status(token, method, path, body)]).toEqual([method, path, 403]);
  });

  test(
    "what Vault cannot hold back: the access stack's apply can grant itself anything, which is " +
      "why people approve it",
    async () => {
      const token = await ci.job(server, "apply-acme-access-nonprod");
      expect(
        await status(token, "PUT", "sys/policies/acl/plan-acme-stg", {
          policy: `path "apps/data/${set("stg")}" {\n  capabilities = ["read"]\n}\n`,
        }),
      ).toBe(204);
      expect(await status(await ci.job(server, "plan-acme-stg"), "GET", `apps/data/${set("stg")}`)).toBe(200);
    },
  );
});
