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
    return summary(platform, synthesize(platform, { outdir: join(folder, "out"), only })).replaceAll(
      folder,
      "<folder>",
    );
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

  test("says where the stacks lie, and what each has: what people have a word for, and how much more", () => {
    expect(text).toMatch(/^sample: 8 stacks in <folder>\/out\/stacks\/<stack>\/cdk\.tf\.json\n/);
    expect(row(text, "sample-dev")).toEqual(["sample-dev", "6", "2 policies, 2 secret sets, 2 more"]);
    expect(row(text, "sample-vault-main")).toEqual(["sample-vault-main", "2", "1 Helm release, 1 namespace"]);
    expect(text.match(/^ {2}sample-\S+ +\d+ +\d/gm)).toHaveLength(8);
  });

  test("says who may read and who may change what", () => {
    expect(row(text, "sample-admin")).toEqual(["sample-admin", "1", "all 10 sets", "all 10 sets"]);
    expect(row(text, "sample-node-api-user")).toEqual(["sample-node-api-user", "1", "sample-node-api, all 5", "–"]);
    expect(row(text, "platform-admin")).toEqual(["platform-admin", "1", "–", "–"]);
    expect(row(text, "workloads")).toEqual(["workloads", "2", "each its own set", "–"]);
  });

  test("says that whoever writes policies can grant itself anything", () => {
    expect(text).toContain(
      "in platform-admin (platform-admin) reads no value, but writes policies, and so can grant itself anything",
    );
  });

  test("ends with the next command: the one stack that needs nothing but its cluster", () => {
    expect(text.split("\n").at(-1)).toBe("Next: npm run up, or npm run diff -- sample-vault-main");
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
    ["data-engineers", "reporting, all 2", "reporting, all 2"],
    ["support-readers", "7 of 17 sets", "–"],
  ])("says what %s may read and change", (group, read, change) => {
    expect(row(text, group)!.slice(2)).toEqual([read, change]);
  });

  test("names everybody who can grant themselves anything", () => {
    expect(text).toContain("(platform-admin, amara.okafor) reads no value");
  });
});

test("of one stack names that stack alone", () => {
  const text = summarized(CONFIGS.sample!, ["sample-qa"]);
  expect(text).toMatch(/^sample: 1 stack in /);
  expect(text).not.toMatch(/^ {2}sample-dev /m);
  expect(text.split("\n").at(-1)).toMatch(/-- sample-qa$/);
});

test("counts the people of a group, also where nobody is in it yet", () => {
  const groups = {
    crowd: { grants: [{ access: "read" as const, apps: "all" as const }] },
    void: { grants: [{ access: "write" as const, apps: "all" as const }] },
  };
  const users = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, { groups: ["crowd"] }]));
  const text = summarized(smallConfig({ people: { groups, users } }));
  expect(row(text, "crowd")).toEqual(["crowd", "4", "shop in dev", "–"]);
  expect(row(text, "void")).toEqual(["void", "0", "shop in dev", "shop in dev"]);
});
