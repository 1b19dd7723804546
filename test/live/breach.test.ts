import { createSign, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sample from "../../config/sample";
import { definePlatform, type PlatformConfig } from "../../model";
import { UNSAFE } from "../helpers/configs";
import { describeLive, temporaryFolder } from "./servers";
import { startSampleVault, type SampleVault } from "./sample-vault";

describeLive(["vault"], "ops breach", () => {
  let vault: SampleVault;
  let admin: string;
  const works = async (token: string) =>
    (await vault.server.request("GET", "auth/token/lookup-self", { token })).status === 200;
  const canLogIn = async (user: string) =>
    (
      await vault.server.request("POST", `auth/userpass/login/${user}`, {
        token: "",
        body: { password: vault.loader.passwords.get(user) },
      })
    ).status === 200;
  const setsIn = (markdown: string) => [...markdown.matchAll(/^### (.*)$/gm)].map((match) => match[1]);
  const role = (name: string) =>
    vault.server.request("GET", `auth/kubernetes/role/${name}`).then(({ status }) => status === 200);

  beforeAll(async () => {
    vault = await startSampleVault();
    admin = await vault.login("platform-admin");
  });

  test("a dry run is the default: it says what would be done, and changes nothing", async () => {
    const token = await vault.login("sample-node-api-user");
    const { code, out } = await vault.ops("breach --user sample-node-api-user", admin);
    expect(code).toBe(0);
    expect(out).toMatch(/^# Breach of user sample-node-api-user: dry run, nothing was changed$/m);
    expect(out).toMatch(/^- \[ \] revoke the tokens of sample-node-api-user.*\(1 now\)$/m);
    expect(setsIn(out)).toEqual(
      ["local", "dev", "qa", "stg", "prod"].map((environment) => `sample-node-api in ${environment}`),
    );
    expect(out).toContain("could be read\n");
    expect(out).not.toContain("could be read and changed");
    expect(out).toContain("- [ ] `npm run ops -- secrets set sample-node-api prod PRIVATE_NODE_API_DB_PASSWORD`");
    expect(await works(token)).toBe(true);
    expect(await canLogIn("sample-node-api-user")).toBe(true);
  });

  test("confirmed: the person is out, in every way, and stays out when the entity is enabled again", async () => {
    const user = "sample-node-api-user";
    const tokens = [await vault.login(user), await vault.login(user), await vault.login("sample-node-api-admin")];
    const { code, out, err } = await vault.ops(`breach --user ${user} --confirm`, admin);
    expect([code, err]).toEqual([
      0,
      `${user} is cut off from Vault main; 4 tokens revoked`.replace("4", /; (\d+) tokens/.exec(err)![1]!),
    ]);
    expect(out).toContain(`# Breach of user ${user}: cut off`);
    expect(out.match(/^- \[x\] /gm)).toHaveLength(3);
    expect(await Promise.all(tokens.map(works))).toEqual([false, false, true]);
    expect(await canLogIn(user)).toBe(false);
    await vault.ops(`users enable ${user}`, admin);
    expect(await canLogIn(user)).toBe(false);
    expect((await vault.ops(`breach --user ${user} --confirm`, admin)).code).toBe(0);
  });

  test("a right that somebody gave by hand in Vault counts, and is said", async () => {
    const entity = vault.loader.attribute(
      "sample-access-main:vault_identity_entity.user_sample-python-api-user_entity",
      "id",
    );
    const node = vault.loader.attribute(
      "sample-access-main:vault_identity_entity.user_sample-node-api-user_entity",
      "id",
    );
    await vault.server.ok("POST", "identity/group/name/sample-node-api-user", {
      body: { member_entity_ids: [entity, node] },
    });
    const { out } = await vault.ops("breach --user sample-python-api-user", admin);
    expect(setsIn(out)).toHaveLength(10);
    expect(out).toContain(
      "In Vault sample-python-api-user is also in `sample-node-api-user`, which the config does not say.",
    );
    await vault.server.ok("POST", "identity/group/name/sample-node-api-user", { body: { member_entity_ids: [node] } });
  });

  test("platform-admin could grant itself everything, and the checklist says so", async () => {
    const { out } = await vault.ops("breach --user platform-admin", vault.server.rootToken);
    expect(setsIn(out)).toHaveLength(10);
    expect(out).toContain("could grant itself every value of this Vault");
    expect(await vault.ops("breach --user platform-admin --confirm", admin)).toMatchObject({
      code: 1,
      err: expect.stringContaining("is who runs this"),
    });
  });

  test("a left-over that the config does not have can be cut off", async () => {
    await vault.server.ok("POST", "auth/userpass/users/left-over", { body: { password: "a-left-over-password" } });
    const { auth } = await vault.server.ok<{ auth: { client_token: string } }>(
      "POST",
      "auth/userpass/login/left-over",
      { token: "", body: { password: "a-left-over-password" } },
    );
    const { code, out } = await vault.ops("breach --user left-over --confirm", admin);
    expect([code, await works(auth.client_token)]).toEqual([0, false]);
    expect(out).toContain("The config has no user left-over.");
    expect(out).toContain("None: this identity reached no secret set.");
  });

  test("workloads: the role is deleted, the set to change is named, and what Terraform puts back is said", async () => {
    const { code, out } = await vault.ops("breach --workload sample-node-api/local --confirm", admin);
    expect(code).toBe(0);
    expect([await role("sample-node-api-local"), await role("sample-python-api-local")]).toEqual([false, true]);
    expect(setsIn(out)).toEqual(["sample-node-api in local"]);
    expect(out).toContain("Terraform puts the roles back with the next apply of `sample-local`");
    expect(out).toContain(
      "kubectl --context docker-desktop -n sample delete serviceaccount sample-node-api-vault-operator-sa",
    );
    expect((await vault.ops("breach --workload sample-node-api/local --confirm", admin)).out).toContain(
      "(it is not there)",
    );
  });

  test("an app, and an environment", async () => {
    expect(setsIn((await vault.ops("breach --app sample-python-api", admin)).out)).toHaveLength(5);
    const { out } = await vault.ops("breach --environment dev", admin);
    expect(setsIn(out)).toEqual(["sample-node-api in dev", "sample-python-api in dev"]);
    expect(out).toContain("Some of these environments have no cluster");
  });

  test("a leaked share: rekeying, and every value only if a threshold of them leaked; Vault is not asked", async () => {
    const { code, out, err } = await vault.ops("breach --unseal-share --confirm", "", {
      env: { VAULT_ADDR: "http://127.0.0.1:1" },
    });
    expect([code, err]).toEqual([0, expect.stringContaining("--confirm does nothing here")]);
    expect(out).toContain("`vault operator rekey -init -verify`");
    expect(setsIn(out)).toHaveLength(10);
  });

  test.each([
    ["breach", /given none of them; accepted: exactly one of --user NAME/],
    ["breach --user a --app b", /given 2 of them/],
    ["breach --user sample-admin --dry-run --confirm", /given both/],
    ["breach --user sample-admni", /accepted: a user of Vault main.*Did you mean "sample-admin"\?/],
    ["breach --app sample-node", /--app: given "sample-node"/],
    ["breach --workload sample-node-api/deb", /Did you mean "sample-node-api\/dev"\?/],
  ])("refused: %s", async (words, message) => {
    expect(await vault.ops(words, admin)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });
});

// Service accounts' tokens of a cluster that this test plays: Vault checks them by the issuer's key, which the config
// has.
describeLive(["vault"], "ops breach of workloads that are logged in", () => {
  const ISSUER = "https://oidc.cluster.example";
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const config = definePlatform({
    ...sample,
    authority: "separate",
    vaults: {
      main: { address: "http://vault.example", unsafeNoTls: true, unsafeWithout: { tls: UNSAFE.tls }, mount: "kvv2" },
    },
    clusters: {
      local: {
        context: "local",
        login: {
          type: "jwt",
          issuer: ISSUER,
          publicKeys: [publicKey.export({ type: "spki", format: "pem" }) as string],
        },
      },
    },
    environments: {
      local: { vault: "main", cluster: "local" },
      prod: { vault: "main", cluster: "local", protected: true },
    },
    people: { groups: {}, users: {} },
  } as unknown as PlatformConfig);
  let vault: SampleVault;
  let env: Record<string, string>;
  const serviceAccountToken = (environment: string, app: string) => {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const sub = `system:serviceaccount:sample-${environment}:${app}-vault-operator-sa`;
    const claims = { iss: ISSUER, aud: ["vault"], sub, iat: now - 5, exp: now + 600 };
    const head = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
    return `${head}.${createSign("RSA-SHA256").update(head).sign(privateKey).toString("base64url")}`;
  };
  const login = (environment: string, app = "sample-node-api") =>
    vault.server.request<{ auth: { client_token: string } }>("POST", "auth/kubernetes-local/login", {
      token: "",
      body: { role: `${app}-${environment}`, jwt: serviceAccountToken(environment, app) },
    });
  const reads = async (token: string, environment: string, app = "sample-node-api") =>
    (await vault.server.request("GET", `kvv2/data/sample/${app}/${app}-${environment}`, { token })).status;

  beforeAll(async () => {
    vault = await startSampleVault(config);
    const file = join(temporaryFolder("platform"), "platform.js");
    writeFileSync(file, `module.exports = { default: ${JSON.stringify(config)} };`);
    env = { PLATFORM: file, TF_VAR_vault_address_main: vault.server.address };
  });

  test("the tokens of its role end, and no other; a new login is refused; protected values come first", async () => {
    const [prod, local, python] = [
      await login("prod"),
      await login("local"),
      await login("prod", "sample-python-api"),
    ].map(({ body }) => body.auth.client_token) as [string, string, string];
    expect([await reads(prod, "prod"), await reads(prod, "local")]).toEqual([200, 403]);
    const dry = await vault.ops("breach --app sample-node-api", vault.server.rootToken, { env });
    expect(dry.out).toContain("(2 now)");
    expect([...dry.out.matchAll(/^### (.*)$/gm)].map((match) => match[1])).toEqual([
      "sample-node-api in prod (protected)",
      "sample-node-api in local",
    ]);
    expect(await reads(prod, "prod")).toBe(200);
    const { code, out, err } = await vault.ops(
      "breach --workload sample-node-api/prod --confirm",
      vault.server.rootToken,
      { env },
    );
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/^the workload of sample-node-api\/prod is cut off from Vault main; 1 token revoked$/m),
    ]);
    expect([
      await reads(prod, "prod"),
      await reads(local, "local"),
      await reads(python, "prod", "sample-python-api"),
    ]).toEqual([403, 200, 200]);
    expect((await login("prod")).status).toBe(400);
    expect(out).toContain("Terraform puts the roles back with the next apply of `sample-access-main`");
  });
});
