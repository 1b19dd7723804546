import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runEnvironments, stackChanges, stackEntries } from "../../cli/environments";
import { synthesize } from "../../cli/synth";
import { captured } from "./captured";
import production from "../../config/production";
import sample from "../../config/sample";
import { resolvePlatform } from "../../model";

const platform = resolvePlatform(sample);
const stacks = stackEntries(platform).map(({ stack }) => stack);
const folder = mkdtempSync(join(tmpdir(), "environments-"));
const base = join(folder, "base");
const head = join(folder, "head");

beforeAll(() => void synthesize(platform, { outdir: base }));
beforeEach(() => {
  rmSync(head, { recursive: true, force: true });
  cpSync(base, head, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Names of the stacks that differ, and how. */
const touched = () => stackChanges(stacks, base, head).map(({ stack, change }) => `${change} ${stack}`);

async function printed(...words: string[]): Promise<[number, string]> {
  const { code, out, err } = await captured((io) => runEnvironments(words, io));
  return [code, (out + err).replace(/\n$/, "")];
}

test("every stack is listed in the order of applying, with the deployment environments of its jobs", () => {
  expect(stacks).toEqual([
    "sample-vault-main",
    "sample-access-main",
    "sample-operator-local",
    "sample-local",
    "sample-dev",
    "sample-qa",
    "sample-stg",
    "sample-prod",
  ]);
  expect(stackEntries(resolvePlatform(production)).find(({ stack }) => stack === "acme-prod-eu")).toEqual({
    stack: "acme-prod-eu",
    kind: "environment",
    vault: "prod",
    cluster: "prod-eu",
    environment: "prod-eu",
    protected: true,
    plan: "plan-acme-prod-eu",
    watch: "watch-acme-prod-eu",
    apply: "apply-acme-prod-eu",
  });
});

test("two syntheses of the same config touch nothing, wherever they lie", () => {
  expect(touched()).toEqual([]);
});

test("a change touches the stack that it is in, a new stack is touched, and cdktf's own remarks are no change", () => {
  const file = join(head, "stacks", "sample-dev", "cdk.tf.json");
  const json = JSON.parse(readFileSync(file, "utf8")) as { "//": object; resource: { vault_policy: object } };
  writeFileSync(file, JSON.stringify({ ...json, "//": { metadata: { version: "0.99" } } }, null, 4));
  expect(touched()).toEqual([]);
  writeFileSync(file, JSON.stringify({ ...json, resource: { ...json.resource, vault_policy: {} } }));
  rmSync(join(base, "stacks", "sample-qa"), { recursive: true });
  expect(touched()).toEqual(["changed sample-dev", "new sample-qa"]);
  synthesize(platform, { outdir: base });
});

/** A stack in a synthesis that no config here has. */
function plant(outdir: string, stack: string, text = "{}"): void {
  mkdirSync(join(outdir, "stacks", stack), { recursive: true });
  writeFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), text);
}

describe("which stacks a change touches is read from the folders", () => {
  const names = (text: string) => (JSON.parse(text) as { stack: string }[]).map(({ stack }) => stack);

  test("the same from the base's config and from the head's: known stacks in their order, the others by name", () => {
    plant(head, "sample-zeta");
    plant(head, "sample-alpha");
    rmSync(join(head, "stacks", "sample-qa"), { recursive: true });
    rmSync(join(head, "stacks", "sample-access-main"), { recursive: true });
    const changes = stackChanges(stacks, base, head);
    expect(changes.map(({ stack, change }) => `${stack} ${change}`)).toEqual([
      "sample-access-main removed",
      "sample-qa removed",
      "sample-alpha new",
      "sample-zeta new",
    ]);
    const other = [
      ...stacks.filter((stack) => stack !== "sample-qa" && stack !== "sample-access-main"),
      "sample-alpha",
      "sample-zeta",
    ];
    expect([...stackChanges(other, base, head)].sort((a, b) => a.stack.localeCompare(b.stack))).toEqual(
      [...changes].sort((a, b) => a.stack.localeCompare(b.stack)),
    );
  });

  test(
    "--json: a stack that the config does not have is planned under the names that follow from " +
      "its own; what is removed is not planned",
    async () => {
      plant(head, "sample-new");
      rmSync(join(head, "stacks", "sample-qa"), { recursive: true });
      const [code, text] = await printed("--base", base, "--head", head, "--json");
      expect(code).toBe(0);
      expect(JSON.parse(text)).toEqual([
        {
          stack: "sample-new",
          kind: "unknown",
          vault: "",
          cluster: "",
          environment: "",
          protected: false,
          plan: "plan-sample-new",
          watch: "watch-sample-new",
          apply: "",
          change: "new",
        },
      ]);
      expect(await printed("--base", base, "--head", head, "--json", "--for", "apply")).toEqual([0, "[]"]);
    },
  );

  test("what a stack is, is read from its own words, as the head has them", async () => {
    const json = JSON.parse(readFileSync(join(base, "stacks", "sample-dev", "cdk.tf.json"), "utf8")) as {
      locals: { metadata: object };
    };
    const said = (more: object) =>
      JSON.stringify({ ...json, locals: { metadata: { ...json.locals.metadata, ...more } } });
    plant(head, "sample-new", said({ environment: "new", protected: true }));
    plant(head, "sample-odd", said({ vault: { name: "main" }, cluster: "x\n::stop::", protected: "yes" }));
    const entries = JSON.parse(
      (await printed("--base", base, "--head", head, "--json", "--for", "apply"))[1],
    ) as object[];
    expect(entries).toMatchObject([
      { stack: "sample-new", kind: "environment", vault: "main", environment: "new", protected: true, change: "new" },
      { stack: "sample-odd", kind: "environment", vault: "", cluster: "", protected: false, change: "new" },
    ]);
  });

  test("the table says what is removed, and that nothing is destroyed", async () => {
    rmSync(join(head, "stacks", "sample-qa"), { recursive: true });
    const [code, text] = await printed("--base", base, "--head", head);
    expect(code).toBe(0);
    expect(text.split("\n").find((line) => line.startsWith("sample-qa"))).toMatch(
      /^sample-qa +removed +environment +main +– +– +– +–$/,
    );
    expect(text).toContain(
      "removed: sample-qa. Terraform destroys nothing there; the state stays until a person " +
        "destroys what is in it, or removes it.",
    );
    expect((await printed("--base", base, "--head", head, "--for", "apply"))[1]).toBe(text);
  });

  test("a base that could not be synthesized has no stacks, so that every one is new", async () => {
    mkdirSync(join(folder, "empty", "stacks"), { recursive: true });
    for (const none of [join(folder, "none"), folder, join(folder, "empty")]) {
      const [code, text] = await printed("--base", none, "--head", head, "--json");
      expect([
        code,
        names(text),
        [...new Set((JSON.parse(text) as { change: string }[]).map(({ change }) => change))],
      ]).toEqual([0, stacks, ["new"]]);
    }
  });

  test.each([
    ["a folder of another name than a stack's", "plan-a,b", "{}", "No stack is called so."],
    ["a folder of a script's words", "$(id)", "{}", "No stack is called so."],
    ["what is no JSON", "sample-dev", "{", "Its cdk.tf.json is no JSON."],
  ])("%s is refused", async (_, stack, text, why) => {
    plant(head, stack, text);
    expect(await printed("--base", base, "--head", head, "--json")).toEqual([
      2,
      `--head: given ${JSON.stringify(join(head, "stacks", stack))}; accepted: what npm run synth wrote. ${why}`,
    ]);
  });
});

describe("npm run environments", () => {
  test("--json is what a matrix takes: one line, no empty field", async () => {
    const [code, text] = await printed("--json");
    expect([code, text.includes("\n")]).toEqual([0, false]);
    for (const entry of JSON.parse(text) as object[])
      expect(Object.values(entry).filter((value) => value === undefined || value === null)).toEqual([]);
  });

  test("the table has the three deployment environments of each stack", async () => {
    expect((await printed())[1].split("\n").find((line) => line.startsWith("sample-dev"))).toMatch(
      / plan-sample-dev +watch-sample-dev +apply-sample-dev$/,
    );
  });

  test("--base leaves what is not touched out", async () => {
    expect(await printed("--base", base, "--head", head, "--json")).toEqual([0, "[]"]);
    expect(await printed("--base", base, "--head", head)).toEqual([0, "no stack is touched"]);
  });

  test("--for apply leaves out what people apply, and --for people has it; together they are all", async () => {
    const listed = async (purpose: string) =>
      (JSON.parse((await printed("--json", "--for", purpose))[1]) as { stack: string; kind: string }[]).map(
        ({ stack, kind }) => [kind, stack],
      );
    expect([...new Set((await listed("apply")).map(([kind]) => kind))]).toEqual(["access", "environment"]);
    expect([...new Set((await listed("people")).map(([kind]) => kind))]).toEqual(["vault", "operator"]);
    expect([...(await listed("apply")), ...(await listed("people"))].map(([, stack]) => stack).sort()).toEqual(
      [...stacks].sort(),
    );
  });

  test("a head without stacks ends with a message", async () => {
    const [code, text] = await printed("--base", base, "--head", join(folder, "none"));
    expect([code, text]).toEqual([
      2,
      `--head: given ${JSON.stringify(join(folder, "none"))}; accepted: what npm run synth wrote. ` +
        `It has no folder stacks.`,
    ]);
  });
});
