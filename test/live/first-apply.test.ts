import { readFileSync } from "node:fs";
import { join } from "node:path";
import sample from "../../config/sample";
import { describeLive, startVault, temporaryFolder } from "./servers";
import { Workspace } from "./workspace";

const ACCESS = "sample-access-main";
const TIMES = 5;

describeLive(["vault", "terraform-providers"], "with Terraform: the first apply on a Vault that is there", () => {
  test.each(Array.from({ length: TIMES }, (_, i) => i + 1))(
    "audit devices come before all else, so that nothing fails while they do and all is in their logs (%i)",
    async () => {
      const folder = temporaryFolder("audit");
      const logs = ["a.log", "b.log"].map((name) => join(folder, name));
      const vault = await startVault({ storage: "raft" });
      await vault.init();
      await vault.unseal();
      const workspace = new Workspace(
        {
          ...sample,
          vaults: {
            main: {
              address: vault.address,
              unsafeNoTls: true,
              audit: logs.map((path) => ({ type: "file" as const, path })),
            },
          },
          clusters: {},
          environments: { dev: { vault: "main" } },
        },
        { VAULT_TOKEN: vault.rootToken },
      );
      // As `npm run deploy` and a job do: ten resources at a time.
      await workspace.apply(ACCESS);
      const { resource } = workspace.read(join("cdktf.out", "stacks", ACCESS, "cdk.tf.json")) as {
        readonly resource: { readonly [type: string]: { readonly [id: string]: { readonly name: string } } };
      };
      const policies = Object.values(resource.vault_policy!).map(({ name }) => `sys/policies/acl/${name}`);
      expect(policies.length).toBeGreaterThan(5);
      const written = readFileSync(logs[1]!, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { type: string; request: { operation: string; path: string } })
        .filter(({ type, request }) => type === "response" && request.operation === "update")
        .map(({ request }) => request.path);
      expect(written).toEqual(expect.arrayContaining([...policies, "sys/auth/userpass", "sys/mounts/kvv2"]));
      await vault.stop();
    },
    120_000,
  );
});
