import { accessOf, at, checkOf, productionStacks, rule, sampleStacks } from "./fixture";
import { PLANTED } from "./planted";

describe("proofs", () => {
  test.each([
    ["the sample", sampleStacks],
    ["production", productionStacks],
  ])("raise no false alarm on %s", (_, stacks) => {
    expect(checkOf(stacks())).toMatchObject({ failures: [], unused: [] });
  });

  test("meet at least 20 planted mistakes", () => {
    expect(PLANTED.length).toBeGreaterThanOrEqual(20);
  });

  test.each(PLANTED.map((each) => [each.mistake, each] as const))(
    "name the mistake: %s",
    (_, { stacks: fresh, plant, proof, says, step }) => {
      const stacks = fresh();
      plant(stacks);
      const named = checkOf(stacks).failures.filter((failure) => failure.proof === proof);
      expect(named.map((failure) => failure.says)).toEqual(expect.arrayContaining([expect.stringMatching(says)]));
      const finding = named.filter((failure) => says.test(failure.says)).flatMap(({ path }) => path);
      expect(finding).toEqual(expect.arrayContaining([expect.stringMatching(step)]));
    },
  );

  test("show the shortest path where there are several", () => {
    const stacks = sampleStacks();
    at(stacks, "sample-access-main", "vault_policy.group_sample-node-api-user_policy").policy += rule(
      "sys/policies/acl/*",
      "update",
    );
    at(stacks, "sample-access-main", "vault_policy.userpass_own-password").policy += rule(
      "sys/policies/acl/*",
      "update",
    );
    const [failure] = checkOf(stacks).failures.filter(({ subject }) => subject === "person sample-node-api-user");
    expect(failure?.path).toEqual([
      "person sample-node-api-user",
      "vault_userpass_auth_backend_user.user_sample-node-api-user in sample-access-main",
      "vault_policy.userpass_own-password in sample-access-main",
      'rule "sys/policies/acl/*"',
      "update sys/policies/acl/own-password",
    ]);
  });
});

describe("waivers", () => {
  const widened = () => {
    const stacks = sampleStacks();
    at(stacks, "sample-access-main", "vault_policy.group_sample-admin_policy").policy += rule(
      "sys/policies/acl/sample-*",
      "update",
    );
    return stacks;
  };

  test("excuse what they name, and stay in the report with their reason", () => {
    const stacks = widened();
    const waiver = { proof: "privilege-escalation", subject: "person sample-admin", reason: "runs the sample alone" };
    stacks["sample-access-main"].locals.metadata.waivers = [waiver];
    const { failures, waived, unused } = checkOf(stacks);
    expect(failures).toEqual([]);
    expect(waived).toEqual([{ waiver, finding: expect.objectContaining({ subject: "person sample-admin" }) }]);
    expect(unused).toEqual([]);
  });

  test.each([
    ["another proof", { proof: "least-privilege", subject: "person sample-admin", reason: "no" }],
    ["another subject", { proof: "privilege-escalation", subject: "person sample-node-api-admin", reason: "no" }],
    [
      "another object",
      { proof: "privilege-escalation", subject: "person sample-admin", object: "sys/policies/acl/other", reason: "no" },
    ],
  ])("for %s excuse nothing, and are said to be of no use", (_, waiver) => {
    const stacks = widened();
    stacks["sample-access-main"].locals.metadata.waivers = [waiver];
    const { failures, unused } = checkOf(stacks);
    expect(failures).toHaveLength(1);
    expect(unused).toEqual([waiver]);
  });
});

test("a stack that does not say where it belongs is refused", () => {
  const stacks = sampleStacks();
  delete stacks["sample-dev"].locals;
  expect(() => accessOf(stacks)).toThrow("stack sample-dev: given no locals.metadata");
});
