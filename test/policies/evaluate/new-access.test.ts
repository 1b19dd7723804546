import fc from "fast-check";
import { newAccess } from "../../../policies/evaluate";
import type { Capability } from "../../../policies/write/document";
import { Acl } from "../../../policies/evaluate/acl";
import { readPolicy } from "../../../policies/evaluate/read";
import { matchingPath, requestPath, rules, toHcl, type RawRule } from "./arbitraries";
import { rule } from "../../access/fixture";

const words = (before: string, after: string) =>
  newAccess(before, after).map(({ rule: path, capabilities }) => `${capabilities.join(" ")} on ${path}`);

describe("a policy is widened", () => {
  test.each([
    ["by a rule that was not there", rule("a/b", "read"), rule("a/b", "read") + rule("a/c", "read"), ["read on a/c"]],
    ["by a capability", rule("a/b", "read"), rule("a/b", "read", "update"), ["update on a/b"]],
    ["by a wildcard", rule("a/b", "read"), rule("a/b*", "read"), ["read on a/b*"]],
    ["by a + where a name was", rule("a/b/c", "read"), rule("a/+/c", "read"), ["read on a/+/c"]],
    ["by a removed deny", rule("a/*", "read") + rule("a/secret", "deny"), rule("a/*", "read"), ["read on a/*"]],
    [
      "by a narrower allow below a deny",
      rule("a/*", "deny"),
      rule("a/*", "deny") + rule("a/b", "read"),
      ["read on a/b"],
    ],
    [
      "by a deny that a longer prefix now loses to",
      rule("a/*", "read") + rule("a/b/*", "deny"),
      rule("a/*", "read") + rule("a/b/*", "deny") + rule("a/b/c*", "read"),
      ["read on a/b/c*"],
    ],
    [
      "where two rules meet",
      rule("+/b", "read") + rule("a/+", "deny"),
      rule("+/b", "read") + rule("c/+", "deny"),
      ["read on +/b"],
    ],
    ["by sudo", rule("sys/audit", "read"), rule("sys/audit", "read", "sudo"), ["sudo on sys/audit"]],
    [
      "for the person that a template stands for",
      rule("a/{{identity.entity.name}}", "read"),
      rule("a/{{identity.entity.name}}/*", "read"),
      ["read on a/any-identity-entity-name/*"],
    ],
    ["from nothing", "", rule("a/b", "read"), ["read on a/b"]],
  ])("%s", (_, before, after, expected) => {
    expect(words(before, after)).toEqual(expected);
  });

  test("by limits that are gone", () => {
    const limited = 'path "a/b" {\n  capabilities = ["update"]\n  allowed_parameters = {\n    "ttl" = ["1h"]\n  }\n}\n';
    expect(newAccess(limited, rule("a/b", "update"))).toEqual([
      { rule: "a/b", path: "a/b", capabilities: [], unlimited: true },
    ]);
    expect(newAccess(rule("a/b", "update"), limited)).toEqual([]);
  });
});

describe("a policy is not widened", () => {
  test.each([
    [
      "by the order of its rules and capabilities",
      rule("a/b", "read", "list") + rule("a/c", "read"),
      rule("a/c", "read") + rule("a/b", "list", "read"),
    ],
    ["by a comment", rule("a/b", "read"), `# why\n${rule("a/b", "read")}`],
    ["by a rule that a wider one has already", rule("a/*", "read"), rule("a/*", "read") + rule("a/b", "read")],
    ["by a new deny", rule("a/*", "read"), rule("a/*", "read") + rule("a/b", "deny")],
    ["by a rule taken away", rule("a/b", "read") + rule("a/c", "read"), rule("a/b", "read")],
    ["by the same rule written twice", rule("a/b", "read", "update"), rule("a/b", "read") + rule("a/b", "update")],
    [
      "by a rule that hides a wider one",
      rule("a/*", "read", "update"),
      rule("a/*", "read", "update") + rule("a/b", "read"),
    ],
  ])("%s", (_, before, after) => {
    expect(words(before, after)).toEqual([]);
  });
});

test("of policies of any kind, no widening is overlooked, and none is made up", () => {
  const acl = (text: readonly RawRule[]) => Acl.of([{ name: "policy", policy: readPolicy(toHcl(text)) }]);
  const held = (list: Acl, path: string): Capability[] => [
    ...(list.allows("list", path).rule?.capabilities ?? []).filter((each) => each === "list"),
    ...(list.allows("read", path).rule?.capabilities ?? []).filter((each) => each !== "list" && each !== "deny"),
  ];
  const gains = (before: Acl, after: Acl, path: string) => {
    const former = held(before, path);
    return held(after, path).filter((each) => !former.includes(each));
  };
  const asked = rules().chain((before) =>
    fc
      .oneof(
        rules(),
        fc.shuffledSubarray(before, { minLength: 1 }),
        rules().map((more) => [...before, ...more]),
      )
      .chain((after) =>
        fc.record({
          before: fc.constant(before),
          after: fc.constant(after),
          path: fc.oneof(requestPath(), ...[...before, ...after].map(({ path }) => matchingPath(path))),
        }),
      ),
  );
  let widened = 0;
  fc.assert(
    fc.property(asked, ({ before, after, path }) => {
      const [old, now] = [acl(before), acl(after)];
      const found = newAccess(toHcl(before), toHcl(after));
      if (gains(old, now, path).length > 0) {
        widened++;
        expect(found).not.toEqual([]);
      }
      const madeUp = found.filter(
        ({ path: shows, capabilities }) => !gains(old, now, shows).some((each) => capabilities.includes(each)),
      );
      expect(madeUp).toEqual([]);
    }),
    { seed: 20_251_123, numRuns: 3_000 },
  );
  expect(widened).toBeGreaterThan(300);
});
