import { LIMIT, renderComment } from "../../ci/lib/comment";
import { failedPlan, summarizePlan, type PlanSummary } from "../../ci/lib/plan-summary";
import { definePlatform, type PlatformConfig } from "../../model";
import { JOBS, UNSAFE } from "../helpers/configs";
import { commentOf, planText } from "./cases";

/** Five environments of fifty apps, of which a pull request touches every one. */
function large(owner: string): PlatformConfig {
  const environments = ["dev", "qa", "stg", "prod-eu", "prod-us"];
  return definePlatform({
    name: "large",
    backend: { type: "s3", bucket: "large-state", region: "eu-central-1" },
    pipelines: {
      issuer: "https://token.actions.githubusercontent.com",
      audience: "https://vault.large.example",
      repository: "large/vault-tenancy",
      require: { repository_id: "1" },
    },
    vaults: { main: { cluster: "home", unsafeNoTls: true, unsafeWithout: UNSAFE } },
    clusters: { home: { context: "home", pipelines: JOBS } },
    environments: Object.fromEntries(
      environments.map((name) => [name, { vault: "main", cluster: "home", protected: name.startsWith("prod") }]),
    ),
    apps: Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [
        `app-with-quite-a-long-name-${i}`,
        { owner, keys: ["DB_USERNAME", "DB_PASSWORD"] },
      ]),
    ),
    people: {
      groups: Object.fromEntries(
        Array.from({ length: 50 }, (_, i) => [
          `team-${i}`,
          {
            grants: [
              {
                access: owner === "a" ? ("read" as const) : ("write" as const),
                apps: [`app-with-quite-a-long-name-${i}`],
                environments,
              },
            ],
          },
        ]),
      ),
      users: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`person-${i}`, { groups: [`team-${i}`] }])),
    },
  } as never);
}

function vaultAuth(app: string) {
  return {
    apiVersion: "secrets.hashicorp.com/v1beta1",
    kind: "VaultAuth",
    metadata: { namespace: app, name: app },
    spec: {},
  };
}

function largePlan(stack: string): PlanSummary {
  const apps = Array.from({ length: 50 }, (_, i) => `app-with-quite-a-long-name-${i}`);
  return summarizePlan(
    stack,
    planText(
      ...apps.flatMap((app) => [
        {
          address: `vault_kv_secret_v2.${app}_secrets_data`,
          actions: ["delete", "create"],
          before: { path: app },
          after: { path: app },
        },
        {
          address: `vault_generic_endpoint.${app}_secrets_metadata`,
          actions: ["update"],
          before: { data_json: "a" },
          after: { data_json: "b" },
        },
        {
          address: `kubernetes_manifest.${app}_binding_auth`,
          actions: ["create"],
          after: { manifest: vaultAuth(app) },
        },
      ]),
    ),
  );
}

describe("a pull request that touches five environments of fifty apps", () => {
  const stacks = ["large-dev", "large-qa", "large-stg", "large-prod-eu", "large-prod-us"];
  const comment = commentOf({ base: large("a"), head: large("b"), plans: stacks.map(largePlan) });

  test("has a comment of less than 60 KB, and GitHub takes it", () => {
    expect(Buffer.byteLength(comment)).toBeLessThan(LIMIT);
    expect(comment.length).toBeLessThan(65_536);
  });

  test("opens with what would be lost, and names it before what is routine", () => {
    expect(comment.split("\n").slice(0, 4).join("\n")).toContain(
      "This would lose something for good, or trust somebody else.",
    );
    expect(comment.indexOf("### Access to the secrets of `large`")).toBeLessThan(
      comment.indexOf("### What would be done"),
    );
    expect(comment.indexOf("- **error**")).toBeLessThan(comment.indexOf("<details><summary><code>large-dev"));
  });

  test("names each stack's most severe, and production's before the others'", () => {
    const named = (stack: string) =>
      comment
        .split(`\n**\`${stack}\``)[1]
        ?.split("\n\n")[1]
        ?.match(/^- \*\*error\*\* `vault_kv_secret_v2\.app-with/gm)?.length;
    expect(Object.fromEntries(stacks.map((stack) => [stack, named(stack)]))).toEqual(
      Object.fromEntries(stacks.map((stack) => [stack, 8])),
    );
    expect(
      [...comment.matchAll(/^\*\*`(large-[a-z-]+)`(?: \(protected\))?\*\*: 100 to look at$/gm)].map(
        ([, stack]) => stack,
      ),
    ).toEqual(["large-prod-eu", "large-prod-us", "large-dev", "large-qa", "large-stg"]);
    expect(comment.match(/^- and 92 more$/gm)).toHaveLength(5);
  });

  test("cautions of every environment, production's first", () => {
    const caution = comment.split("\n").find((line) => line.includes("This would lose"))!;
    expect(
      [...caution.matchAll(/`(large-[a-z-]+)`( \(protected\))?: `[^`]+` and 49 more/g)].map(([, stack, held]) => [
        stack,
        held !== undefined,
      ]),
    ).toEqual([
      ["large-prod-eu", true],
      ["large-prod-us", true],
      ["large-dev", false],
      ["large-qa", false],
      ["large-stg", false],
    ]);
  });

  test("counts what changes in each, in a table", () => {
    for (const stack of stacks)
      expect(comment).toMatch(new RegExp(`^\\| \`${stack}\`.* \\| 50 \\| 50 \\| 50 \\| 100 \\| error \\|`, "m"));
  });

  test("closes what it folds", () => {
    expect(comment.match(/<details/g)!.length).toBe(comment.match(/<\/details>/g)!.length);
  });
});

describe("a comment of very many or very long things", () => {
  test("names the most severe of each of a hundred stacks", () => {
    const stacks = Array.from({ length: 100 }, (_, i) => `shop-${i}`);
    const text = renderComment({
      access: "### Access\n",
      plans: stacks.map((stack) =>
        summarizePlan(stack, planText({ address: "vault_mount.kv", actions: ["delete"], before: { path: "kv" } })),
      ),
      protectedStacks: new Set(["shop-99"]),
    });
    expect(Buffer.byteLength(text)).toBeLessThan(LIMIT);
    expect(text.match(/^- \*\*error\*\* `vault_mount\.kv`/gm)).toHaveLength(100);
    expect(text.indexOf("**`shop-99` (protected)**")).toBeLessThan(text.indexOf("**`shop-0`**"));
  });

  test("is never too long, and what it leaves out is counted", () => {
    const long = "秘".repeat(5000);
    const findings = (["error", "warning", "info"] as const).flatMap((severity) =>
      Array.from({ length: 100 }, () => ({ severity, address: long, says: long, why: long })),
    );
    const plans = Array.from({ length: 300 }, (_, i) =>
      i % 2
        ? failedPlan(`shop-${i}`, long)
        : {
            stack: `shop-${i}`,
            changes: Array.from({ length: 100 }, (_, n) => ({
              action: "create" as const,
              address: `${long}${n}.${long}`,
            })),
            findings,
            digest: "a".repeat(64),
          },
    );
    const text = renderComment({
      access: `${long}\n`.repeat(10),
      plans,
      unplanned: Array.from({ length: 500 }, () => long),
      removed: Array.from({ length: 500 }, () => long),
      checkFailed: true,
      commit: "abcdef0",
    });
    expect(Buffer.byteLength(text)).toBeLessThan(LIMIT);
    expect(text).toContain("- and 138 more stacks without a plan");
    expect(text).toMatch(/did not fit/);
    expect(text.match(/<details/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
  });
});
