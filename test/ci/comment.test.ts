import { LIMIT, MARKER, cutMarkdown, parseCommit, renderComment, type PlansState } from "../../ci/lib/comment";
import { failedPlan, summarizePlan } from "../../ci/lib/plan-summary";
import { CASES, commentOf, golden, planText } from "./cases";

test.each(Object.keys(CASES))(
  "the comment of %s is the golden one (npx tsx test/ci/update-golden.ts writes it anew)",
  (name) => {
    expect(commentOf(CASES[name]!())).toBe(golden(name));
  },
);

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

  test.each(["main", "abc", "g".repeat(40), `${"a".repeat(40)}\n# heading`, "a".repeat(65)])(
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
