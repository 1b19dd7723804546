import { readVaultLogs } from "../../cli/access-used/vault-log";
import sample from "../../config/sample";
import { resolvePlatform, type Platform } from "../../model";
import { TestIssuer } from "./ci-tokens";
import { AccessLoader, stacksOf, vaultSide } from "./load-access";
import { nonprodPlatform } from "./nonprod-platform";
import { reviewerToken } from "./reviewer-token";
import { startSampleVault } from "./sample-vault";
import { describeLive, startKubernetes, startVault, type VaultServer } from "./servers";

/** Who read which sets by a log, without `ask`. */
async function readers(platform: Platform, vault: string, file: string): Promise<string[]> {
  const { everyone } = await readVaultLogs(platform, vault, [file], new Date());
  return everyone.flatMap(({ kind, name, byPath }) =>
    [...byPath].flatMap(([path, uses]) => (uses.has("read") ? `${kind} ${name}: ${path}` : [])),
  );
}

async function tokenOf(server: VaultServer, path: string, body: object): Promise<string> {
  const { auth } = await server.ok<{ auth: { client_token: string } }>("POST", path, { token: "", body });
  return auth.client_token;
}

// What each auth method calls a login is the plugin's choice: held here against the server's own.
describeLive(["vault", "kubernetes"], "a service account by token review, in an audit log", () => {
  test("is the app's workload, and with another's role nobody's", async () => {
    const platform = resolvePlatform(sample);
    const [vault, cluster] = await Promise.all([startSampleVault(), startKubernetes()]);
    const { server } = vault;
    const { name, path, delivery } = platform.tenants.find((each) => each.name === "sample-node-api-local")!;
    const { namespace, serviceAccount } = delivery!;
    await cluster.createNamespace(namespace);
    for (const account of [serviceAccount, "other"]) await cluster.createServiceAccount(namespace, account);
    await server.ok("POST", "auth/kubernetes/config", {
      body: {
        kubernetes_host: cluster.address,
        kubernetes_ca_cert: cluster.ca,
        token_reviewer_jwt: await reviewerToken(cluster),
      },
    });
    await server.ok("POST", "auth/kubernetes/role/by-hand", {
      body: {
        bound_service_account_names: "other",
        bound_service_account_namespaces: namespace,
        audience: "vault",
        token_policies: name,
      },
    });
    const file = await server.enableAudit();
    for (const [role, account] of [
      [name, serviceAccount],
      ["by-hand", "other"],
    ] as const) {
      const jwt = await cluster.token(namespace, account, "vault");
      const token = await tokenOf(server, "auth/kubernetes/login", { role, jwt });
      await server.ok("GET", path.data(), { token });
    }
    expect(await readers(platform, "main", file)).toEqual([
      `other kubernetes-${namespace}-other (by-hand): ${path.path}`,
      `workload sample-node-api/local: ${path.path}`,
    ]);
  });
});

describeLive(["vault"], "logins by an issuer's keys, in an audit log", () => {
  test("are the workload and the CI's job that they are", async () => {
    const server = await startVault({ storage: "dev" });
    const ci = new TestIssuer();
    const config = nonprodPlatform(server, ci);
    const platform = resolvePlatform(config);
    await new AccessLoader(server).apply(vaultSide(stacksOf(config)));
    const file = await server.enableAudit();
    const { name, path, delivery } = platform.tenants.find((each) => each.name === "payments-dev")!;
    const { authMount, namespace, serviceAccount } = delivery!;
    const claims = {
      ...ci.claims("none"),
      iss: "https://cluster.example",
      aud: "vault",
      sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    };
    const workload = await tokenOf(server, `auth/${authMount}/login`, { role: name, jwt: ci.token(claims) });
    await server.ok("GET", path.data(), { token: workload });
    // A job reads no value: what its policy denies is no use, and what it looks at is.
    const job = await ci.job(server, "apply-acme-dev");
    expect((await server.request("GET", path.data(), { token: job })).status).toBe(403);
    expect((await server.request("GET", path.metadata(), { token: job })).status).toBe(200);
    expect(await readers(platform, "nonprod", file)).toEqual([`workload payments/dev: ${path.path}`]);
    const { everyone } = await readVaultLogs(platform, "nonprod", [file], new Date());
    const pipelines = everyone.filter(({ kind }) => kind === "pipeline");
    expect(pipelines.map(({ name: role, byPath }) => [role, [...byPath.get(path.path)!.keys()]])).toEqual([
      ["apply-acme-dev", ["see"]],
    ]);
  });
});
