import { execFile, execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../helpers/source";

const folder = mkdtempSync(join(tmpdir(), "still-newest-"));
const checkout = join(folder, "checkout");
const origin = join(folder, "origin.git");
const old: Record<string, string> = {};
// No configuration of the machine's or its user's has a say here.
const quiet = { PATH: process.env.PATH!, HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };

const git = (...words: string[]): string =>
  execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...words], {
    cwd: checkout,
    env: quiet,
    encoding: "utf8",
    stdio: "pipe",
  }).trim();
const commit = (message: string): string => (
  git("commit", "--quiet", "--allow-empty", "-m", message),
  git("rev-parse", "HEAD")
);
const run = (env: Record<string, string>) => {
  const { status, stdout, stderr } = spawnSync("ci/still-newest", {
    cwd: checkout,
    env: { ...quiet, ...env },
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
};

beforeAll(() => {
  mkdirSync(join(checkout, "ci"), { recursive: true });
  for (const script of ["still-newest", "common.sh"]) cpSync(join(ROOT, "ci", script), join(checkout, "ci", script));
  execFileSync("git", ["init", "--quiet", "--bare", origin], { env: quiet });
  git("init", "--quiet", "--initial-branch=main");
  git("remote", "add", "origin", origin);
  old.first = commit("first");
  git("push", "--quiet", "origin", "HEAD:refs/heads/main", "HEAD:refs/heads/gone");
  old.tip = commit("second");
  git("push", "--quiet", "origin", "HEAD:refs/heads/main", ":refs/heads/gone");
  git("push", "--quiet", "origin", `${old.first}:refs/heads/refs/heads/main`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the tip of the branch passes, whatever other branch ends with the same name", () => {
  expect(run({ GITHUB_SHA: old.tip!, GITHUB_REF: "refs/heads/main" })).toEqual({
    status: 0,
    said: `still-newest: ${old.tip!.slice(0, 12)} is the tip of main\n`,
  });
});

test("an old run that is run again applies nothing", () => {
  const { status, said } = run({ GITHUB_SHA: old.first!, GITHUB_REF: "refs/heads/main" });
  expect([status, said]).toEqual([
    2,
    expect.stringContaining("a newer commit is on main: its own run applies it; nothing was applied") as string,
  ]);
});

test("another CI has neither variable: it passes, and says that nothing was looked at", () => {
  expect(run({})).toEqual({ status: 0, said: "still-newest: left out: neither GITHUB_SHA nor GITHUB_REF is set\n" });
});

test.each<[string, () => Record<string, string>, string]>([
  [
    "a branch that is gone",
    () => ({ GITHUB_SHA: old.first!, GITHUB_REF: "refs/heads/gone" }),
    "origin has no branch gone any more",
  ],
  ["the commit alone", () => ({ GITHUB_SHA: old.tip! }), 'GITHUB_REF: given ""'],
  ["the branch alone", () => ({ GITHUB_REF: "refs/heads/main" }), 'GITHUB_SHA: given ""'],
  ["a tag", () => ({ GITHUB_SHA: old.tip!, GITHUB_REF: "refs/tags/v1" }), 'GITHUB_REF: given "refs/tags/v1"'],
  ["a pattern", () => ({ GITHUB_SHA: old.tip!, GITHUB_REF: "refs/heads/*" }), 'GITHUB_REF: given "refs/heads/*"'],
  ["what is no commit", () => ({ GITHUB_SHA: "main", GITHUB_REF: "refs/heads/main" }), 'GITHUB_SHA: given "main"'],
])("%s is refused, with words", (_, env, said) => {
  const answer = run(env());
  expect([answer.status, answer.said]).toEqual([2, expect.stringContaining(said) as string]);
  expect(answer.said).toContain("Nothing was applied");
});

test("an origin that does not answer is no old tip, and the token is asked for in the header alone", async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer(
    (request, response) => (seen.push(request.headers.authorization), response.writeHead(401).end()),
  ).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    git("remote", "set-url", "origin", `${url}/acme/vault-tenancy.git`);
    const said = await new Promise<[number | undefined, string]>((done) => {
      const env = {
        ...quiet,
        GITHUB_SHA: old.tip,
        GITHUB_REF: "refs/heads/main",
        GITHUB_SERVER_URL: url,
        GITHUB_TOKEN: "ghs_hidden",
      };
      execFile("ci/still-newest", { cwd: checkout, env, encoding: "utf8" }, (error, stdout, stderr) =>
        done([error?.code as number | undefined, stdout + stderr]),
      );
    });
    expect(said).toEqual([
      2,
      expect.stringContaining("origin does not say what main is. Nothing was applied") as string,
    ]);
    expect(seen[0]).toBe(`basic ${Buffer.from("x-access-token:ghs_hidden").toString("base64")}`);
    expect(said[1]).not.toMatch(/ghs_hidden|Z2hz/);
  } finally {
    server.close();
    git("remote", "set-url", "origin", origin);
  }
});
