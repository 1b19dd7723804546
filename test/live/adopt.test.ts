import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { judgePlan, parsePlan } from "../../access";
import { adopt, cells, configIn, everything, login, program, readerToken, type Ended } from "./adopt-run";
import { startArticleVault, type ArticleVault } from "./article-vault";
import { describeLive } from "./servers";
import { Workspace } from "./workspace";

const ROOT = join(__dirname, "../..");
const LOGGED_IN = "sample-node-api-user";
const ACCESS = "sample-access-main";

/** Paths on which everybody is asked, in the sets and beside them. */
function pathsOf({ values }: ArticleVault): string[] {
  const kinds = ["data", "metadata", "subkeys", "delete", "undelete", "destroy"];
  const sets = [...values.keys(), "sample/sample-node-api/sample-node-api-new", "sample/other/other-dev", "sample2/x"];
  const folders = ["kvv2/metadata/", "kvv2/metadata/sample/", "kvv2/metadata/sample/sample-node-api/"];
  return [
    ...sets.flatMap((set) => kinds.map((kind) => `kvv2/${kind}/${set}`)),
    ...folders,
    "sys/mounts",
    "auth/token/create",
  ];
}

describeLive(["vault"], "a Vault that the article's script set up is read", () => {
  jest.setTimeout(120_000);
  let vault: ArticleVault;
  let before: unknown;
  let run: Ended & { readonly file: string };
  let folder: string;

  beforeAll(async () => {
    // In the project, where the compiler finds what the config imports.
    mkdirSync(join(ROOT, ".tmp"), { recursive: true });
    folder = mkdtempSync(join(ROOT, ".tmp", "adopted-"));
    vault = await startArticleVault();
    await login(vault.server, LOGGED_IN, vault.passwords.get(LOGGED_IN)!);
    const token = await readerToken(vault.server);
    before = await everything(vault.server, vault.values.keys());
    run = await adopt(vault.server, token, [], join(folder, "adopted.ts"));
  }, 60_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await vault?.server.remove();
  });

  test("with a token that reads no value, and nothing in it changes", async () => {
    expect(run.err).toBe("");
    expect(run.out).toContain("platform sample, 2 apps, 10 secret sets, 5 groups, 5 users");
    expect(run.code).toBe(3);
    expect(await everything(vault.server, vault.values.keys())).toEqual(before);
  });

  test("as a config that has the article's apps, people and grants, and places nothing", async () => {
    const config = await configIn(run.file);
    expect(Object.keys(config.apps)).toEqual(["sample-node-api", "sample-python-api"]);
    for (const { environments, keys } of Object.values(config.apps)) {
      expect(Object.keys(environments!)).toEqual(["dev", "local", "prod", "qa", "stg"]);
      for (const each of Object.values(environments!)) expect(each).toEqual({ secretSet: "existing" });
      expect(keys).toHaveLength(2);
    }
    expect(config.people?.groups).toEqual({
      "sample-admin-people": { grants: [{ access: "write", apps: "all" }] },
      "sample-node-api-admin-people": { grants: [{ access: "write", apps: ["sample-node-api"] }] },
      "sample-node-api-user-people": { grants: [{ access: "read", apps: ["sample-node-api"] }] },
      "sample-python-api-admin-people": { grants: [{ access: "write", apps: ["sample-python-api"] }] },
      "sample-python-api-user-people": { grants: [{ access: "read", apps: ["sample-python-api"] }] },
    });
    expect(config.vaults.main?.adopted?.users).toMatchObject({
      "sample-admin": {},
      [LOGGED_IN]: { entity: expect.any(String) as string, alias: expect.any(String) as string },
    });
  });

  test("as a file that compiles, that prettier leaves as it is, and that holds every proof", async () => {
    const bin = (name: string) => join(ROOT, "node_modules", name);
    execFileSync(process.execPath, [bin("prettier/bin/prettier.cjs"), "--check", "--ignore-path", "none", run.file], {
      cwd: ROOT,
    });
    const settings = { extends: join(ROOT, "tsconfig.json"), include: [], files: [run.file] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
    execFileSync(process.execPath, [bin("typescript/bin/tsc"), "--noEmit", "-p", folder], { cwd: ROOT });
    const { code, out, err } = await program(["main.ts"], { PLATFORM: run.file, CDKTF_OUTDIR: join(folder, "out") });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("sample-access-main  34         1 mount, 1 auth method, 7 policies, 6 users, 6 groups");
    const proven = await program(["cli/access.ts", "check", "--dir", join(folder, "out")]);
    expect(proven).toMatchObject({ code: 0, err: "" });
  });

  test("and says what it left, and what each person gains and keeps", () => {
    for (const what of [
      "auth method kubernetes:",
      "role kubernetes/sample-node-api (sample-node-api-user):",
      "policy sample-admin: it is never taken over",
      "sample-admin (sample-admin): list on kvv2/data/sample/*; create, update, delete on kvv2/metadata/sample/*",
      "sample-node-api-user (sample-node-api-user): read on kvv2/subkeys/sample/sample-node-api/*",
    ])
      expect(run.out).toContain(what);
  });

  test("and no value is in what it wrote and said", () => {
    const text = `${run.out}${run.err}${readFileSync(run.file, "utf8")}`;
    for (const values of vault.values.values())
      for (const value of Object.values(values)) expect(text).not.toContain(value);
  });

  test("and a file that is there is not written over", async () => {
    const written = readFileSync(run.file, "utf8");
    const again = await adopt(vault.server, vault.server.rootToken, [], run.file);
    expect([again.code, again.out]).toEqual([2, ""]);
    expect(again.err).toContain("accepted: a file that is not. Nothing was read.");
    expect(readFileSync(run.file, "utf8")).toBe(written);
  });
});

