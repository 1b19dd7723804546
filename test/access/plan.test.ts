import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { judgePlan, parsePlan, planMarkdown } from "../../access";
import { short } from "../resource-types/by-hand";

/** Plans of real Terraform against a real Vault: plans/record.ts makes them. */
const REAL = join(__dirname, "plans", "real");
const judged = (text: string) => judgePlan(parsePlan(text));
const real = (name: string) => judged(readFileSync(join(REAL, `${name}.json`), "utf8"));

describe("plans of real Terraform", () => {
  const expected: { readonly [name: string]: readonly string[] } = {
    "no-change": [],
    "mount-renamed": ["warning: mount kvv2 is renamed to secrets"],
    "mount-replaced": ["error: mount kvv2 is replaced"],
    "mount-destroyed": ["error: mount kvv2 is destroyed"],
    "secret-set-destroyed": [
      "error: secret set kvv2/sample/sample-node-api/sample-node-api-dev is destroyed",
      "info: kvv2/metadata/sample/sample-node-api/sample-node-api-dev is forgotten",
    ],
    "secret-set-forgotten": [
      "info: kvv2/metadata/sample/sample-node-api/sample-node-api-dev is forgotten",
      "info: secret set kvv2/sample/sample-node-api/sample-node-api-dev is forgotten",
    ],
    "policy-widened": ["warning: policy sample-node-api-user gives new access: read on kvv2/data/sample/+/*"],
    "policy-reworded": [],
    "policy-of-a-workload-widened": [
      "warning: policy sample-node-api-dev gives new access: read on kvv2/data/sample/*",
    ],
    "role-bound-more-widely": [
      "error: role kubernetes/app loses its audience",
      "error: role kubernetes/app: bound_service_account_namespaces gains *",
    ],
    "audit-device-removed": ["error: audit device file-stdout is destroyed"],
    "user-removed": [
      "warning: entity sample-node-api-user is destroyed",
      "warning: alias sample-node-api-user is destroyed",
      "warning: user sample-node-api-user is removed",
    ],
    "user-written-again": ["warning: user sample-node-api-user is written again"],
    "group-gains-a-member": ["warning: group sample-admin: 1 more member_entity_ids"],
    "auth-mount-replaced": [
      "error: auth mount userpass is replaced",
      ...[
        "platform-admin",
        "sample-admin",
        "sample-node-api-admin",
        "sample-node-api-user",
        "sample-python-api-admin",
        "sample-python-api-user",
      ].map((name) => `warning: alias ${name}: mount_accessor changes`),
    ],
    "policy-changed-outside": [
      "warning: outside of Terraform, already: policy sample-node-api-user gives new access: read on kvv2/*",
      "warning: policy sample-node-api-user gives new access: list on kvv2/metadata/sample/sample-node-api/*",
    ],
  };

  test("each is judged", () => {
    expect(
      readdirSync(REAL)
        .map((file) => file.replace(".json", ""))
        .sort(),
    ).toEqual([...Object.keys(expected), "first-apply"].sort());
  });

  test.each(Object.entries(expected))("%s", (name, findings) => {
    expect(real(name).map(short)).toEqual(findings);
  });

  test("first-apply: asks about whom Vault believes, who becomes whom, and what is about more than one app", () => {
    const asked = real("first-apply").filter(({ severity }) => severity !== "info");
    expect(asked.map(({ says }) => says.replace(/:.*/, ""))).toEqual([
      "auth mount kubernetes is made",
      "auth mount userpass is made",
      ...[
        "platform-admin",
        "sample-admin",
        "sample-node-api-admin",
        "sample-node-api-user",
        "sample-python-api-admin",
        "sample-python-api-user",
      ].map((name) => `alias ${name} is made in an auth mount that is known only after the apply`),
      "auth mount kubernetes trusts https",
      // The role of record.ts, which stands for those of clusters.
      "role kubernetes/app is made with sample-node-api-dev",
      "policy platform-admin is made",
      "policy sample-admin is made",
      "policy own-password is made",
    ]);
    expect(asked.map(({ severity }) => severity)).toEqual(asked.map(() => "warning"));
  });

  test("hold neither a machine's paths and addresses nor a token", () => {
    for (const file of readdirSync(REAL))
      expect(readFileSync(join(REAL, file), "utf8")).not.toMatch(
        /127\.0\.0\.1|localhost|\/tmp|\/home|\/root|hvs\.|hvb\./,
      );
  });
});

test("what is imported and cannot stay as it is, is judged as a replace", () => {
  const plan = JSON.parse(readFileSync(join(REAL, "mount-replaced.json"), "utf8")) as {
    readonly resource_changes: readonly { readonly change: { actions: string[]; importing?: object } }[];
  };
  const replaced = plan.resource_changes.find(({ change }) => change.actions.length === 2)!.change;
  replaced.importing = { id: "kvv2" };
  const says = () => judged(JSON.stringify(plan)).map(short);
  expect(says()).toEqual(["error: mount kvv2 is replaced"]);
  replaced.actions = ["update"];
  expect(says()).not.toContain("error: mount kvv2 is replaced");
});

describe("the report", () => {
  test("says what matters first, as a table, and folds routine away", () => {
    expect(planMarkdown([...real("audit-device-removed"), ...real("policy-widened")])).toBe(
      [
        "### Plan: 1 would lose something for good or trust somebody else, 1 needs a person's eyes",
        "",
        "|  | what | why | resource |",
        "| --- | --- | --- | --- |",
        "| error | audit device file-stdout is destroyed | What happens from then on is not " +
          "recorded there; with one device left, its failure stops Vault. | " +
          "vault_audit.audit_file-stdout |",
        "| warning | policy sample-node-api-user gives new access: read on kvv2/data/sample/+/\\* | " +
          "Whoever has it gains this at once, with tokens already issued. | " +
          "vault_policy.group_sample-node-api-user_policy |",
        "",
      ].join("\n"),
    );
    expect(planMarkdown(real("no-change"))).toBe("### Plan: nothing that a person must look at\n");
  });

  test("a plan that ended in an error is no clean plan", () => {
    expect(judged(JSON.stringify({ format_version: "1.2", resource_changes: [], errored: true })).map(short)).toEqual([
      "warning: the plan ended in an error",
    ]);
  });

  test.each([
    ["no JSON", "no plan", /given no JSON with a format_version/],
    ["a later format", '{"format_version":"2.0"}', /given format_version 2\.0; accepted: 1\.x/],
    ["a state", '{"format_version":"1.0","values":{}}', /given a state/],
  ])("%s is refused", (_, text, message) => {
    expect(() => parsePlan(text)).toThrow(message);
  });
});
