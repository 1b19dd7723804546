import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jobTerraform } from "../../ci/lib/terraform";
import { planDigestOf } from "../ci/cases";
import { describeLive, temporaryFolder } from "./servers";

describeLive(["terraform"], "a stack's run, with Terraform alone", () => {
  const OWNER = "OWNER-VALUE-IN-PLAN";

  /**
   * Stacks of the test, by their text; each keeps its state in its folder. Answers what the plan says, or the error;
   * applies if asked.
   */
  async function run(outdir: string, stack: string, text: string, apply = false): Promise<string> {
    const folder = join(outdir, "stacks", stack);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "main.tf"), text);
    const terraform = jobTerraform(outdir);
    const file = join(temporaryFolder("plan"), "plan");
    try {
      await terraform.plan(stack, file);
      const plan = await terraform.show(stack, file);
      if (apply) await terraform.apply(stack, file);
      return plan;
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  }

  const failing = (condition: string) => `
resource "terraform_data" "a" { input = "${OWNER}" }
resource "terraform_data" "b" {
  lifecycle {
    precondition {
      condition     = ${condition}
      error_message = "it was \${terraform_data.a.input}: ${OWNER}"
    }
  }
}
`;

  test.each<[string, string, string, string]>([
    [
      "plan, after it has shown what it would do",
      failing(`terraform_data.a.input == "other"`),
      "plan",
      "Error: Resource precondition failed; on main.tf line 6",
    ],
    [
      "plan, by a function's argument",
      `locals { x = "${OWNER}" }\noutput "a" { value = tonumber(local.x) }\n`,
      "plan",
      "Error: Invalid function argument; on main.tf line 2",
    ],
    [
      "apply",
      failing(`terraform_data.a.output == "other"`),
      "apply",
      "Error: Resource precondition failed; on main.tf line 6",
    ],
    [
      "apply, by a provisioner that prints",
      `resource "terraform_data" "a" {\n  provisioner "local-exec" { command = "echo ${OWNER}; exit 3" }\n}\n`,
      "apply",
      "Error: local-exec provisioner error; with terraform_data.a; on main.tf line 2",
    ],
  ])(
    "a failed %s tells where, and no value",
    async (_, text, command, said) => {
      const error = await run(temporaryFolder("run"), "shop", text, true);
      expect(error).toMatch(new RegExp(`^OpsError: terraform ${command} of shop: ${said}\n`));
      expect(error).not.toContain("OWNER");
    },
    60_000,
  );

  test("another import, move or removal is another digest; the same is the same, made again", async () => {
    const before = `resource "terraform_data" "a" {}\nresource "terraform_data" "b" { input = "b" }\n`;
    const outdir = temporaryFolder("run");
    await run(outdir, "shop", before, true);
    const imported = (id: string) =>
      `${before}resource "terraform_data" "c" {}\nimport {\n  to = terraform_data.c\n  id = "${id}"\n}\n`;
    const removed = (destroy: boolean) =>
      `resource "terraform_data" "a" {}\nremoved {\n  from = terraform_data.b\n  lifecycle { ` +
      `destroy = ${destroy} }\n}\n`;
    const texts = {
      nothing: before,
      "import of a": imported("a"),
      "import of b": imported("b"),
      created: `${before}resource "terraform_data" "c" {}\n`,
      moved: `${before.replace('"a"', '"z"')}moved {\n  from = terraform_data.a\n  to = terraform_data.z\n}\n`,
      forgotten: removed(false),
      destroyed: removed(true),
      output: `${before}output "o" { value = "one" }\n`,
      "another output": `${before}output "o" { value = "two" }\n`,
      read:
        `${before}resource "terraform_data" "d" {}\ndata "terraform_remote_state" "d" {\n  ` +
        `backend = "local"\n  config = { path = terraform_data.d.id }\n}\n`,
      "not read": `${before}resource "terraform_data" "d" {}\n`,
    };
    const digests: Record<string, string> = {};
    for (const [name, text] of Object.entries(texts)) digests[name] = planDigestOf(await run(outdir, "shop", text));
    expect(new Set(Object.values(digests)).size).toBe(Object.keys(texts).length);
    for (const name of ["nothing", "import of a", "moved"] as const)
      expect([name, planDigestOf(await run(outdir, "shop", texts[name]))]).toEqual([name, digests[name]]);
  }, 90_000);

  test("a plan that Terraform calls errored or not complete is refused", async () => {
    const plan = JSON.parse(await run(temporaryFolder("run"), "shop", 'resource "terraform_data" "a" {}\n')) as Record<
      string,
      unknown
    >;
    expect([plan.errored, plan.complete, plan.applyable]).toEqual([false, true, true]);
    for (const more of [{ errored: true }, { complete: false }])
      expect(() => planDigestOf(JSON.stringify({ ...plan, ...more }))).toThrow("the plan: given one with");
  }, 30_000);
});