describeLive(["vault", "terraform-providers"], "with Terraform: a Vault that the article's script set up", () => {
  jest.setTimeout(180_000);
  let vault: ArticleVault;
  let workspace: Workspace;
  let paths: readonly string[];
  let old: ReadonlyMap<string, string>;
  let before: ReadonlyMap<string, ReadonlySet<string>>;

  beforeAll(async () => {
    vault = await startArticleVault();
    const { server, passwords } = vault;
    paths = pathsOf(vault);
    // Some have logged in before, and have a token; the others' first login is after the apply.
    old = new Map([[LOGGED_IN, await login(server, LOGGED_IN, passwords.get(LOGGED_IN)!)]]);
    const { file, err } = await adopt(server, server.rootToken);
    expect(err).toBe("");
    workspace = new Workspace(await configIn(file), { VAULT_TOKEN: server.rootToken });
  }, 120_000);
  afterAll(() => vault?.server.remove());

  /** The saved plan of a stack, as `plan:check` reads it. */
  const planOf = async (stack: string) => {
    await workspace.changes(stack);
    return parsePlan((await workspace.terraform(stack, ["show", "-json", "check.tfplan"])).output);
  };
  const counted = (plan: Awaited<ReturnType<typeof planOf>>) => {
    const counts: Record<string, number> = {};
    for (const { action } of plan.changes) counts[action] = (counts[action] ?? 0) + 1;
    return counts;
  };

  test("is taken over by the first plan, which makes no value, resets no password and destroys nothing", async () => {
    const plan = await planOf(ACCESS);
    expect(counted(plan)).toEqual({ import: 10, create: 24 });
    // As `npm run plan:check` says it of the file that Terraform shows.
    const grave = judgePlan(plan).filter(({ severity }) => severity !== "info");
    expect(grave.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(grave.filter(({ says }) => /written again|removed|destroyed|replaced|loses|is placed/.test(says))).toEqual(
      [],
    );
    const users = plan.changes.filter(({ type }) => type === "vault_userpass_auth_backend_user");
    for (const { after, action, before: was } of users)
      if (after.username === "platform-admin") expect(action).toBe("create");
      else expect([action, after]).toEqual(["import", was]);
    for (const stack of workspace.names.filter((name) => name !== ACCESS)) {
      const { changes } = await planOf(stack);
      expect(changes.map(({ type, action }) => `${action} ${type}`)).toEqual([
        "create vault_policy",
        "create vault_policy",
      ]);
    }
  });

  test("keeps every value, version, login and right when that is applied, and has what the config says", async () => {
    const { server, passwords, values } = vault;
    before = new Map([[LOGGED_IN, await cells(server, old.get(LOGGED_IN)!, paths)]]);
    const objects = await everything(server, values.keys());
    for (const stack of workspace.names) await workspace.apply(stack);
    const after = await everything(server, values.keys());
    const same = Object.keys(objects).filter((path) => /^(kvv2\/|sys\/policies|auth\/)/.test(path));
    expect(same.length).toBeGreaterThan(30);
    for (const path of same) expect([path, after[path]]).toEqual([path, objects[path]]);
    for (const [path, value] of values)
      expect(after[`kvv2/data/${path}`]).toMatchObject({ data: value, metadata: { version: 2 } });
    for (const [user, password] of passwords) expect(await login(server, user, password)).toMatch(/^hvs\./);
  });

  test("gives everybody all that they had, and more only where it was said", async () => {
    const { server, passwords } = vault;
    const other = await startArticleVault();
    try {
      for (const [user, password] of passwords) {
        const had = await cells(other.server, await login(other.server, user, password), paths);
        const tokens = [await login(server, user, password), ...(old.has(user) ? [old.get(user)!] : [])];
        for (const token of tokens) {
          const has = await cells(server, token, paths);
          expect([user, [...had].filter((cell) => !has.has(cell))]).toEqual([user, []]);
          expect(
            [...has].filter(
              (cell) =>
                !had.has(cell) && !/^(patch kvv2\/data|update kvv2\/(un)?delete|read kvv2\/subkeys)\//.test(cell),
            ),
          ).toEqual([]);
        }
      }
      expect(before.get(LOGGED_IN)!.size).toBeGreaterThan(10);
    } finally {
      await other.server.remove();
    }
  });

  test("has what the config says, and no more, once a person takes the old policies off", async () => {
    const { server, passwords } = vault;
    const password = passwords.get(LOGGED_IN)!;
    await server.ok("POST", `auth/userpass/users/${LOGGED_IN}`, { body: { token_policies: [] } });
    await server.ok("DELETE", `sys/policies/acl/${LOGGED_IN}`);
    const has = await cells(server, await login(server, LOGGED_IN, password), paths);
    const [own, other] = ["sample-node-api", "sample-python-api"].map((app) => `sample/${app}/${app}-dev`);
    for (const cell of [
      `read kvv2/data/${own}`,
      `read kvv2/subkeys/${own}`,
      `list kvv2/metadata/sample/sample-node-api/`,
    ])
      expect([cell, has.has(cell)]).toEqual([cell, true]);
    for (const cell of [`list kvv2/data/${own}`, `update kvv2/data/${own}`, `read kvv2/data/${other}`])
      expect([cell, has.has(cell)]).toEqual([cell, false]);
  });

  test("has nothing left to apply then", async () => {
    for (const stack of workspace.names) expect(await workspace.changes(stack)).toEqual([]);
  });
});
