import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { MARKER } from "../../ci/lib/comment";
import { ROOT } from "../helpers/source";

const folder = mkdtempSync(join(tmpdir(), "post-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script with a `gh` that finds this and writes down how it is called. */
function post(
  script: string,
  found: string,
  ...words: string[]
): { readonly status: number | null; readonly calls: string[] } {
  const calls = join(folder, "calls");
  writeFileSync(calls, "");
  writeFileSync(
    join(folder, "gh"),
    `#!/usr/bin/env bash\nprintf '%s\\n' "$*" >>"${calls}"\ncase "$*" in *--paginate*) printf '%s' ` +
      `'${found}' ;; esac\n`,
    { mode: 0o755 },
  );
  const env = {
    ...process.env,
    PATH: `${folder}${delimiter}${process.env.PATH}`,
    GITHUB_REPOSITORY: "acme/vault-tenancy",
    CI_OUT: join(folder, "out"),
  };
  const { status } = spawnSync(`ci/${script}`, words, { cwd: ROOT, env, encoding: "utf8" });
  return {
    status,
    calls: readFileSync(calls, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("api --silent")),
  };
}

const comment = join(folder, "comment.md");
writeFileSync(comment, `${MARKER}\n\ntext\n`);

test.each([
  [
    "post-comment",
    "",
    ["7"],
    `api --silent --method POST repos/acme/vault-tenancy/issues/7/comments --field body=@${comment}`,
  ],
  [
    "post-comment",
    "41\n",
    ["7"],
    `api --silent --method PATCH repos/acme/vault-tenancy/issues/comments/41 --field body=@${comment}`,
  ],
])("%s: where %j is found, there is still one comment", (script, found, words, call) => {
  expect(post(script, found, ...words, comment)).toEqual({ status: 0, calls: [call] });
});

test.each([
  [
    "drifted",
    "",
    [
      `POST repos/acme/vault-tenancy/issues --field title=Drift: what is there is not what was ` +
        `applied --field body=@${comment}`,
    ],
  ],
  [
    "drifted",
    "9\n",
    [
      `PATCH repos/acme/vault-tenancy/issues/9 --field title=Drift: what is there is not what was ` +
        `applied --field body=@${comment}`,
    ],
  ],
  [
    "failed",
    "",
    [
      `POST repos/acme/vault-tenancy/issues --field title=Drift: it could not be seen whether what ` +
        `is there is what was applied --field body=@${comment}`,
    ],
  ],
  [
    "failed",
    "9\n",
    [
      `PATCH repos/acme/vault-tenancy/issues/9 --field title=Drift: it could not be seen whether ` +
        `what is there is what was applied --field body=@${comment}`,
    ],
  ],
  ["fine", "9\n", ["PATCH repos/acme/vault-tenancy/issues/9 --field state=closed"]],
  ["fine", "", []],
])("post-drift: %s, found %j", (state, found, calls) => {
  expect(post("post-drift", found, comment, state)).toEqual({
    status: 0,
    calls: calls.map((call) => `api --silent --method ${call}`),
  });
});

test.each(["", "fien", "success"])("post-drift: the state %j is refused, and nothing is asked or changed", (state) => {
  expect(post("post-drift", "9\n", comment, state)).toEqual({ status: 2, calls: [] });
});

test("what is no comment of ours is not posted", () => {
  writeFileSync(join(folder, "other.md"), "text\n");
  expect(post("post-comment", "", "7", join(folder, "other.md"))).toEqual({ status: 2, calls: [] });
});
