import { LIMIT, MARKER, cutMarkdown, parseCommit, renderComment, type PlansState } from "../../ci/lib/comment";
import { failedPlan, summarizePlan, type PlanSummary } from "../../ci/lib/plan-summary";
import { definePlatform, type PlatformConfig } from "../../model";
import { CASES, commentOf, golden, planText } from "./cases";

test.each(Object.keys(CASES))(
  "the comment of %s is the golden one (npx tsx test/ci/update-golden.ts writes it anew)",
  (name) => {
    expect(commentOf(CASES[name]!())).toBe(golden(name));
  },
);

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
    },
    vaults: { main: { cluster: "home", unsafeNoTls: true } },
    clusters: { home: { context: "home", pipelines: { userPrefix: "ci:" } } },
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
        { address: `kubernetes_manifest.${app}_binding_auth`, actions: ["create"], after: { manifest: {} } },
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
    expect(comment.split("\n").slice(0, 4).join("\n")).toContain("This would lose something for good.");
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

describe("the comment", () => {
  const access = "### Access to the secrets of `shop`: no change\n";
  const plan = (stack: string) =>
    summarizePlan(stack, planText({ address: "vault_policy.x", actions: ["create"], after: {} }));

  test("is found by its first line, whatever is in it", () => {
    expect(renderComment({ access, plans: [], checkFailed: true }).split("\n")[0]).toBe(MARKER);
  });

  test("says of which commit it is", () => {
    expect(
      renderComment({ access, plans: [], commit: parseCommit("ABC1234def5678901234567890123456789012ab") }),
    ).toContain("\n\nOf commit `abc1234`.\n\n");
    expect(renderComment({ access, plans: [] })).not.toContain("Of commit");
  });

  test.each(["", "main", "abc", "g".repeat(40), `${"a".repeat(40)}\n# heading`, "a".repeat(65)])(
    "takes %j for no commit, and says what is one",
    (given) => {
      expect(() => parseCommit(given)).toThrow(
        /^--commit: given .*; accepted: a commit's hash, 7 to 64 hexadecimal digits\. git rev-parse HEAD/,
      );
    },
  );

  test("says which stacks have no plan, and why", () => {
    const text = renderComment({
      access,
      plans: [failedPlan("shop-dev", "terraform plan of shop-dev: Error: permission denied")],
      unplanned: ["shop-prod"],
    });
    expect(text).toContain("`shop-dev` has no plan: `terraform plan of shop-dev: Error: permission denied`");
    expect(text).toContain("No plan of `shop-prod`: no summary came from its plan job");
    expect(text).toContain("### What would be done: not all plans are there");
  });

  test.each<[PlansState, string, string]>([
    [
      "made",
      "not all plans are there",
      "No plan of `shop-dev`, `shop-prod`: no summary came from their plan jobs, which failed " +
        "early, or which nobody let run.",
    ],
    [
      "pending",
      "not planned yet",
      "The plans of `shop-dev`, `shop-prod` wait for an approval. This comment is written again after them.",
    ],
    ["none", "not planned", "Touched, and not planned: `shop-dev`, `shop-prod`. No plan is made of this commit"],
  ])("of plans that are %s says so, and nothing that can be true only of others", (state, heading, words) => {
    const text = renderComment({ access, plans: [], unplanned: ["shop-dev", "shop-prod"], state });
    expect(text).toContain(`### What would be done: ${heading}\n`);
    expect(text).toContain(words);
    expect(text.match(/wait for an approval|nobody let run|No plan is made|fork/g)).toHaveLength(1);
  });

  test("says of a protected stack without a plan that it is one, and first", () => {
    const text = renderComment({
      access,
      plans: [failedPlan("shop-qa", "no"), failedPlan("shop-prod", "no")],
      unplanned: ["shop-dev", "shop-access"],
      protectedStacks: new Set(["shop-prod", "shop-access"]),
    });
    expect(text).toContain("- `shop-prod` (protected) has no plan: `no`\n- `shop-qa` has no plan: `no`");
    expect(text).toContain("No plan of `shop-access` (protected), `shop-dev`: ");
  });

  test("calls nothing what is only not known", () => {
    expect(renderComment({ access, plans: [], unplanned: [] })).toContain(
      "### What would be done: nothing, no stack is touched\n",
    );
    expect(renderComment({ access, plans: [summarizePlan("shop-dev", planText())] })).toContain(
      "### What would be done: nothing\n",
    );
    expect(
      renderComment({ access, plans: [summarizePlan("shop-dev", planText())], unplanned: ["shop-prod"] }),
    ).not.toContain("nothing\n");
    expect(renderComment({ access: undefined, plans: [] })).toContain("### What would be done: not known\n");
    expect(renderComment({ access, plans: [plan("shop-dev")], unplanned: ["shop-prod"] })).toContain(
      "make 1 in 1 stack; 1 stack without a plan\n",
    );
  });

  test("says first that the checks did not pass, and shows the access diff all the same", () => {
    const text = renderComment({ access, plans: [], checkFailed: true, state: "none", unplanned: ["shop-dev"] });
    expect(text.split("\n\n")[1]).toMatch(
      /^> \[!WARNING\]\n> \*\*The checks of this commit did not pass\*\*.*Merge and apply nothing of it/,
    );
    expect(text).toContain("### Access to the secrets of `shop`: no change");
  });

  test("says that a commit has no synthesis, instead of nothing", () => {
    const text = renderComment({ access: undefined, plans: [], checkFailed: true });
    expect(text).toContain("### Access to the secrets: not known\n\nThis commit has no synthesis that can be judged");
    expect(text).not.toMatch(/no change|nothing, /);
  });

  test("says which stacks are taken out, and that nothing destroys them", () => {
    expect(renderComment({ access, plans: [], removed: ["shop-old"] })).toContain(
      "Taken out: `shop-old`. Nothing destroys what it made; its state stays until somebody",
    );
    expect(renderComment({ access, plans: [], removed: [] })).not.toContain("Taken out");
  });

  test("holds no argument's value, though the plan does", () => {
    const plan = summarizePlan(
      "shop-dev",
      planText({
        address: "vault_generic_endpoint.x",
        actions: ["update"],
        before: { data_json: "hunter2-before" },
        after: { data_json: "hunter2-after" },
      }),
    );
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
