import { Policy } from "../../constructs";
import type { PolicyRule } from "../../policies/write";
import { only, synthConstructs } from "../helpers/synth";
import { onlyPolicyText } from "../helpers/vault-view";

const rule = (path: string, ...capabilities: PolicyRule["capabilities"][number][]): PolicyRule => ({
  path,
  capabilities,
});
const text = (...grants: PolicyRule[][]) =>
  onlyPolicyText(
    synthConstructs((stack) => {
      const policy = new Policy(stack, "policy", { name: "readers" });
      for (const rules of grants) policy.add(...rules);
    }),
  );

test("a policy is written once, from every grant made until synthesis, in an order of its own", () => {
  const [a, b] = [rule("kvv2/data/a", "read"), rule("kvv2/data/b", "update", "read")];
  expect(text([a], [b])).toBe(
    'path "kvv2/data/a" {\n  capabilities = ["read"]\n}\n\npath "kvv2/data/b" {\n  capabilities = ' +
      '["read", "update"]\n}\n',
  );
  expect(text([b], [a])).toBe(text([a], [b]));
  expect(text([b, a, a])).toBe(text([a], [b]));
});

test("rules from the start and later grants add up", () => {
  const json = synthConstructs((stack) =>
    new Policy(stack, "policy", { name: "readers", rules: [rule("kvv2/data/a", "read")] }).add(
      rule("kvv2/data/a", "update"),
    ),
  );
  expect(onlyPolicyText(json)).toBe(text([rule("kvv2/data/a", "read", "update")]));
});

test("a policy of the same name that somebody else made stops the apply, instead of being overwritten", () => {
  const json = synthConstructs((stack) =>
    new Policy(stack, "policy", { name: "readers" }).add(rule("kvv2/data/a", "read")),
  );
  expect(only(json, "vault_policy")).toEqual({
    name: "readers",
    allow_overwrite: false,
    policy: text([rule("kvv2/data/a", "read")]),
  });
});

test("a policy without a rule is refused at synthesis: Vault takes no empty text", () => {
  expect(() => text()).toThrow(/policy\] Policy\.rules: given an empty list; accepted: at least one rule/);
});

test.each(["kvv2/data/*/x", "/kvv2/data/x", "kvv2/data/${x}", "kvv2//x", "", 'kvv2/"x', "kvv2/+x"])(
  "a grant on %j is refused where it is made",
  (path) => {
    expect(() => text([rule(path, "read")])).toThrow(/accepted: a Vault path/);
  },
);
