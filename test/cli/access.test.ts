import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAccess } from "../../cli/access";
import { proveAccess } from "../../cli/access/prove";
import { PlatformFileError } from "../../cli/platform-file";
import { at, productionStacks, rule, writeStacks, type Stacks } from "../access/fixture";

const folder = mkdtempSync(join(tmpdir(), "access-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, stacks: Stacks) => writeStacks(join(folder, name), stacks);

function changed(): Stacks {
  const stacks = productionStacks();
  at(stacks, "acme-access-nonprod", "vault_policy.group_support-readers_policy").policy += rule(
    "sys/policies/acl/*",
    "update",
  );
  return stacks;
}

const right = written("right", productionStacks());
const wrong = written("wrong", changed());

/** Runs a command line; what it shows on both ways out, and its exit code. */
function run(...words: string[]): { code: number; out: string; err: string } {
  const said = { out: "", err: "" };
  const spies = [
    jest.spyOn(process.stdout, "write").mockImplementation((text) => Boolean((said.out += String(text)))),
    jest.spyOn(process.stderr, "write").mockImplementation((text) => Boolean((said.err += String(text)))),
    jest.spyOn(console, "log").mockImplementation((text) => void (said.out += `${String(text)}\n`)),
    jest.spyOn(console, "error").mockImplementation((text) => void (said.err += `${String(text)}\n`)),
  ];
  try {
    return { code: runAccess(words), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = 0;
  }
}

describe("npm run access", () => {
  test("shows the matrix, the privilege escalations and the proofs", () => {
    const { code, out } = run("--dir", right);
    expect(code).toBe(0);
    expect(out).toMatch(/person jonas\.weber +storefront +delete +delete +read +read +delete/);
    expect(out).toContain("(protected)");
    expect(out).toMatch(/person amara\.okafor in Vault prod can write policies/);
    expect(out).toContain("✔ isolation: no app reads another's secret");
  });

  test("narrows to whom, which app and which environment", () => {
    const { out } = run("--dir", right, "--who", "person", "--app", "reporting", "--environment", "prod-eu");
    expect(out).toMatch(/^who +app +prod-eu/);
    expect(out).toContain("person tomas.novak");
    expect(out).not.toMatch(/storefront|workload/);
  });

  test.each([
    ["markdown", /^# Who can do what/],
    ["json", /^\{\n {2}"platform": "acme"/],
    ["csv", /^who,kind,app/],
    ["html", /^<!doctype html>/],
  ])("writes %s to a file", (format, start) => {
    const out = join(folder, `report.${format}`);
    expect(run("--dir", right, "--format", format, "--out", out)).toEqual({ code: 0, out: "", err: "" });
    expect(readFileSync(out, "utf8")).toMatch(start);
  });

  test.each([
    [["--dir", "/nowhere"], /given a folder without stacks/],
    [["--app", "paymnts"], /--app: given "paymnts"; accepted: payments, reporting, storefront/],
    [["--environment", "prod"], /--environment: given "prod"; accepted: /],
    [["--who", "nobody.at.all"], /--who: given "nobody\.at\.all"/],
    [["--format", "pdf"], /Allowed choices are terminal, markdown/],
    [
      ["diff", "--base", right, "--head", right, "--format", "csv"],
      /--format: given "csv"; accepted by diff: markdown, json/,
    ],
    [["diff", "--base", right], /required option '--head <folder>'/],
    [["diff", "--base", right, "--head", right, "--fail-on", "bad"], /accepted: critical, high, medium, low, none/],
  ])("exits with 2 for what cannot be judged (%#)", (words, message) => {
    const { code, err } = run("--dir", right, ...words);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

describe("npm run access -- check", () => {
  test("exits with 0 where every proof holds", () => {
    expect(run("check", "--dir", right)).toMatchObject({
      code: 0,
      out: expect.stringContaining("✔ privilege-escalation"),
    });
  });

  test("exits with 1 where one fails, with the shortest path", () => {
    const { code, out } = run("check", "--dir", wrong);
    expect(code).toBe(1);
    expect(out).toContain("✘ privilege-escalation: nobody but those named can change who may read what – 1 finding");
    expect(out).toMatch(
      /privilege-escalation: person tomas\.novak can write policies.*\n {4}person tomas\.novak\n {2}→ vault_userpass/,
    );
  });
});

describe("npm run access -- diff", () => {
  test("says what changed, and exits with 0 unless told", () => {
    expect(run("diff", "--base", right, "--head", wrong)).toMatchObject({
      code: 0,
      out: expect.stringContaining("highest risk: critical"),
    });
  });

  test.each([
    ["critical", 1],
    ["low", 1],
  ])("--fail-on %s exits with %i for a critical change", (risk, code) => {
    expect(run("diff", "--base", right, "--head", wrong, "--fail-on", risk).code).toBe(code);
  });

  test("--fail-on critical lets a loss through", () => {
    expect(run("diff", "--base", wrong, "--head", right, "--fail-on", "low").code).toBe(0);
  });

  test("of a base with no stack in it, everything is new, and it says so", () => {
    mkdirSync(join(folder, "empty", "stacks"), { recursive: true });
    const { code, out } = run("diff", "--base", join(folder, "empty"), "--head", right);
    expect(code).toBe(0);
    expect(out).toContain(
      "**The base could not be synthesized, or has no stacks that can be judged: everything is shown as new.**",
    );
    expect(out).toMatch(/`person amara\.okafor`.* gain .*write policies/);
    expect(run("diff", "--base", right, "--head", right).out).not.toContain("everything is shown as new");
    expect(run("diff", "--base", right, "--head", join(folder, "empty"))).toMatchObject({
      code: 2,
      err: expect.stringContaining("given a folder without stacks"),
    });
    expect(run("diff", "--base", join(folder, "nowhere"), "--head", right)).toMatchObject({
      code: 2,
      err: expect.stringContaining("given a folder without stacks"),
    });
  });

  test("in JSON, for other programs", () => {
    const { lines } = JSON.parse(run("diff", "--base", right, "--head", wrong, "--format", "json").out);
    expect(lines).toEqual([
      expect.objectContaining({
        risk: "critical",
        who: ["person tomas.novak"],
        by: ["vault_policy.group_support-readers_policy in acme-access-nonprod"],
      }),
    ]);
  });
});

describe("npm start", () => {
  test("goes on where every proof holds", () => {
    expect(() => proveAccess(right)).not.toThrow();
  });

  test("stops where one fails, with the shortest path and what to do", () => {
    expect(() => proveAccess(wrong)).toThrow(PlatformFileError);
    expect(() => proveAccess(wrong)).toThrow(
      /privilege-escalation: person tomas\.novak can write policies[^]*→ vault_identity_group\.group_support-readers[^]*write a waiver with its reason/,
    );
  });
});
