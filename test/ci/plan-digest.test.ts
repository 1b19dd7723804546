import { planDigestOf } from "./cases";

type Json = Record<string, unknown>;
type Change = Json & { change: Json };
type Plan = Json & {
  resource_changes: Change[];
  output_changes: Record<string, Json>;
  variables: Record<string, Json>;
};

const change = (more: Json): Json => ({
  actions: ["no-op"],
  before: {},
  after: {},
  after_unknown: {},
  before_sensitive: {},
  after_sensitive: {},
  ...more,
});
const data = (address: string, more: Json, at: Json = {}): Change => ({
  address,
  mode: "managed",
  type: "terraform_data",
  name: address.split(".")[1],
  provider_name: "terraform.io/builtin/terraform",
  ...at,
  change: change(more),
});
const same = (values: Json): Json => ({ before: values, after: values });

/**
 * As Terraform 1.11.4 prints a plan with a moved, a removed, an import and a data block, a new resource, an output and
 * a variable (test/live/ci.test.ts makes such plans).
 */
const real = (): Plan => ({
  format_version: "1.2",
  terraform_version: "1.11.4",
  variables: {
    kubeconfig_home: { value: "/tmp/plan-a/kubeconfig-home" },
    vault_main_address: { value: "https://vault.acme.example" },
  },
  resource_changes: [
    data(
      "data.terraform_remote_state.x",
      {
        actions: ["read"],
        before: null,
        after: { backend: "local", config: {} },
        after_unknown: { config: { path: true }, outputs: true },
      },
      { mode: "data", action_reason: "read_because_config_unknown" },
    ),
    data("terraform_data.a2", same({ id: "66a01328", input: null }), { previous_address: "terraform_data.a" }),
    data(
      "terraform_data.b",
      { actions: ["forget"], before: { id: "5da42e13", input: "1" }, after: null },
      { action_reason: "delete_because_no_resource_config" },
    ),
    data("terraform_data.c", { ...same({ id: "one", input: null }), importing: { id: "one" } }),
    data("terraform_data.d", {
      actions: ["create"],
      before: null,
      after: { input: null },
      after_unknown: { id: true },
      before_sensitive: false,
    }),
    data("terraform_data.e", same({ id: "e", input: "stays" })),
  ],
  output_changes: {
    o: change({ actions: ["create"], before: null, after: "OUT", after_unknown: false }),
    stays: change(same({ o: "stays" })),
  },
  resource_drift: [],
  relevant_attributes: [{ resource: "terraform_data.d", attribute: ["id"] }],
  timestamp: "2026-11-23T15:58:11Z",
  applyable: true,
  complete: true,
  errored: false,
});
const digest = (edit: (plan: Plan) => void = () => undefined): string => {
  const plan = real();
  edit(plan);
  return planDigestOf(JSON.stringify(plan));
};
const at = (plan: Plan, address: string): Change => plan.resource_changes.find((each) => each.address === address)!;

describe("another plan has another digest", () => {
  test.each<[string, (plan: Plan) => void]>([
    [
      "an import of another object, where nothing else changes",
      (plan) => (at(plan, "terraform_data.c").change.importing = { id: "two" }),
    ],
    ["no import", (plan) => delete at(plan, "terraform_data.c").change.importing],
    [
      "an import by identity, as of Terraform 1.12",
      (plan) => (at(plan, "terraform_data.c").change.importing = { identity: { id: "one" } }),
    ],
    [
      "an import whose id is known only later",
      (plan) => (at(plan, "terraform_data.c").change.importing = { unknown: true }),
    ],
    ["no move", (plan) => delete at(plan, "terraform_data.a2").previous_address],
    ["a move from elsewhere", (plan) => (at(plan, "terraform_data.a2").previous_address = "terraform_data.z")],
    ["destroyed, not forgotten", (plan) => (at(plan, "terraform_data.b").change.actions = ["delete"])],
    [
      "another object behind the address that is forgotten",
      (plan) => ((at(plan, "terraform_data.b").change.before as Json).id = "other"),
    ],
    ["left over from a replacement", (plan) => (at(plan, "terraform_data.b").deposed = "byebye")],
    [
      "by another provider",
      (plan) => (at(plan, "terraform_data.d").provider_name = "registry.terraform.io/mallory/terraform"),
    ],
    [
      "another thing read during the apply",
      (plan) => ((at(plan, "data.terraform_remote_state.x").change.after as Json).backend = "http"),
    ],
    ["another output", (plan) => (plan.output_changes.o!.after = "OTHER")],
    ["an output gone", (plan) => delete plan.output_changes.o],
    ["another server", (plan) => (plan.variables.vault_main_address = { value: "https://other.example" })],
  ])("%s", (_, edit) => expect(digest(edit)).not.toBe(digest()));
});

describe("the same plan has the same digest", () => {
  test.each<[string, (plan: Plan) => void]>([
    [
      "the kubeconfig of another run",
      (plan) => (plan.variables.kubeconfig_home = { value: "/tmp/plan-b/kubeconfig-home" }),
    ],
    [
      "a server's counter in what does not change",
      (plan) => Object.assign(at(plan, "terraform_data.e").change, same({ id: "e", input: "stays", version: 8 })),
    ],
    [
      "what was found different, and stays so",
      (plan) =>
        (plan.resource_drift = [
          data("terraform_data.e", { actions: ["update"], before: { version: 1 }, after: { version: 2 } }),
        ]),
    ],
    [
      "the order, the time, the version, and why",
      (plan) => (
        plan.resource_changes.reverse(),
        (plan.timestamp = "later"),
        (plan.terraform_version = "1.12.0"),
        delete at(plan, "terraform_data.b").action_reason
      ),
    ],
    ["an output that does not change", (plan) => delete plan.output_changes.stays],
    ["empty parts of a newer Terraform", (plan) => ((plan.deferred_changes = []), (plan.action_invocations = []))],
    ["an older Terraform, that does not say whether it is complete", (plan) => delete plan.complete],
  ])("%s", (_, edit) => expect(digest(edit)).toBe(digest()));

  test("an object and what is left over of it, in either order", () => {
    const left = (plan: Plan) =>
      plan.resource_changes.push(
        data("terraform_data.d", { actions: ["delete"], before: { id: "old" }, after: null }, { deposed: "0a1b2c3d" }),
      );
    expect(digest(left)).toBe(digest((plan) => (left(plan), plan.resource_changes.reverse())));
  });
});

test.each<[string, (plan: Plan) => void]>([
  ["errored", (plan) => (plan.errored = true)],
  ["not complete", (plan) => (plan.complete = false)],
  [
    "deferred_changes",
    (plan) =>
      (plan.deferred_changes = [
        { reason: "provider_config_unknown", resource_change: data("terraform_data.x", { actions: ["create"] }) },
      ]),
  ],
  [
    "action_invocations",
    (plan) => (plan.action_invocations = [{ address: "action.aws_lambda_invoke.x", type: "aws_lambda_invoke" }]),
  ],
  ["deferred_action_invocations", (plan) => (plan.deferred_action_invocations = [{}])],
])("a plan with what no reviewer saw is refused: %s", (part, edit) => {
  expect(() => digest(edit)).toThrow(`given one with: ${part}`);
});

test("what is no plan is refused, and not quoted", () => {
  for (const text of ['{"data_json": "OWNER-VALUE"', "[]"])
    expect(() => planDigestOf(text)).toThrow(
      /^the plan: given no JSON with a format_version; accepted: what terraform show -json PLAN prints\.$/,
    );
});
