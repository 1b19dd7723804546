import { changesBetween, check, diffComment, htmlReport, jsonReport, markdownReport, type Access } from "../../access";
import { aroundText } from "../../cli/access/terminal";
import production from "../../config/production";
import type { PlatformConfig } from "../../model";
import { accessOf, productionStacks, stacksOf } from "./fixture";

const { backup: _, ...rest } = production.vaults.prod!;
const WITHOUT: PlatformConfig = {
  ...production,
  vaults: { ...production.vaults, prod: { ...rest, unsafeWithout: { backup: "the <disks> are copied | hourly" } } },
};
const access = () => accessOf(productionStacks());
const without = () => accessOf(stacksOf(WITHOUT));

describe("a Vault that goes without a backup for a reason", () => {
  const reports: readonly (readonly [string, (of: Access) => string, string])[] = [
    [
      "the Markdown",
      (of) => markdownReport(of, check(of)),
      "| prod | a backup | prod-eu, prod-us | the \\<disks\\> are copied \\| hourly |",
    ],
    [
      "the page",
      (of) => htmlReport(of, check(of)).replace(/\s+/g, " "),
      "Vault <b>prod</b> does without a backup, and holds what is protected (prod-eu, prod-us). Reason: the " +
        "&lt;disks&gt; are copied | hourly",
    ],
    [
      "the terminal",
      (of) => aroundText(of, {}),
      "Vault prod does without a backup. Reason: the <disks> are copied | hourly",
    ],
  ];

  test.each(reports)("is in %s", (_what, report, line) => {
    expect(report(without())).toContain(line);
    expect(report(access())).not.toMatch(/protects? less|a backup/);
  });

  test("is in the JSON, for other programs", () => {
    const of = without();
    expect(JSON.parse(jsonReport(of, check(of)))).toMatchObject({
      unsafeWithout: [
        {
          vault: "prod",
          without: "a backup",
          environments: ["prod-eu", "prod-us"],
          reason: "the <disks> are copied | hourly",
        },
      ],
    });
  });

  test("is of high risk where it is new, and stands in the comment", () => {
    const [base, head] = [access(), without()];
    const changes = changesBetween(base, head);
    expect(changes.find(({ who }) => who === "Vault prod")).toMatchObject({
      risk: "high",
      by: ["stack acme-access-prod"],
    });
    expect(diffComment(head.platform, changes, check(base), check(head))).toContain(
      "does without a backup: the ‹disks› are copied ¦ hourly",
    );
  });
});

test("a backup that is new is told by what it can do, once, and not by each line of its job", () => {
  const changes = changesBetween(without(), access());
  expect(changes.filter(({ risk }) => risk !== "none")).toEqual([
    expect.objectContaining({
      risk: "critical",
      who: "workload prod-eu/vault/backup",
      escalation: { name: "snapshot", vault: "prod" },
    }),
  ]);
  expect(markdownReport(access(), check(access()))).toContain(
    "| workload prod-eu/vault/backup | prod | take a snapshot (everything, encrypted by the seal), as the config's " +
      "backup |",
  );
});
