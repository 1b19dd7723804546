import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAccess } from "../../cli/access";
import { proveAccess } from "../../cli/access/prove";
import { OpsError } from "../../cli/ops/errors";
import { captured } from "./captured";
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

const run = (...words: string[]) => captured((io) => runAccess(words, io));

describe("npm run access", () => {
  test("shows the matrix, the privilege escalations and the proofs", async () => {
    const { code, out } = await run("--dir", right);
    expect(code).toBe(0);
    expect(out).toMatch(/person jonas\.weber +storefront +delete +delete +read +read +delete/);
    expect(out).toContain("(protected)");
    expect(out).toMatch(/person amara\.okafor in Vault prod can write policies/);
    expect(out).toContain("✔ isolation: no app reads another's secret, but by pods of a namespace that both share");
  });

  test("narrows to whom, which app and which environment", async () => {
    const { out } = await run("--dir", right, "--who", "person", "--app", "reporting", "--environment", "prod-eu");
    expect(out).toMatch(/^who +app +prod-eu/);
    expect(out).toContain("person tomas.novak");
    expect(out).not.toMatch(/storefront|workload/);
  });

  test.each([
    ["markdown", /^# Who can do what/],
    ["json", /^\{\n {2}"platform": "acme"/],
    ["csv", /^who,kind,app/],
    ["html", /^<!doctype html>/],
  ])("writes %s to a file", async (format, start) => {
    const out = join(folder, `report.${format}`);
    expect(await run("--dir", right, "--format", format, "--out", out)).toEqual({ code: 0, out: "", err: "" });
    expect(readFileSync(out, "utf8")).toMatch(start);
  });

  test.each([
    [["--dir", "/nowhere"], /given a folder without stacks/],
    [["--app", "paymnts"], /--app: given "paymnts"; accepted: broker, payments, reporting, storefront/],
    [["--environment", "prod"], /--environment: given "prod"; accepted: /],
    [["--who", "nobody.at.all"], /--who: given "nobody\.at\.all"/],
    [["--format", "pdf"], /Allowed choices are terminal, markdown/],
    [
      ["diff", "--base", right, "--head", right, "--format", "csv"],
      /--format: given "csv"; accepted by diff: markdown, json/,
    ],
    [["diff", "--base", right], /required option '--head <folder>'/],
    [
      ["diff", "--base", right, "--head", right, "--fail-on", "bad"],
      /Allowed choices are critical, high, medium, low, none/,
    ],
  ])("exits with 2 for what cannot be judged (%#)", async (words, message) => {
    const { code, err } = await run("--dir", right, ...words);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

describe("npm run access -- check", () => {
  test("exits with 0 where every proof holds", async () => {
    expect(await run("check", "--dir", right)).toMatchObject({
      code: 0,
      out: expect.stringContaining("✔ privilege-escalation"),
    });
  });

  test("exits with 1 where one fails, with the shortest path", async () => {
    const { code, out } = await run("check", "--dir", wrong);
    expect(code).toBe(1);
    expect(out).toContain("✘ privilege-escalation: nobody but those named can change who may read what – 1 finding");
    expect(out).toMatch(
      /privilege-escalation: person tomas\.novak can write policies.*\n {4}person tomas\.novak\n {2}→ vault_userpass/,
    );
  });
});

describe("npm run access -- diff", () => {
  test("says what changed, and exits with 0 unless told", async () => {
    expect(await run("diff", "--base", right, "--head", wrong)).toMatchObject({
      code: 0,
      out: expect.stringContaining("highest risk: critical"),
    });
  });

  test.each([
    ["critical", 1],
    ["low", 1],
  ])("--fail-on %s exits with %i for a critical change", async (risk, code) => {
    expect((await run("diff", "--base", right, "--head", wrong, "--fail-on", risk)).code).toBe(code);
  });

  test("--fail-on critical lets a loss through", async () => {
    expect((await run("diff", "--base", wrong, "--head", right, "--fail-on", "low")).code).toBe(0);
  });

  test("of a base with no stack in it, everything is new, and it says so", async () => {
    mkdirSync(join(folder, "empty", "stacks"), { recursive: true });
    const { code, out } = await run("diff", "--base", join(folder, "empty"), "--head", right);
    expect(code).toBe(0);
    expect(out).toContain(
      "**The base could not be synthesized, or has no stacks that can be judged: everything is shown as new.**",
    );
    expect(out).toMatch(/`person amara\.okafor`.* gain .*write policies/);
    expect((await run("diff", "--base", right, "--head", right)).out).not.toContain("everything is shown as new");
    expect(await run("diff", "--base", right, "--head", join(folder, "empty"))).toMatchObject({
      code: 2,
      err: expect.stringContaining("given a folder without stacks"),
    });
    expect(await run("diff", "--base", join(folder, "nowhere"), "--head", right)).toMatchObject({
      code: 2,
      err: expect.stringContaining("given a folder without stacks"),
    });
  });

  test("in JSON, for other programs", async () => {
    const { lines } = JSON.parse((await run("diff", "--base", right, "--head", wrong, "--format", "json")).out);
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
    expect(() => proveAccess(wrong)).toThrow(OpsError);
    expect(() => proveAccess(wrong)).toThrow(
      new RegExp(
        /privilege-escalation: person tomas\.novak can write policies[^]*/.source +
          /→ vault_identity_group\.group_support-readers[^]*write a waiver with its reason/.source,
      ),
    );
  });
});
