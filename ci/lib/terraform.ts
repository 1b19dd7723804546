import { OpsError } from "../../cli/ops/errors";
import { Terraform } from "../../cli/terraform";
import { sayableErrors } from "../../cli/terraform-errors";
import { withoutTokens } from "../../cli/vault";

/**
 * Terraform as a job runs it: of what it prints nobody hears anything but, of a command that failed, what may be said
 * of its errors.
 */
export function jobTerraform(outdir: string): Terraform {
  // Terraform has no use for the CI's own tokens, and its providers none either.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CI_ID_TOKEN")));
  return new Terraform({
    outdir,
    env,
    lockTimeout: "120s",
    failure: (stack, command, { code, stdout, stderr }) => {
      // Only init may speak by its standard output: those of plan, show and apply hold arguments' values, also when
      // they fail.
      const said =
        sayableErrors(stderr) ||
        (command === "init" &&
          (sayableErrors(stdout) || withoutTokens((stderr.trim() || stdout.trim()).slice(0, 300)))) ||
        `it ended with ${code}, without an error that may be shown.`;
      return new OpsError(
        `terraform ${command} of ${stack}: ${said}` +
          (command === "apply" ? "\nWhat was done until then is in the state: the next plan shows what is left." : "") +
          "\nDetails quote values and are left out: who may see them runs terraform " +
          `${command === "init" ? "init" : "plan"} in the stack's folder.`,
      );
    },
  });
}
