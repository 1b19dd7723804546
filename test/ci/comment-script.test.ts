import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCommit } from "../../ci/lib/comment";
import { pullRequestComment, standingOf } from "../../ci/lib/pull-request";
import { at, rule, sampleStacks, writeStacks, type Stacks } from "../access/fixture";
import { ROOT } from "../helpers/source";

const folder = mkdtempSync(join(tmpdir(), "comment-script-"));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, stacks: Stacks) => writeStacks(join(folder, name), stacks);

const base = written("base", sampleStacks());
const changed = sampleStacks();
at(changed, "sample-access-main", "vault_policy.group_sample-node-api-user_policy").policy += rule(
  "kvv2/destroy/sample/*",
  "update",
);
delete changed["sample-qa"];
const head = written("head", changed);
mkdirSync(join(folder, "empty", "stacks"), { recursive: true });

const out = join(folder, "out");
/** Puts these files among the plans, and an earlier commit's comment beside them. */
function prepare(plans: { readonly [file: string]: string }): void {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, "plans"), { recursive: true });
  writeFileSync(join(out, "comment.md"), "an earlier commit's\n");
  for (const [file, content] of Object.entries(plans)) writeFileSync(join(out, "plans", file), content);
}

/** The comment that ci/comment writes with this in its environment. */
function comment(
  [base, head]: readonly [string, string],
  given: { readonly [name: string]: string } = {},
  plans: { readonly [file: string]: string } = {},
): string {
  prepare(plans);
  return pullRequestComment({
    base,
    head,
    plans: join(out, "plans"),
    standing: standingOf(given),
    commit: parseCommit(given.COMMIT),
  }).text;
}

/** Runs the script itself. */
function script(
  words: readonly string[],
  given: { readonly [name: string]: string } = {},
): { readonly status: number | null; readonly stderr: string; readonly text: string } {
  prepare({});
  const { COMMIT: _, CHECK: __, PLANS: ___, PLATFORM: ____, ...env } = process.env;
  const { status, stderr } = spawnSync("ci/comment", words, {
    cwd: ROOT,
    env: { ...env, ...given, CI_OUT: out },
    encoding: "utf8",
  });
  return {
    status,
    stderr,
    text: existsSync(join(out, "comment.md")) ? readFileSync(join(out, "comment.md"), "utf8") : "",
  };
}

test("the script writes the comment of its two folders and its environment", () => {
  const given = { COMMIT: "0123456789abcdef0123456789abcdef01234567", PLANS: "pending", CHECK: "success" };
  expect(script([base, head], given)).toEqual({ status: 0, stderr: "", text: comment([base, head], given) });
});

test("of two syntheses: the commit, who gains what, what waits, and what is taken out", () => {
  const text = comment([base, head], { COMMIT: "0123456789abcdef0123456789abcdef01234567", PLANS: "pending" });
  expect(text).toContain("Of commit `0123456`.");
  expect(text).toContain("highest risk: critical");
  expect(text).toContain(
    "The plans of `sample-access-main` wait for an approval. This comment is written again after them.",
  );
  expect(text).toContain("Taken out: `sample-qa`. Nothing destroys what it made");
  expect(text).not.toContain("did not pass");
});

test("a summary that a plan job made up is said, and nothing of it is shown", () => {
  const text = comment(
    [base, head],
    {},
    {
      "sample-access-main.json": JSON.stringify({
        stack: "sample-access-main",
        changes: [],
        findings: [
          { severity: "error**\n\n# heading\n\n![x](http://x.example/x.png)", address: "a.b", says: "x", why: "y" },
        ],
        digest: "a".repeat(64),
      }),
      "nobody.json": "{}",
    },
  );
  expect(text).toContain("The summary of `sample-access-main` cannot be read: findings[0].severity: given a text of");
  expect(text).toContain(
    "The summary of `nobody` cannot be read: its file's name: given a stack that nothing here knows",
  );
  expect(text).not.toMatch(/# heading|x\.example|No plan of/);
  expect(text).toContain("### What would be done: not all plans are there");
});

test("a head whose checks failed: said first, with the access diff where there is one", () => {
  const text = comment([base, head], { CHECK: "failure" });
  expect(text.split("\n\n")[1]).toContain("**The checks of this commit did not pass**");
  expect(text).toContain("highest risk: critical");
  expect(text).toContain("Touched, and not planned: `sample-access-main`. No plan is made of this commit");
});

test.each([
  ["is not there", join(folder, "nowhere")],
  ["has no stacks", join(folder, "empty")],
  ["does not say where it belongs", written("foreign", { x: {} })],
])("a head that %s gets a comment that says so, and not the one of an earlier commit", (_, none) => {
  const text = comment([base, none], { CHECK: "failure", COMMIT: "abcdef0123" });
  expect(text).toContain("did not pass");
  expect(text).toContain("This commit has no synthesis that can be judged");
  expect(text).toContain("Of commit `abcdef0`.");
  expect(text).not.toMatch(/no change|earlier commit|Taken out/);
});

test.each([
  ["is not there", join(folder, "nowhere")],
  ["has no stacks", join(folder, "empty")],
  ["does not say where it belongs", join(folder, "foreign")],
])("a base that %s counts as empty: everything is new, and the comment says why", (_, none) => {
  const text = comment([none, head], { PLANS: "none" });
  expect(text).toContain(
    "**The base could not be synthesized, or has no stacks that can be judged: everything is shown as new.**",
  );
  expect(text).toMatch(/`person platform-admin` gains/);
  for (const stack of Object.keys(changed))
    expect(text).toMatch(new RegExp(`Touched, and not planned: .*\`${stack}\``));
});

test.each([
  [{ CHECK: "maybe" }, "CHECK: given 'maybe'; accepted: success, failure, cancelled or skipped"],
  [{ PLANS: "soon" }, "PLANS: given 'soon'; accepted: made, pending or none"],
  [{ COMMIT: "main" }, '--commit: given "main"; accepted: a commit\'s hash'],
])("%j is refused, and leaves no comment to post", (given, words) => {
  expect(script([base, head], given as never)).toEqual({
    status: 2,
    stderr: expect.stringContaining(words) as string,
    text: "",
  });
});

test("of a base and a head that are no use the log says why", () => {
  const { problems } = pullRequestComment({
    base: join(folder, "foreign"),
    head: join(folder, "foreign"),
    plans: out,
    standing: standingOf({}),
  });
  expect(problems).toEqual([expect.stringMatching(/metadata/), expect.stringMatching(/metadata/)]);
});
