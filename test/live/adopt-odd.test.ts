import { existsSync } from "node:fs";
import type { PlatformConfig } from "../../model";
import { ODD, PASSWORD } from "./adopt-odd";
import { adopt, cells, configIn, everything, login, type Ended } from "./adopt-run";
import { startArticleVault, type ArticleVault } from "./article-vault";
import { describeLive, startVault, testWith, type VaultServer } from "./servers";
import { Workspace } from "./workspace";

const put =
  (server: VaultServer) =>
  (path: string, body: unknown = {}) =>
    server.ok("POST", path, { body });
const USERS = ODD.flatMap(({ user }) => user ?? []);

describeLive(["vault"], "what is odd in a Vault", () => {
  jest.setTimeout(180_000);
  let vault: ArticleVault;
  let before: Record<string, unknown>;
  let run: Ended & { readonly file: string };
  let config: PlatformConfig;

  beforeAll(async () => {
    vault = await startArticleVault();
    const { server, values } = vault;
    for (const { make } of ODD) await make(put(server), server);
    before = await everything(server, values.keys());
    run = await adopt(server, server.rootToken);
    expect(run.err).toBe("");
    config = await configIn(run.file);
  }, 120_000);
  afterAll(() => vault?.server.remove());

  test.each(ODD.map(({ kind, said }) => [kind, said] as const))("is said: %s", (_, said) => {
    if (typeof said === "string") expect(run.out).toContain(said);
    else expect(run.out).toMatch(said);
  });

  test("are at least 12 kinds", () => {
    expect(new Set(ODD.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(12);
  });

  test("changes nothing in the Vault, and ends with what somebody must look at", async () => {
    expect(run.code).toBe(3);
    expect(await everything(vault.server, vault.values.keys())).toEqual(before);
  });

  test("does not keep the rest from being in the config", () => {
    const { apps, people } = config;
    expect(Object.keys(apps)).toEqual(["sample-node-api", "sample-python-api", "web"]);
    expect(Object.keys(apps["sample-node-api"]!.environments!)).toEqual(["dev", "local", "prod", "qa", "stg"]);
    expect(Object.keys(apps["sample-python-api"]!.environments!)).toEqual(["dev", "local", "prod", "stg"]);
    expect(people?.users).toMatchObject({
      "sample-admin": { groups: ["sample-admin-people"] },
      same: { groups: ["sample-node-api-admin-sample-node-api-user-people"] },
      grouped: { groups: ["sample-node-api-admin-sample-python-api-user-people"] },
    });
    expect(people?.groups?.["sample-node-api-admin-sample-node-api-user-people"]?.grants).toEqual([
      { access: "write", apps: ["sample-node-api"] },
    ]);
    for (const name of [
      "both",
      "careful",
      "nobody",
      "boss",
      "templated",
      "second-factor",
      "special",
      "namesake",
      "bob_smith",
      "watcher",
    ])
      expect([name, people?.users?.[name]]).toEqual([name, undefined]);
  });

  testWith(
    "terraform-providers",
    "nobody loses a right, a password or a value by the first apply, and who is disabled stays so",
    async () => {
      const { server, values, passwords } = vault;
      const paths = [...values.keys(), "own/templated", "sample/web/web-dev", "shared"].flatMap((path) =>
        ["data", "metadata", "subkeys", "destroy"].map((kind) => `kvv2/${kind}/${path}`),
      );
      const asked = [...paths, "sys/mounts", "sys/policies/acl/x", "kvv2/metadata/sample/", "transit/keys/x"];
      const people = new Map([
        ...passwords,
        ...USERS.filter((name) => name !== "left-us").map((n) => [n, PASSWORD] as const),
      ]);
      const had = new Map<string, ReadonlySet<string>>();
      for (const [name, password] of people)
        had.set(name, await cells(server, await login(server, name, password), asked));
      // Those logins made entities, which the first run could not know of.
      const { file, err } = await adopt(server, server.rootToken);
      expect(err).toBe("");
      const workspace = new Workspace(await configIn(file), { VAULT_TOKEN: server.rootToken });
      for (const stack of workspace.names) await workspace.apply(stack);
      for (const [name, password] of people) {
        const has = await cells(server, await login(server, name, password), asked);
        expect([name, [...had.get(name)!].filter((cell) => !has.has(cell))]).toEqual([name, []]);
      }
      const disabled = await server.request("POST", "auth/userpass/login/left-us", {
        token: "",
        body: { password: PASSWORD },
      });
      expect([disabled.status, disabled.text]).toEqual([403, expect.stringContaining("permission denied")]);
      const after = await everything(server, values.keys());
      const kept = Object.keys(before).filter((path) => /^(kvv2\/|sys\/policies|auth\/)/.test(path));
      for (const path of kept) expect([path, after[path]]).toEqual([path, before[path]]);
    },
    180_000,
  );
});

describeLive(["vault"], "a Vault that cannot be adopted", () => {
  jest.setTimeout(60_000);
  let server: VaultServer;
  beforeAll(async () => {
    ({ server } = await startArticleVault());
  });
  afterAll(() => server?.remove());

  const refusal = async (token: string, words: readonly string[] = [], of = server) => {
    const { code, out, err, file } = await adopt(of, token, words);
    expect([code === 0, out, existsSync(file)]).toEqual([false, "", false]);
    return err;
  };

  test("since it is sealed", async () => {
    const sealed = await startVault({ storage: "file" });
    try {
      await sealed.init();
      expect(await refusal("hvs.any", [], sealed)).toMatch(/Vault is sealed/);
    } finally {
      await sealed.remove();
    }
  });

  test("since the token may read too little", async () => {
    const policy = 'path "sys/mounts" {\n  capabilities = ["read"]\n}\n';
    await put(server)("sys/policies/acl/too-little", { policy });
    const { auth } = (await put(server)("auth/token/create", { policies: ["too-little"] })) as {
      auth: { client_token: string };
    };
    const said = await refusal(auth.client_token);
    for (const part of ["read sys/auth", "list sys/policies/acl", "list identity/entity/id", "list identity/group/id"])
      expect(said).toContain(part);
    expect(said).toContain(
      "Nothing was written. npm run adopt -- --policy --mount kvv2 shows the policy that it needs.",
    );
    await server.ok("DELETE", "sys/policies/acl/too-little");
  });

  test("since the token is none", async () => {
    expect(await refusal("hvs.nobody")).toMatch(/invalid token|permission denied/);
  });

  test("since nothing in it is at a path of the product's", async () => {
    expect(await refusal(server.rootToken, ["--name", "other"])).toContain(
      "there is no secret at a path that this product has: <mount>/<platform>/<app>/<app>-<environment>",
    );
    expect(await refusal(server.rootToken, ["--mount", "secret"])).toContain('--mount: given "secret"');
  });

  test("since somebody else is called platform-admin in it", async () => {
    await put(server)("auth/userpass/users/platform-admin", { password: PASSWORD });
    expect(await refusal(server.rootToken)).toContain("this Vault has what every platform makes: user platform-admin.");
    await server.ok("DELETE", "auth/userpass/users/platform-admin");
  });
});

describeLive(
  ["vault", "terraform-providers"],
  "with Terraform: a mount of another name and with other settings",
  () => {
    test("is taken over with its versions, and what the first apply changes of it is said", async () => {
      const server = await startVault({ storage: "dev" });
      try {
        // The provider would take the last letters of this name for those of `/config`.
        await put(server)("sys/mounts/catalog", { type: "kv", options: { version: "2" } });
        await put(server)("catalog/config", { max_versions: 30, cas_required: true, delete_version_after: "720h" });
        for (const cas of [0, 1, 2])
          await put(server)("catalog/data/shop/web/web-dev", { data: { KEY: `value-${cas}` }, options: { cas } });
        const { file, out, err } = await adopt(server, server.rootToken);
        expect(err).toBe("");
        for (const said of ["delete_version_after of mount catalog (720h0m0s)", "cas_required of mount catalog"])
          expect(out).toContain(`${said}: the first apply takes it off`);
        const config = await configIn(file);
        expect(config.vaults.main).toMatchObject({ mount: "catalog", maxVersions: 30, adopted: { mount: true } });
        const workspace = new Workspace(config, { VAULT_TOKEN: server.rootToken });
        for (const stack of workspace.names) await workspace.apply(stack);
        for (const stack of workspace.names) expect(await workspace.changes(stack)).toEqual([]);
        const { data } = await server.ok<{ data: object }>("GET", "catalog/metadata/shop/web/web-dev");
        expect(data).toMatchObject({ current_version: 3, versions: { 1: {}, 2: {}, 3: {} } });
        expect((await server.ok<{ data: object }>("GET", "catalog/config")).data).toMatchObject({ max_versions: 30 });
      } finally {
        await server.remove();
      }
    }, 120_000);

    test("is refused where a config cannot say how many versions it keeps", async () => {
      const server = await startVault({ storage: "dev" });
      try {
        await put(server)("sys/mounts/kvv2", { type: "kv", options: { version: "2" } });
        await put(server)("kvv2/config", { max_versions: 500 });
        await put(server)("kvv2/data/shop/web/web-dev", { data: { KEY: "value" } });
        const { code, err } = await adopt(server, server.rootToken);
        expect([code, err]).toEqual([1, expect.stringContaining("vaults.main.maxVersions: given 500")]);
      } finally {
        await server.remove();
      }
    });
  },
);
