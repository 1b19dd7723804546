import { join } from "node:path";
import sample from "../../config/sample";
import type { Authority, PlatformConfig } from "../../model";
import { startOperator } from "./operator";
import { chartsFolder, describeLive, startKubernetes, startVault, testWith } from "./servers";
import { Workspace } from "./workspace";
import { loginByKey } from "./up-helpers";

const [ACCESS, ENVIRONMENT] = ["sample-access-main", "sample-local"];
const APP = "sample-node-api";

const crds = join(chartsFolder() ?? "", "vault-secrets-operator", "crds");

/** docs/runbooks/authority.md, on a platform that is in use. */
describeLive(
  ["vault", "kubernetes", "kubectl", "terraform-providers", "charts"],
  "with Terraform: who writes an environment's policies changes",
  () => {
    testWith(
      "operator",
      "the environment's stack gives them up, the access stack makes them, and back: no value and " +
        "no Secret is lost, and bindings sync again",
      async () => {
        const cluster = await startKubernetes();
        await cluster.kubectl("apply", "--server-side", "-f", crds!);
        const server = await startVault({ storage: "dev" });
        const operator = await startOperator(cluster);
        const platform = (authority: Authority): PlatformConfig => ({
          ...sample,
          authority,
          vaults: { main: { address: server.address, unsafeNoTls: true } },
          clusters: {
            local: {
              context: "live",
              kubeconfig: cluster.kubeconfig,
              login: loginByKey(cluster),
            },
          },
          environments: { local: { vault: "main", cluster: "local", namespace: "sample-local", refreshAfter: "1s" } },
        });
        const workspace = new Workspace(platform("environment"), { VAULT_TOKEN: server.rootToken });
        for (const stack of [ACCESS, ENVIRONMENT]) await workspace.apply(stack!);

        const set = async (password: string) =>
          server.ok("POST", `kvv2/data/sample/${APP}/${APP}-local`, {
            body: { data: { PRIVATE_NODE_API_DB_USERNAME: "u", PRIVATE_NODE_API_DB_PASSWORD: password } },
          });
        const delivered = async () => {
          const { body } = await cluster.request<{ data?: Record<string, string> }>(
            "GET",
            "/api/v1/namespaces/sample-local/secrets/sample-app-node-api-local-db-connection-secret",
          );
          return Buffer.from(body.data?.PRIVATE_NODE_API_DB_PASSWORD ?? "", "base64").toString();
        };
        const arrives = async (password: string) => {
          await set(password);
          await cluster.until(async () => (await delivered()) === password, `the Secret has "${password}"`);
        };
        const policies = async () =>
          (await server.ok<{ data: { keys: string[] } }>("LIST", "sys/policies/acl")).data.keys.filter(
            (each) => each === `${APP}-local`,
          );
        await arrives("before");

        // From the environment's stack to the access stack. In the usual order it stops, and takes nothing over.
        workspace.synthesize(platform("separate"));
        const early = await workspace.tryApply(ACCESS!);
        expect([early.code, early.output]).toEqual([1, expect.stringMatching(/policy .*already exists/i) as string]);
        expect(await policies()).toEqual([`${APP}-local`]);
        await arrives("after the refusal");
        expect(
          (await workspace.changes(ENVIRONMENT!))
            .map(({ address, actions }) => `${actions.join()} ${address.split(".")[0]}`)
            .sort(),
        ).toEqual([
          ...Object.keys(sample.apps).map(() => "delete vault_jwt_auth_backend_role"),
          ...Object.keys(sample.apps).map(() => "delete vault_policy"),
        ]);
        await workspace.apply(ENVIRONMENT!);
        expect([await policies(), await delivered()]).toEqual([[], "after the refusal"]);
        await workspace.apply(ACCESS!);
        await arrives("separate");
        for (const stack of [ACCESS, ENVIRONMENT])
          expect([stack, await workspace.changes(stack!)]).toEqual([stack, []]);

        // And back: the usual order.
        workspace.synthesize(platform("environment"));
        await workspace.apply(ACCESS!);
        expect([await policies(), await delivered()]).toEqual([[], "separate"]);
        await workspace.apply(ENVIRONMENT!);
        await arrives("environment");
        for (const stack of [ACCESS, ENVIRONMENT])
          expect([stack, await workspace.changes(stack!)]).toEqual([stack, []]);
        await operator.stop();
        await server.stop();
      },
      180_000,
    );
  },
);
