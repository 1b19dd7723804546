import { summarizePlan } from "../../ci/lib/plan-summary";
import { planDigestOf, planText } from "./cases";

const policy = (text: string) =>
  planText({
    address: "vault_policy.x",
    actions: ["update"],
    before: { name: "x", policy: "old" },
    after: { name: "x", policy: text },
  });
const edit = (
  text: string,
  change: (plan: { [field: string]: unknown; resource_changes: { change: { [field: string]: unknown } }[] }) => void,
) => {
  const plan = JSON.parse(text) as Parameters<typeof change>[0];
  change(plan);
  return JSON.stringify(plan);
};

describe("two plans of the same digest would do the same", () => {
  const text = policy("new");

  test.each<[string, string, boolean]>([
    ["the same plan", text, true],
    [
      "made at another time, by another version",
      edit(text, (plan) => ((plan.timestamp = "2030-01-01T00:00:00Z"), (plan.terraform_version = "1.12.0"))),
      true,
    ],
    [
      "with resources that do not change",
      edit(text, (plan) =>
        plan.resource_changes.push({
          address: "vault_policy.y",
          change: { actions: ["no-op"], before: { a: 1 }, after: { a: 1 } },
        } as never),
      ),
      true,
    ],
    [
      "where a server has counted on, before and after alike",
      edit(text, (plan) =>
        Object.assign(plan.resource_changes[0]!.change, {
          before: { name: "x", policy: "old", version: 8 },
          after: { name: "x", policy: "new", version: 8 },
        }),
      ),
      true,
    ],
    ["another text", policy("newer"), false],
    [
      "another starting point",
      edit(text, (plan) => (plan.resource_changes[0]!.change.before = { name: "x", policy: "older" })),
      false,
    ],
    ["another action", edit(text, (plan) => (plan.resource_changes[0]!.change.actions = ["delete", "create"])), false],
    [
      "one change more",
      planText(
        {
          address: "vault_policy.x",
          actions: ["update"],
          before: { name: "x", policy: "old" },
          after: { name: "x", policy: "new" },
        },
        { address: "vault_policy.z", actions: ["create"], after: {} },
      ),
      false,
    ],
    ["one change fewer", planText(), false],
    [
      "something known only later",
      edit(text, (plan) => (plan.resource_changes[0]!.change.after_unknown = { policy: true })),
      false,
    ],
  ])("%s", (_, other, same) => {
    expect(planDigestOf(other) === planDigestOf(text)).toBe(same);
  });

  test(
    "what Terraform calls sensitive counts: the Vault provider calls metadata so, and another " +
      "owner is another plan",
    () => {
      const secret = (value: string) =>
        edit(policy(value), (plan) =>
          Object.assign(plan.resource_changes[0]!.change, {
            after_sensitive: { policy: true },
            before_sensitive: { policy: true },
          }),
        );
      expect(planDigestOf(secret("a"))).not.toBe(planDigestOf(secret("b")));
      expect(planDigestOf(secret("a"))).toBe(planDigestOf(secret("a")));
    },
  );

  test("the order of resources does not count", () => {
    const [a, b] = ["a", "b"].map((name) => ({
      address: `vault_policy.${name}`,
      actions: ["create"],
      after: { name },
    }));
    expect(planDigestOf(planText(a!, b!))).toBe(planDigestOf(planText(b!, a!)));
  });
});

test("a summary has the most severe first, and what drifted is not counted as planned", () => {
  const { changes } = summarizePlan(
    "s",
    planText(
      { address: "vault_policy.b", actions: ["create"], after: {} },
      { address: "vault_policy.a", actions: ["delete"], before: {} },
      { address: "vault_policy.c", actions: ["create", "delete"], before: {}, after: {} },
    ),
  );
  expect(changes.map(({ action, address }) => `${action} ${address}`)).toEqual([
    "delete vault_policy.a",
    "replace vault_policy.c",
    "create vault_policy.b",
  ]);
});

test("what is no plan is refused, with what to run", () => {
  expect(() => summarizePlan("s", "{}")).toThrow("terraform show -json PLAN");
  expect(() => planDigestOf("no")).toThrow("terraform show -json PLAN");
});
