import { App, TerraformStack } from "cdktf";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolvePlatform } from "../../model";
import { addStacks } from "../../stacks";
import { CONFIGS } from "../helpers/configs";

test.each(Object.entries(CONFIGS))("each stack of %s is written as cdktf's own method writes it", (_, config) => {
  const outdir = mkdtempSync(join(tmpdir(), "vault-tenancy-stack-"));
  try {
    for (const stack of addStacks(new App({ outdir }), resolvePlatform(config))) {
      const ours = JSON.parse(JSON.stringify(stack.toTerraform())) as unknown;
      TerraformStack.prototype.prepareStack.call(stack);
      const theirs = JSON.parse(JSON.stringify(TerraformStack.prototype.toTerraform.call(stack))) as unknown;
      expect(ours).toEqual(theirs);
    }
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
