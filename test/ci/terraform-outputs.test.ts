import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failedPlan, summarizePlan } from "../../ci/lib/plan-summary";
import { ROOT } from "../helpers/source";
import { planText } from "./cases";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outputs-"));
  mkdirSync(join(folder, "plans"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(words: readonly string[], env: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(words[0]!, words.slice(1), {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: folder, CI_OUT: folder, ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/**
 * What GitHub's runner reads of its environment file. Source: GitHub's documentation, "Workflow commands", multiline
 * strings.
 */
function environmentFile(text: string): Record<string, string> {
  const read: Record<string, string> = {};
  const lines = text.split("\n");
  for (let i = 0; i < lines.length - 1; i++) {
    const [, name, delimiter] = /^([^=<]+)<<(.+)$/.exec(lines[i]!)!;
    const end = lines.indexOf(delimiter!, i);
    read[name!] = lines.slice(i + 1, end).join("\n");
    i = end;
  }
  return read;
}

describe("ci/cluster-settings", () => {
  const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
  const server = "https://k8s.example:6443";
  const settings = (clusters: unknown) =>
    run(["ci/cluster-settings"], { CLUSTERS: typeof clusters === "string" ? clusters : JSON.stringify(clusters) });

  test("writes what GitHub's environment file takes, and idToken and the kubeconfig look for", () => {
    const { status, stdout } = settings({
      nonprod: { server, ca },
      "prod-eu": { server, ca: `${ca}\n${ca}\n`, audience: "https://eu.example" },
    });
    expect([status, environmentFile(stdout)]).toEqual([
      0,
      {
        KUBE_SERVER_NONPROD: server,
        KUBE_CA_NONPROD: ca,
        KUBE_SERVER_PROD_EU: server,
        KUBE_CA_PROD_EU: `${ca}\n${ca}\n`,
        KUBE_AUDIENCE_PROD_EU: "https://eu.example",
      },
    ]);
  });

  test.each(["", "{}"])("writes nothing where there is nothing (%j)", (given) =>
    expect(settings(given)).toEqual({ status: 0, stdout: "", stderr: "" }),
  );

  test.each<[string, unknown, string]>([
    [
      "the delimiter in a value",
      { a: { server, ca: ca.replace("MIIB", "\nEND_OF_VALUE\nNODE_OPTIONS=--require=/x\n") } },
      "CLUSTERS.a.ca: given END_OF_VALUE in it",
    ],
    [
      "the delimiter in an audience",
      { a: { server, ca, audience: "END_OF_VALUE" } },
      "CLUSTERS.a.audience: given END_OF_VALUE in it",
    ],
    ["a line end in a name", { "a\nNODE_OPTIONS": { server, ca } }, 'CLUSTERS: given "a\\nNODE_OPTIONS"'],
    ["a line end after a name", { "a\n": { server, ca } }, 'CLUSTERS: given "a\\n"'],
    ["a sign of equality in a name", { "a=b": { server, ca } }, 'CLUSTERS: given "a=b"'],
    ["a line end in a server", { a: { server: `${server}\nX=1`, ca } }, "CLUSTERS.a.server"],
    ["a carriage return alone", { a: { server, ca: ca.replace("MIIB", "MI\rIB") } }, "CLUSTERS.a.ca"],
    ["a server without TLS", { a: { server: "http://k8s.example", ca } }, "CLUSTERS.a.server"],
    ["a server with a user", { a: { server: "https://user:hidden@k8s.example", ca } }, "CLUSTERS.a.server"],
    ["a key", { a: { server, ca: `${ca}\n-----BEGIN PRIVATE KEY-----\nhidden` } }, "CLUSTERS.a.ca"],
    ["no CA", { a: { server } }, "CLUSTERS.a.ca: given nothing"],
    ["another setting", { a: { server, ca, token: "hidden" } }, 'CLUSTERS.a."token"'],
    [
      "one of an object's own",
      `{"a":{"server":"${server}","ca":${JSON.stringify(ca)},"__proto__":"hidden"}}`,
      'CLUSTERS.a."__proto__"',
    ],
    ["no text", { a: { server: { toString: "hidden" }, ca } }, "CLUSTERS.a.server"],
    ["no object", { a: "hidden" }, "CLUSTERS.a: given no object"],
    ["a list", [], "CLUSTERS: given no object"],
    ["no JSON", '{"a": hidden', "CLUSTERS: given no JSON"],
  ])("%s is refused in words, and the clusters before it are not written", (_, given, said) => {
    const { status, stdout, stderr } = settings(
      typeof given === "string" || Array.isArray(given) ? given : { first: { server, ca }, ...(given as object) },
    );
    expect([status, stdout, stderr]).toEqual([2, "", expect.stringContaining(`ci: ${said}`)]);
    expect(stderr).not.toMatch(/hidden|\n\s+at /);
  });
});

describe("ci/plan-outputs", () => {
  const plan = summarizePlan("sample-dev", planText({ address: "vault_policy.x", actions: ["create"], after: {} }));
  const write = (summary: unknown) => writeFileSync(join(folder, "plans/sample-dev.json"), JSON.stringify(summary));
  const shown = () => join(folder, "summary.md");
  const outputs = (env: Record<string, string> = {}, stack = "sample-dev") => run(["ci/plan-outputs", stack], env);

  test("prints the digest and the number of changes, and nothing else", () => {
    write(plan);
    expect(outputs()).toEqual({ status: 0, stdout: `digest=${plan.digest}\nchanges=1\n`, stderr: "" });
  });

  test("shows the approver the plan and its commit", () => {
    write(plan);
    expect(
      outputs({ GITHUB_STEP_SUMMARY: shown(), GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567" }),
    ).toMatchObject({ status: 0, stdout: `digest=${plan.digest}\nchanges=1\n` });
    expect(readFileSync(shown(), "utf8")).toContain("### The plan of sample-dev, commit 0123456789ab\n");
    expect(readFileSync(shown(), "utf8")).toMatch(/vault_policy.*x/);
  });

  test.each<[string, unknown, string]>([
    [
      "a digest with a line end",
      { ...plan, digest: `${plan.digest}\nchanges=0` },
      "no digest of 64 hexadecimal digits",
    ],
    ["no digest", { ...plan, digest: "" }, "no digest of 64 hexadecimal digits"],
    ["no changes", { ...plan, changes: undefined }, "or no changes"],
    ["a plan that failed", failedPlan("sample-dev", "Error"), "the summary of a plan that failed"],
    ["null", null, "no digest"],
  ])("%s is refused, and nothing is shown: no job takes it for a plan of nothing", (_, summary, said) => {
    write(summary);
    const { status, stdout, stderr } = outputs({ GITHUB_STEP_SUMMARY: shown() });
    expect([status, stdout, stderr, existsSync(shown())]).toEqual([2, "", expect.stringContaining(said), false]);
  });

  test("no plan, another folder's plan, or a commit that is none: refused", () => {
    expect(outputs()).toMatchObject({ status: 2, stderr: expect.stringContaining("Run ci/plan first") as string });
    expect(outputs({}, "../plans/sample-dev")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('given "../plans/sample-dev"') as string,
    });
    write(plan);
    expect(outputs({ GITHUB_SHA: "main\n# x" })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("GITHUB_SHA: given no commit") as string,
    });
  });
});
