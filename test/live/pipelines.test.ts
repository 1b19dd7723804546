import { TestIssuer, type Claims } from "./ci-tokens";
import { AccessLoader, stacksOf, vaultSide } from "./load-access";
import { nonprodPlatform } from "./nonprod-platform";
import { describeLive, startVault, type VaultServer } from "./servers";

const PLAN = "plan-acme-dev";
const WATCH = "watch-acme-dev";
const APPLY = "apply-acme-dev";

describeLive(["vault"], "the CI's jobs", () => {
  let server: VaultServer;
  const ci = new TestIssuer();

  beforeAll(async () => {
    server = await startVault({ storage: "dev" });
    await new AccessLoader(server).apply(vaultSide(stacksOf(nonprodPlatform(server, ci))));
  });

  describe("a token that matches", () => {
    const stacks = ["acme-dev", "acme-access-nonprod", "acme-stg"];
    test.each(
      stacks.flatMap((stack) =>
        ["plan", "watch", "apply"].map((purpose) => [
          `${purpose}-${stack}`,
          `${purpose === "watch" ? "plan" : purpose}-${stack}`,
        ]),
      ),
    )("%s: the policy %s alone, for five minutes", async (role, policy) => {
      const { status, body } = await ci.login(server, role, ci.token(ci.claims(role)));
      expect([status, body.auth?.policies, body.auth?.lease_duration, body.auth?.token_type]).toEqual([
        200,
        [policy],
        300,
        "service",
      ]);
    });

    test("is not renewed beyond", async () => {
      const token = await ci.job(server, APPLY);
      expect((await server.request("POST", "auth/token/renew-self", { token, body: { increment: "1h" } })).status).toBe(
        403,
      );
    });

    test("ends itself", async () => {
      const token = await ci.job(server, PLAN);
      expect((await server.request("POST", "auth/token/revoke-self", { token })).status).toBe(204);
      expect((await server.request("GET", "auth/token/lookup-self", { token })).status).toBe(403);
    });

    test("an array of audiences with the right one among them is taken, as the standard says", async () => {
      const { status } = await ci.login(
        server,
        PLAN,
        ci.token(ci.claims(PLAN, { aud: ["https://vault.acme.example", "https://other.example"] })),
      );
      expect(status).toBe(200);
    });

    test.each(["push", "schedule", "workflow_dispatch"])(
      "a watch is taken after %s, of the protected branch",
      async (event_name) => {
        const { status, body } = await ci.login(server, WATCH, ci.token(ci.claims(WATCH, { event_name })));
        expect([status, body.auth?.policies]).toEqual([200, [PLAN]]);
      },
    );
  });

  describe("a login is refused", () => {
    const seconds = () => Math.floor(Date.now() / 1000);
    const claims: [string, string, () => Claims][] = [
      ["of another repository", APPLY, () => ci.claims(APPLY, { repository: "acme/other" })],
      [
        "of a fork",
        PLAN,
        () =>
          ci.claims(PLAN, { repository: "mallory/vault-tenancy", repository_owner: "mallory", repository_id: "99" }),
      ],
      ["of a new repository of the same name", PLAN, () => ci.claims(PLAN, { repository_id: "99" })],
      ["of a repository in other letters", APPLY, () => ci.claims(APPLY, { repository: "Acme/vault-tenancy" })],
      ["of a repository that only begins so", APPLY, () => ci.claims(APPLY, { repository: "acme/vault-tenancy-2" })],
      ["of a pattern in the claim", APPLY, () => ci.claims(APPLY, { repository: "acme/*" })],
      ["of another branch", APPLY, () => ci.claims(APPLY, { ref: "refs/heads/feature" })],
      ["of a tag called main", APPLY, () => ci.claims(APPLY, { ref: "refs/tags/main" })],
      [
        "of a pull request's reference",
        APPLY,
        () => ci.claims(APPLY, { ref: "refs/pull/7/merge", event_name: "pull_request" }),
      ],
      ["of a pull request that claims the branch", APPLY, () => ci.claims(APPLY, { event_name: "pull_request" })],
      [
        "of pull_request_target, with a plan's role",
        PLAN,
        () => ci.claims(PLAN, { event_name: "pull_request_target", ref: "refs/heads/main" }),
      ],
      [
        "of pull_request_target, with an apply's role",
        APPLY,
        () => ci.claims(APPLY, { event_name: "pull_request_target" }),
      ],
      [
        "of a pull request's plan after a push",
        PLAN,
        () => ci.claims(PLAN, { event_name: "push", ref: "refs/heads/main" }),
      ],
      [
        "of a pull request's plan after a schedule",
        PLAN,
        () => ci.claims(PLAN, { event_name: "schedule", ref: "refs/heads/main" }),
      ],
      [
        "of a pull request's plan by hand",
        PLAN,
        () => ci.claims(PLAN, { event_name: "workflow_dispatch", ref: "refs/heads/feature" }),
      ],
      [
        "of a pull request, with a watch's role",
        WATCH,
        () => ci.claims(WATCH, { ref: "refs/pull/7/merge", event_name: "pull_request" }),
      ],
      [
        "of a pull request that claims the branch, with a watch's role",
        WATCH,
        () => ci.claims(WATCH, { event_name: "pull_request" }),
      ],
      [
        "of pull_request_target, with a watch's role",
        WATCH,
        () => ci.claims(WATCH, { event_name: "pull_request_target" }),
      ],
      [
        "of another branch, with a watch's role",
        WATCH,
        () => ci.claims(WATCH, { ref: "refs/heads/feature", event_name: "workflow_dispatch" }),
      ],
      ["of a tag called main, with a watch's role", WATCH, () => ci.claims(WATCH, { ref: "refs/tags/main" })],
      ["of a token without reference, with a watch's role", WATCH, () => ci.claims(WATCH, { ref: undefined })],
      [
        "of the plan's environment with the watch's role, whatever else is right",
        WATCH,
        () => ci.claims(WATCH, { environment: PLAN }),
      ],
      [
        "of the apply's environment with the watch's role, whatever else is right",
        WATCH,
        () => ci.claims(WATCH, { environment: APPLY }),
      ],
      ["of a watch's claims with the plan's role", PLAN, () => ci.claims(WATCH)],
      ["of a watch's claims with the apply's role", APPLY, () => ci.claims(WATCH)],
      ["of a watch of another environment", "watch-acme-stg", () => ci.claims(WATCH)],
      [
        "of a fork, with a watch's role",
        WATCH,
        () => ci.claims(WATCH, { repository: "mallory/vault-tenancy", repository_id: "99" }),
      ],
      ["of an apply after a schedule", APPLY, () => ci.claims(APPLY, { event_name: "schedule" })],
      ["of a plan's claims with the apply's role", APPLY, () => ci.claims(PLAN)],
      ["of an apply's claims with the plan's role", PLAN, () => ci.claims(APPLY)],
      ["of another environment's apply", "apply-acme-stg", () => ci.claims(APPLY)],
      ["of an environment's apply with the access stack's role", "apply-acme-access-nonprod", () => ci.claims(APPLY)],
      [
        "of a job without a deployment environment",
        PLAN,
        () => ci.claims(PLAN, { environment: undefined, sub: "repo:acme/vault-tenancy:pull_request" }),
      ],
      ["of a list of environments", APPLY, () => ci.claims(APPLY, { environment: ["dev-test", "other"] })],
      ["of a token without repository", PLAN, () => ci.claims(PLAN, { repository: undefined })],
      ["of a token without reference", APPLY, () => ci.claims(APPLY, { ref: undefined })],
      ["of a token without subject", PLAN, () => ci.claims(PLAN, { sub: undefined })],
      ["for another audience", PLAN, () => ci.claims(PLAN, { aud: "https://github.com/acme" })],
      ["for no audience", PLAN, () => ci.claims(PLAN, { aud: undefined })],
      ["of another issuer", PLAN, () => ci.claims(PLAN, { iss: "https://token.actions.example.com" })],
      ["of no issuer", PLAN, () => ci.claims(PLAN, { iss: undefined })],
      [
        "of an expired token",
        PLAN,
        () => ci.claims(PLAN, { iat: seconds() - 1200, nbf: seconds() - 1200, exp: seconds() - 600 }),
      ],
      [
        "of a token that is not yet valid",
        PLAN,
        () => ci.claims(PLAN, { nbf: seconds() + 600, iat: seconds() + 600, exp: seconds() + 900 }),
      ],
      ["with a role that there is not", "apply-acme-prod-eu", () => ci.claims("apply-acme-prod-eu")],
      ["without a role", "", () => ci.claims(APPLY)],
    ];

    test.each(claims)("%s", async (_, role, made) => {
      const { status, body } = await ci.login(server, role, ci.token(made()));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(body.auth).toBeUndefined();
    });

    test.each(["stranger", "none", "public key as MAC"] as const)("of the right claims, signature: %s", async (how) => {
      const { status, body } = await ci.login(server, APPLY, ci.token(ci.claims(APPLY), how));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body.auth).toBeUndefined();
    });

    test("of right claims put over another token's signature", async () => {
      const [head, , signature] = ci.token(ci.claims(PLAN)).split(".");
      const [, claimed] = ci.token(ci.claims(APPLY)).split(".");
      expect((await ci.login(server, APPLY, `${head}.${claimed}.${signature}`)).status).toBeGreaterThanOrEqual(400);
    });

    test("of a workload's token: the cluster's issuer is another mount", async () => {
      const workload = ci.token({
        ...ci.claims(PLAN),
        iss: "https://cluster.example",
        sub: "system:serviceaccount:storefront-dev:storefront-vault-operator-sa",
        aud: "vault",
      });
      expect((await ci.login(server, PLAN, workload)).status).toBeGreaterThanOrEqual(400);
    });
  });
});
