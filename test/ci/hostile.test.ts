import fc from "fast-check";
import { check, code, diffComment, type AccessChange } from "../../access";
import { renderComment } from "../../ci/lib/comment";
import { renderDrift } from "../../ci/lib/drift";
import type { PlanSummary } from "../../ci/lib/plan-summary";
import { accessOf, sampleStacks } from "../access/fixture";

/** What ends code, a line, a cell or a block, and what GitHub makes something of outside code. */
const PIECES = [
  "`",
  "``",
  "\n",
  "\r\n",
  "\u2028",
  "|",
  "\\",
  "<",
  ">",
  "&",
  "\n# heading",
  "\n\n![x](http://x.example/x.png)",
  "[a](javascript:x)",
  "<img src=x onerror=x>",
  "</details>",
  "</code>",
  "</summary>",
  "<!--",
  "-->",
  "@everyone",
  "@acme/admins",
  "https://x.example",
  "www.x.example",
  "#1",
  "*",
  "_",
  "~~",
  ":tada:",
  "\u202e",
  "\u0000",
  "\ud800",
  "あ",
  "😀",
  " ",
  "a",
  "x".repeat(3000),
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 20 })), { maxLength: 8 })
  .map((pieces) => pieces.join(""));

/** A rendered text without what stands in code: what is left is the template's alone. */
function skeleton(text: string): string {
  return text.replace(/<code>[^<\n]*<\/code>/g, "<code></code>").replace(/`[^`\n]+`/g, "``");
}

const text = {
  stack: hostile,
  address: hostile,
  says: hostile,
  why: hostile,
  error: hostile,
  unreadable: hostile,
  unplanned: hostile,
  removed: hostile,
  digest: hostile,
};
type Values = { readonly [field in keyof typeof text]: string };
const PLAIN = Object.fromEntries(Object.keys(text).map((field) => [field, "plain"])) as Values;

const partsOf = ({ stack, address, says, why, error, unreadable, unplanned, removed, digest }: Values) => {
  const planned: PlanSummary = {
    stack,
    changes: [{ action: "delete", address }],
    findings: (["error", "warning", "info"] as const).map((severity) => ({ severity, address, says, why })),
    digest,
  };
  return {
    plans: [planned, { stack, changes: [], findings: [], digest: "", error }],
    unreadable: [{ stack: unreadable, why: "severity: given null; accepted: error." }],
    unplanned: [unplanned],
    removed: [removed],
    protectedStacks: new Set([stack, unreadable, unplanned]),
    checkFailed: true,
  };
};

describe("whatever a pull request calls things, it is code, and the rest is the template's", () => {
  test.each<[string, (values: Values) => string]>([
    ["the comment", (values) => renderComment({ access: "### Access\n", ...partsOf(values) })],
    ["the drift report", (values) => renderDrift(partsOf(values))],
  ])("in %s", (_, render) => {
    const template = skeleton(render(PLAIN));
    fc.assert(
      fc.property(fc.record(text), (values) => expect(skeleton(render(values))).toBe(template)),
      { numRuns: 300 },
    );
  });

  test("in the access diff", () => {
    const proofs = check(accessOf(sampleStacks()));
    const set = accessOf(sampleStacks()).sets[0]!;
    const render = (who: string, by: string, app: string, environment: string, platform: string, says: string) => {
      const changes: AccessChange[] = [
        {
          risk: "high",
          who,
          set: { ...set, app, environment, name: app },
          gained: ["read"],
          lost: ["update"],
          by: [by],
          own: false,
        },
        {
          risk: "critical",
          who,
          escalation: { name: "policies", vault: environment },
          gained: ["escalate"],
          lost: [],
          by: [by, by],
          own: false,
        },
      ];
      return diffComment(platform, changes, proofs, {
        ...proofs,
        failures: [{ proof: "isolation", subject: who, object: app, says, path: [who, by] }],
      } as never);
    };
    const template = skeleton(render("who", "by", "app", "env", "platform", "says"));
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, hostile, hostile, (...values) =>
        expect(skeleton(render(...values))).toBe(template),
      ),
      { numRuns: 300 },
    );
  });
});

describe("code", () => {
  test("is one span on one line, never empty and never longer than asked, whatever is in it", () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 10, max: 400 }), (given, most) => {
        const made = code(given, most);
        expect(made).toMatch(/^`[^`|<>\p{C}\p{Zl}\p{Zp}]+`$/u);
        expect(made).not.toMatch(/^` | `$/);
        expect(Buffer.byteLength(made)).toBeLessThanOrEqual(most + 2);
      }),
    );
  });

  test.each([
    ["vault_policy.x in acme-access-prod", "`vault_policy.x in acme-access-prod`"],
    ["a`b", "`a'b`"],
    ["a\n\n# b", "`a # b`"],
    ["a|b", "`a¦b`"],
    ["</details>", "`‹/details›`"],
    ["", "`(empty)`"],
    [" \u200b\n", "`(empty)`"],
    ["あ".repeat(100), `\`${"あ".repeat(52)}…\``],
  ])("of %j is %s", (given, shown) => {
    expect(code(given)).toBe(shown);
  });
});
