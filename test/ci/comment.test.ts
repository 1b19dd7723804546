import { LIMIT, MARKER, cutMarkdown, renderComment } from "../../ci/lib/comment";
import { failedPlan, summarizePlan, type PlanSummary } from "../../ci/lib/plan-summary";
import { definePlatform, type PlatformConfig } from "../../model";
import { CASES, commentOf, golden, planText } from "./cases";

test.each(Object.keys(CASES))("the comment of %s is the golden one (npx tsx test/ci/update-golden.ts writes it anew)", (name) => {
  expect(commentOf(CASES[name]!())).toBe(golden(name));
});

/** Five environments of fifty apps, of which a pull request touches every one. */
function large(owner: string): PlatformConfig {
  const environments = ["dev", "qa", "stg", "prod-eu", "prod-us"];
  return definePlatform({
    name: "large",
    pipelines: { issuer: "https://token.actions.githubusercontent.com", audience: "https://vault.large.example", repository: "large/vault-tenancy" },
    vaults: { main: { cluster: "home", unsafeNoTls: true } },
    clusters: { home: { context: "home", pipelines: { userPrefix: "ci:" } } },
    environments: Object.fromEntries(environments.map((name) => [name, { vault: "main", cluster: "home", protected: name.startsWith("prod") }])),
    apps: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`app-with-quite-a-long-name-${i}`, { owner, keys: ["DB_USERNAME", "DB_PASSWORD"] }])),
    people: {
      groups: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`team-${i}`, { grants: [{ access: owner === "a" ? ("read" as const) : ("write" as const), apps: [`app-with-quite-a-long-name-${i}`], environments }] }])),
      users: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`person-${i}`, { groups: [`team-${i}`] }])),
    },
  } as never);
}

function largePlan(stack: string): PlanSummary {
  const apps = Array.from({ length: 50 }, (_, i) => `app-with-quite-a-long-name-${i}`);
  return summarizePlan(stack, planText(...apps.flatMap((app) => [
    { address: `vault_kv_secret_v2.${app}_secrets_data`, actions: ["delete", "create"], before: { path: app }, after: { path: app } },
    { address: `vault_generic_endpoint.${app}_secrets_metadata`, actions: ["update"], before: { data_json: "a" }, after: { data_json: "b" } },
    { address: `kubernetes_manifest.${app}_binding_auth`, actions: ["create"], after: { manifest: {} } },
  ])));
}

describe("a pull request that touches five environments of fifty apps", () => {
  const stacks = ["large-dev", "large-qa", "large-stg", "large-prod-eu", "large-prod-us"];
  const comment = commentOf({ base: large("a"), head: large("b"), plans: stacks.map(largePlan) });

  test("has a comment of less than 60 KB, and GitHub takes it", () => {
    expect(Buffer.byteLength(comment)).toBeLessThan(LIMIT);
    expect(comment.length).toBeLessThan(65_536);
  });

  test("opens with what would be lost, and names it before what is routine", () => {
    expect(comment.split("\n").slice(0, 4).join("\n")).toContain("This would lose something for good.");
    expect(comment.indexOf("### Access to the secrets of large")).toBeLessThan(comment.indexOf("### What would be done"));
    expect(comment.indexOf("- **stop**")).toBeLessThan(comment.indexOf("<details><summary>large-dev"));
  });

  test("closes what it folds", () => {
    expect(comment.match(/<details/g)!.length).toBe(comment.match(/<\/details>/g)!.length);
  });
});

describe("the comment", () => {
  const access = "### Access to the secrets of shop: no change\n";

  test("is found by its first line, whatever is in it", () => {
    expect(renderComment({ access, plans: [] }).split("\n")[0]).toBe(MARKER);
  });

  test("says which stacks have no plan, and why", () => {
    const text = renderComment({ access, plans: [failedPlan("shop-dev", "terraform plan of shop-dev: Error: permission denied")], unplanned: ["shop-prod"] });
    expect(text).toContain("**`shop-dev` has no plan**: terraform plan of shop-dev: Error: permission denied");
    expect(text).toContain("Not planned: `shop-prod`.");
    expect(text).not.toContain("nothing");
  });

  test("shows a name or a message as it is: no markup, mention or link of a pull request's making", () => {
    const hostile = summarizePlan("shop-dev", planText({ address: "vault_thing.a`</details><img src=x>`|@everyone", actions: ["create"], after: {} }));
    const text = renderComment({ access, plans: [hostile, failedPlan("shop-prod", "<script>alert(1)</script> [click](http://x) @admins")] });
    expect(text).not.toMatch(/<img|<script|\[click\]\(/);
    expect(text).not.toMatch(/(^|[^`\w'])@(admins|everyone)/);
    expect(text.match(/<details/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
  });

  test("holds no argument's value, though the plan does", () => {
    const plan = summarizePlan("shop-dev", planText({ address: "vault_generic_endpoint.x", actions: ["update"], before: { data_json: "hunter2-before" }, after: { data_json: "hunter2-after" } }));
    expect(JSON.stringify(plan)).not.toContain("hunter2");
    expect(renderComment({ access, plans: [plan] })).not.toContain("hunter2");
  });

  test("is cut between lines, with what was open closed", () => {
    const long = `head\n<details>\n${"a line\n".repeat(1000)}</details>`;
    const cut = cutMarkdown(long, 1000);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1000);
    expect(cut.match(/<\/details>/g)).toHaveLength(1);
    expect(cut).toMatch(/\d+ more lines did not fit\.$/);
    expect(cutMarkdown("short", 1000)).toBe("short");
  });

  test("is cut whole where one language's characters are several bytes", () => {
    const text = renderComment({ access: "あ".repeat(100) + "\n" + "秘密\n".repeat(30_000), plans: [] });
    expect(Buffer.byteLength(text)).toBeLessThan(LIMIT);
    expect(text).not.toContain("\ufffd");
  });
});
