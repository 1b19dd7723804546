import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { summary } from "../../cli/summary";
import { synthesize } from "../../cli/synth";
import { resolvePlatform, type PlatformConfig } from "../../model";
import { CONFIGS, smallConfig } from "../helpers/configs";

/** The summary of a config's stacks, its lines without spaces at their ends. */
function summarized(config: PlatformConfig, only?: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "vault-tenancy-summary-"));
  try {
    const platform = resolvePlatform(config);
    return summary(platform, synthesize(platform, { outdir: join(folder, "out"), only })).replaceAll(folder, "<folder>");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
/** The cells of a row of the table, by its first cell. */
const row = (text: string, first: string) =>
  text
    .split("\n")
    .find((line) => line.trim().startsWith(`${first}  `))
    ?.trim()
    .split(/ {2,}/);

describe("of the sample", () => {
  const text = summarized(CONFIGS.sample!);

  test("says of every stack what it has, by kind, the most frequent first, and where it lies", () => {
    expect(text).toMatch(/^8 stacks of sample\n/);
    expect(text).toContain(
      "  sample-dev: 6 resources in <folder>/out/stacks/sample-dev/cdk.tf.json\n    2 vault_generic_endpoint, 2 vault_kv_secret_v2, 2 vault_policy\n",
    );
    expect(text.match(/^ {2}sample-\S+: \d+ resources in /gm)).toHaveLength(8);
  });

  test("says who may read and who may change what", () => {
    expect(row(text, "sample-admin")).toEqual(["sample-admin", "sample-admin", "all 10 sets", "all 10 sets"]);
    expect(row(text, "sample-node-api-user")).toEqual(["sample-node-api-user", "sample-node-api-user", "sample-node-api in all 5 environments", "–"]);
    expect(row(text, "platform-admin")).toEqual(["platform-admin", "platform-admin", "–", "–", "manages mounts, auth, policies and people"]);
    expect(row(text, "workloads")).toEqual(["workloads", "2", "each its own set", "–"]);
  });

  test("says that whoever writes policies can grant itself anything", () => {
    expect(text).toContain("platform-admin can grant itself anything");
  });

  test("ends with the next command: the one stack that needs nothing but its cluster", () => {
    expect(text.split("\n").at(-1)).toBe("next: kubectl config get-contexts, then npm run diff -- sample-vault-main");
  });

  test("has no colour and no space at a line's end", () => {
    expect(text).not.toMatch(/\u001b|[ \t]$/m);
  });
});

describe("of a company", () => {
  const text = summarized(CONFIGS.production!);

  test.each([
    ["storefront-on-call", "storefront in stg, prod-eu, prod-us", "storefront in stg"],
    ["payments-developers", "payments in dev, qa", "payments in dev, qa"],
    ["data-engineers", "reporting in all 2 environments", "reporting in all 2 environments"],
    ["support-readers", "5 of 12 sets", "–"],
  ])("says what %s may read and change", (group, read, change) => {
    expect(row(text, group)!.slice(2)).toEqual([read, change]);
  });

  test("names everybody who can grant themselves anything", () => {
    expect(text).toContain("platform-admin, amara.okafor can grant itself anything");
  });
});

test("of one stack names that stack alone", () => {
  const text = summarized(CONFIGS.sample!, ["sample-qa"]);
  expect(text).toMatch(/^1 stack of sample\n/);
  expect(text).not.toContain("sample-dev");
  expect(text.split("\n").at(-1)).toMatch(/-- sample-qa$/);
});

test("counts many people, and says of a group that nobody is in it yet", () => {
  const groups = { crowd: { grants: [{ access: "read" as const, apps: "all" as const }] }, void: { grants: [{ access: "write" as const, apps: "all" as const }] } };
  const users = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, { groups: ["crowd"] }]));
  const text = summarized(smallConfig({ people: { groups, users } }));
  expect(row(text, "crowd")).toEqual(["crowd", "4 people", "shop in dev", "–"]);
  expect(row(text, "void")).toEqual(["void", "nobody yet", "shop in dev", "shop in dev"]);
});
