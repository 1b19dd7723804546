import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { UsageError } from "../../cli/ops/errors";
import { failedPlan, summarizePlan } from "../../ci/lib/plan-summary";
import { parseSummary, readSummaries } from "../../ci/lib/read-summary";
import { planText } from "./cases";

const made = summarizePlan(
  "shop-dev",
  planText(
    { address: "vault_mount.kv", actions: ["delete"], before: { path: "kv" } },
    { address: "vault_policy.x", actions: ["create"], after: {} },
  ),
);
const [stop] = made.findings;

test("what ci/plan writes is read as it was", () => {
  expect(parseSummary(JSON.stringify(made), "shop-dev")).toEqual(made);
  expect(stop?.severity).toBe("error");
  const beyond = { ...made, beyondPlan: made.findings };
  expect(parseSummary(JSON.stringify(beyond), "shop-dev")).toEqual(beyond);
  const failed = failedPlan("shop-dev", "Error: permission denied\nsecond line");
  expect(parseSummary(JSON.stringify(failed), "shop-dev")).toEqual(failed);
});

test("a field that it does not know is left out: another version may write one", () => {
  expect(parseSummary(JSON.stringify({ ...made, later: "# heading" }))).toEqual(made);
});

const EVIL = "# x\n![y](z) @all";

test.each<[string, unknown, RegExp]>([
  ["no object", [made], /^the file: given a list of 1; accepted: an object\.$/],
  [
    "another stack's name",
    { ...made, stack: "shop-prod" },
    /^stack: given another stack's name; accepted: the name that its file has\.$/,
  ],
  [
    "no stack's name",
    { ...made, stack: `shop-dev\n${EVIL}` },
    /^stack: given a text of \d+ characters; accepted: a stack's name\.$/,
  ],
  ["a name that is too long", { ...made, stack: "a".repeat(129) }, /^stack: given a text of 129 characters/],
  ["no list", { ...made, changes: { length: 1 } }, /^changes: given an object; accepted: a list of at most 50000\.$/],
  [
    "too long a list",
    { ...made, changes: Array.from({ length: 50_001 }, () => made.changes[0]) },
    /^changes: given a list of 50001/,
  ],
  ["no findings", { ...made, findings: undefined }, /^findings: given nothing/],
  [
    "another action",
    { ...made, changes: [{ action: EVIL, address: "a.b" }] },
    new RegExp(
      /^changes\[0\]\.action: given a text of \d+ characters; /.source +
        /accepted: delete, replace, forget, update, create, import\.$/.source,
    ),
  ],
  [
    "an address that is a number",
    { ...made, changes: [{ action: "create", address: 1e999 }] },
    /^changes\[0\]\.address: given null; accepted: a text/,
  ],
  [
    "a long address",
    { ...made, changes: [{ action: "create", address: "a".repeat(1001) }] },
    /^changes\[0\]\.address: given a text of 1001 characters; accepted: a text of at most 1000 characters\.$/,
  ],
  [
    "another severity",
    { ...made, findings: [{ ...stop, severity: EVIL }] },
    /^findings\[0\]\.severity: given a text of \d+ characters; accepted: error, warning, info\.$/,
  ],
  [
    "a severity of the prototype",
    { ...made, findings: [{ ...stop, severity: "toString" }] },
    /^findings\[0\]\.severity/,
  ],
  [
    "words that are a list",
    { ...made, findings: [{ ...stop, says: [EVIL] }] },
    /^findings\[0\]\.says: given a list of 1; accepted: a text/,
  ],
  [
    "words that are endless",
    { ...made, findings: [{ ...stop, why: "a".repeat(100_001) }] },
    /^findings\[0\]\.why: given a text of 100001 characters/,
  ],
  ["a finding that is null", { ...made, findings: [null] }, /^findings\[0\]: given null; accepted: an object\.$/],
  [
    "another digest",
    { ...made, digest: `${"a".repeat(63)}\n` },
    /^digest: given a text of 64 characters; accepted: 64 hexadecimal digits\.$/,
  ],
  ["no digest", { ...made, digest: "" }, /^digest: given a text of 0 characters/],
  [
    "an error beside a plan",
    { ...made, error: EVIL },
    /^error: given an error beside a plan; accepted: either of them\.$/,
  ],
  [
    "what no plan shows, of no severity",
    { ...made, beyondPlan: [{ severity: EVIL }] },
    /^beyondPlan\[0\]\.severity: given a/,
  ],
  ["what no plan shows beside an error", { ...failedPlan("shop-dev", EVIL), beyondPlan: [] }, /^error: given an error/],
  ["an error that is an object", { ...failedPlan("shop-dev", ""), error: {} }, /^error: given an object/],
])("%s is refused, in words that show nothing of it", (_, given, words) => {
  const refused = (() => {
    try {
      return parseSummary(JSON.stringify(given), "shop-dev");
    } catch (error) {
      return error;
    }
  })();
  expect(refused).toBeInstanceOf(UsageError);
  expect((refused as UsageError).message).toMatch(words);
  expect((refused as UsageError).message).not.toMatch(/@all|!\[|# x/);
});

test("any JSON in any place is either a summary or refused", () => {
  fc.assert(
    fc.property(fc.constantFrom("stack", "changes", "findings", "digest", "error"), fc.jsonValue(), (field, value) => {
      try {
        expect(Object.keys(parseSummary(JSON.stringify({ ...made, [field]: value }))).sort()).toEqual([
          "changes",
          "digest",
          "findings",
          "stack",
        ]);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
      }
    }),
  );
});

describe("a folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "summaries-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content);

  test("that is not there holds none", () => {
    expect(readSummaries(join(folder, "none"), ["shop-dev"])).toEqual({
      plans: [],
      unreadable: [],
      unplanned: ["shop-dev"],
    });
  });

  test("is read in the order of the expected stacks; what cannot be read is said with its file's name", () => {
    write("shop-access.json", JSON.stringify(failedPlan("shop-access", "no")));
    write("shop-dev.json", JSON.stringify(made));
    write("shop-qa.json", JSON.stringify(made));
    write("shop-gone.json", JSON.stringify({ ...made, stack: "shop-gone" }));
    write("@all.json", "{}");
    write("shop-stg.json", "no JSON");
    write("notes.txt", "left out");
    mkdirSync(join(folder, "shop-prod.json"));
    symlinkSync("/etc/hostname", join(folder, "shop-link.json"));
    const { plans, unreadable } = readSummaries(folder, [
      "shop-dev",
      "shop-access",
      "shop-qa",
      "shop-stg",
      "shop-prod",
      "shop-link",
    ]);
    expect(plans.map(({ stack }) => stack)).toEqual(["shop-dev", "shop-access"]);
    expect(Object.fromEntries(unreadable.map(({ stack, why }) => [stack, why]))).toEqual({
      "@all": expect.stringContaining("given what no stack is called"),
      "shop-gone": expect.stringContaining("given a stack that nothing here knows"),
      "shop-link": expect.stringContaining("given no plain file"),
      "shop-prod": expect.stringContaining("given no plain file"),
      "shop-qa": expect.stringContaining("stack: given another stack's name"),
      "shop-stg": "the file: given no JSON; accepted: what ci/plan writes.",
    });
  });
});
