import { sayableErrors } from "../../cli/terraform-errors";

describe("of Terraform's errors", () => {
  test.each<[string, string, string]>([
    [
      "the box goes",
      '╷\n│ Error: Unsupported argument\n│ \n│   on cdk.tf.json line 3, in resource:\n│   3: "OWNER-VALUE"\n╵\n',
      "Error: Unsupported argument; on cdk.tf.json line 3",
    ],
    [
      "provider and resource stay",
      '\nError: a\n\n  with provider["registry.terraform.io/hashicorp/vault"],\n  on a.tf line ' +
        "1:\n\nError: b\n\n  with module.a.vault_x.y[0].z,\n",
      'Error: a; with provider["registry.terraform.io/hashicorp/vault"]; on a.tf line 1\nError: b; ' +
        "with module.a.vault_x.y[0].z",
    ],
    ["a detail is no place", "\nError: a\n\n  with OWNER-VALUE of x,\n  on the OWNER-VALUE line\n", "Error: a"],
    ["a detail is no error of its own", "\nError: a\n\nit said\nError: OWNER-VALUE\n", "Error: a"],
    [
      "a value in a summary goes",
      '\nError: ConfigMap "x" is invalid: data: Invalid value: "OWNER-VALUE": no\n',
      'Error: ConfigMap "x" is invalid: data: Invalid value […]',
    ],
    [
      "a lock says whose it is, and how it is taken off",
      "Acquiring state lock. This may take a few moments...\n\nError: Error acquiring the state lock\n\n" +
        "Error message: resource temporarily unavailable\nLock Info:\n" +
        "  ID:        992a3d10-9e6e-daf7-428c-0cd0479b64c4\n  Path:      terraform.tfstate\n" +
        "  Operation: OperationTypeApply\n  Who:       ada@laptop\n  Version:   1.11.4\n" +
        "  Created:   2026-11-29 17:35:21.632285335 +0000 UTC\n  Info:      \n\n\nTerraform acquires a state lock\n",
      "Error: Error acquiring the state lock; held by ada@laptop since 2026-11-29 17:35:21.632285335 +0000 UTC. " +
        "If that run was killed: terraform force-unlock 992a3d10-9e6e-daf7-428c-0cd0479b64c4, in the stack's folder",
    ],
    ["warnings, logs and crashes are left out", "Warning: OWNER-VALUE\n[DEBUG] OWNER-VALUE\npanic: OWNER-VALUE\n", ""],
  ])("%s", (_, text, said) => expect(sayableErrors(text)).toBe(said));

  test("there are at most ten, of three hundred characters each, and a token is none of them", () => {
    const said = sayableErrors(
      Array.from({ length: 14 }, (_, i) => `\nError: ${i} hvs.CAESIabcdefgh ${"x".repeat(1000)}\n`).join(""),
    );
    expect([said.split("\n").length, said.split("\n")[10], said.length < 3200, said.includes("hvs.")]).toEqual([
      11,
      "and 4 more errors",
      true,
      false,
    ]);
  });
});
