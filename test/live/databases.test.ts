import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { databasePlatform, ENVIRONMENTS, fileIn, FIRST_PASSWORD, prepare } from "./database-platform";
import { ops } from "./ops";
import { describeLive, pause, startPostgres, startVault, type PostgresServer, type VaultServer } from "./servers";
import { UpProcesses } from "./up-process";
import { Workspace } from "./workspace";

const ADMIN_PASSWORD = "correct-horse-battery-9";

/** What Vault answers to who asks for credentials. */
interface Credentials {
  readonly lease_id: string;
  readonly lease_duration: number;
  readonly data: { readonly username: string; readonly password: string };
}

describeLive(["vault", "postgres", "terraform-providers"], "with Terraform: credentials of databases", () => {
  jest.setTimeout(240_000);
  let server: VaultServer;
  let postgres: PostgresServer;
  let workspace: Workspace;
  let audit: string;
  let admin = "";
  const said: { code: number | null; output: string }[] = [];

  const run = (words: string, secret = FIRST_PASSWORD) =>
    ops(server, words.split(" "), {
      env: { PLATFORM: fileIn(workspace.folder), VAULT_TOKEN: admin || server.rootToken },
      secret: () => secret,
    });
  const tokenOf = async (policy: string) => {
    const body = { policies: [policy], ttl: "10m" };
    const { auth } = await server.ok<{ auth: { client_token: string } }>("POST", "auth/token/create", { body });
    return auth.client_token;
  };
  const credentials = async (app: "shop" | "report", environment: string) => {
    const path = `database/${app === "shop" ? "creds" : "static-creds"}/${app}-${environment}.orders`;
    const token = await tokenOf(`${app}-${environment}`);
    const { lease_id, lease_duration, data } = await server.ok<Credentials>("GET", path, { token });
    const { username: user, password } = data;
    return {
      token,
      lease: lease_id,
      seconds: lease_duration,
      login: { user, password, database: `orders_${environment}` },
    };
  };

  beforeAll(async () => {
    [postgres, server] = await Promise.all([startPostgres(), startVault({ storage: "file" })]);
    await server.init();
    await server.unseal();
    audit = await server.enableAudit("raw", { log_raw: "true" });
    await prepare(postgres);
    const config = databasePlatform(server, postgres, { ttl: "4s", maxTtl: "8s" });
    workspace = new Workspace(config, { VAULT_TOKEN: server.rootToken });
    writeFileSync(fileIn(workspace.folder), `export default ${JSON.stringify(config)};\n`);
    const up = new UpProcesses({
      PLATFORM: fileIn(workspace.folder),
      CDKTF_OUTDIR: join(workspace.folder, "cdktf.out"),
      VAULT_TOKEN: server.rootToken,
      TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE ?? "",
    });
    const words = ["--keep-root-token"];
    said.push(await up.run(words));
    for (const secret of ["another", FIRST_PASSWORD]) {
      const { code, errLines, outLines } = await run("databases adopt orders dev", secret);
      said.push({ code: code ?? 0, output: [...errLines, ...outLines].join("\n") });
    }
    said.push(
      await up.type(words, [
        ["Password of vault_orders_qa in orders_qa", FIRST_PASSWORD],
        ["New password of platform-admin", ADMIN_PASSWORD],
        ["The same once more", ADMIN_PASSWORD],
      ]),
    );
    const login = { token: "", body: { password: ADMIN_PASSWORD } };
    const path = "auth/userpass/login/platform-admin";
    admin = (await server.ok<{ auth: { client_token: string } }>("POST", path, login)).auth.client_token;
  }, 240_000);

  test("up says what to run where nobody sits in front, and asks for what is missing where somebody does", () => {
    const [first, wrong, adopted, second] = said;
    expect([first!.code, first!.output]).toEqual([
      1,
      expect.stringMatching(
        /no password for orders\.dev, orders\.qa\..*databases adopt orders dev\n.*databases adopt orders qa\n/s,
      ),
    ]);
    expect([wrong!.code, wrong!.output]).toEqual([1, expect.stringContaining("Vault cannot log in to orders_dev")]);
    expect(adopted).toEqual({ code: 0, output: "orders.dev: Vault alone knows the password of vault_orders_dev" });
    expect([second!.code, second!.output]).toEqual([0, expect.stringContaining("up in")]);
    expect(second!.output).not.toContain("vault_orders_dev");
    for (const { output } of said) expect(output).not.toContain(FIRST_PASSWORD);
  });

  test("the passwords that people had are refused, and a second plan changes nothing", async () => {
    for (const name of ENVIRONMENTS) {
      const vault = { user: `vault_orders_${name}`, password: FIRST_PASSWORD, database: `orders_${name}` };
      const report = { user: `report_${name}`, password: "before", database: `orders_${name}` };
      expect([await postgres.admits(vault), await postgres.admits(report)]).toEqual([false, false]);
    }
    for (const stack of workspace.names) expect([stack, await workspace.changes(stack)]).toEqual([stack, []]);
  });

  test("dynamic credentials come, work, and leave what they made to the role", async () => {
    const { login } = await credentials("shop", "dev");
    expect(await postgres.sqlAs(login, "INSERT INTO orders VALUES (1); SELECT current_user;")).toEqual([
      "orders_dev_rw",
    ]);
    await postgres.sqlAs(login, "CREATE TABLE made (i int); RESET ROLE; CREATE TABLE own (i int);");
    await pause(6_000);
    expect(await postgres.admits(login)).toBe(false);
    const owners = "SELECT tablename || ' ' || tableowner FROM pg_tables WHERE schemaname = 'public' ORDER BY 1;";
    expect(await postgres.sql(owners, "orders_dev")).toEqual([
      "made orders_dev_rw",
      "orders orders_dev_rw",
      "own orders_dev_rw",
    ]);
    expect(await postgres.sql(`SELECT count(*) FROM pg_roles WHERE rolname = '${login.user}';`)).toEqual(["0"]);
  });

  test("they are renewed up to maxTtl, and end with their session when they are revoked", async () => {
    const first = await credentials("shop", "dev");
    await pause(2_500);
    await server.ok("POST", "sys/leases/renew", { token: first.token, body: { lease_id: first.lease, increment: 4 } });
    await pause(2_500);
    expect(await postgres.admits(first.login)).toBe(true);
    await pause(5_000);
    expect(await postgres.admits(first.login)).toBe(false);

    const second = await credentials("shop", "dev");
    const session = postgres.sqlAs(second.login, "SELECT pg_sleep(60);").catch(String);
    await pause(500);
    await server.ok("PUT", "sys/leases/revoke", { body: { lease_id: second.lease, sync: true } });
    expect(await session).toMatch(/terminating connection/);
    expect(await postgres.admits(second.login)).toBe(false);
  });

  test("two environments share no role: neither in Vault nor in the database", async () => {
    const token = await tokenOf("shop-dev");
    for (const path of [
      "database/creds/shop-qa.orders",
      "database/static-creds/report-dev.orders",
      "database/static-creds/report-qa.orders",
      "database/config/orders.dev",
      "database/roles/shop-dev.orders",
    ])
      expect([path, (await server.request("GET", path, { token })).status]).toEqual([path, 403]);
    expect((await server.request("PUT", "database/rotate-root/orders.dev", { token })).status).toBe(403);
    const { login } = await credentials("shop", "dev");
    await expect(postgres.sqlAs({ ...login, database: "orders_qa" }, "SELECT 1;")).rejects.toThrow(
      /permission denied for database/,
    );
    // By hand, past the stacks: the connection admits its own environment's roles alone.
    const role = { db_name: "orders.qa", creation_statements: ["SELECT 1"] };
    await server.ok("POST", "database/roles/by-hand", { body: role });
    expect((await server.request("GET", "database/creds/by-hand")).text).toContain("not an allowed role");
    await server.ok("DELETE", "database/roles/by-hand");
  });

  test("static credentials work, and change by rotate; the old password is refused", async () => {
    const before = await credentials("report", "qa");
    expect(await postgres.admits(before.login)).toBe(true);
    const { outLines, code } = await run("databases rotate --app report --environment qa");
    expect([code, outLines]).toEqual([0, ["report-qa.orders: the password of report_qa is another"]]);
    expect(await postgres.admits(before.login)).toBe(false);
    expect(await postgres.admits((await credentials("report", "qa")).login)).toBe(true);
  });

  test("status tells what there is; rotate changes every password, and with --revoke ends what was given", async () => {
    const before = await credentials("report", "dev");
    await credentials("shop", "dev");
    const status = await run("databases status");
    expect([status.code, status.outLines.join("\n")]).toEqual([
      0,
      expect.stringMatching(/^shop-dev\.orders +orders\.dev +members of orders_dev_rw +– +[1-9]\d*$/m),
    ]);
    expect(status.outLines.join("\n")).toMatch(/^report-dev\.orders +orders\.dev +role report_dev +\d{4}-[\d-]+T/m);
    const all = await run("databases rotate");
    expect(all.outLines).toEqual([
      "orders.dev: the password of vault_orders_dev is another",
      "report-dev.orders: the password of report_dev is another",
      "orders.qa: the password of vault_orders_qa is another",
      "report-qa.orders: the password of report_qa is another",
    ]);
    expect(await postgres.admits(before.login)).toBe(false);
    const { login } = await credentials("shop", "dev");
    expect(await postgres.admits(login)).toBe(true);
    expect((await run("databases rotate --app shop --revoke")).outLines[0]).toMatch(
      /^shop-dev\.orders: \d+ leases? ended$/,
    );
    expect(await postgres.admits(login)).toBe(false);
  });

  test("no password is in a state, a synthesized file or a log but as Vault's answer to who asked", async () => {
    const { login } = await credentials("report", "dev");
    const files = (folder: string): string[] =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((each) => each.isFile() && !/terraform-provider/.test(each.name))
        .map((each) => join(each.parentPath, each.name));
    const all = files(workspace.folder);
    expect(all.filter((file) => file.endsWith(".tfstate")).length).toBeGreaterThanOrEqual(3);
    for (const file of all)
      for (const secret of [login.password, FIRST_PASSWORD])
        expect([file, readFileSync(file).includes(secret)]).toEqual([file, false]);
    // Nobody was ever answered with the administrator's password.
    const answers = readFileSync(audit, "utf8")
      .split("\n")
      .filter((line) => line.includes('"type":"response"') && line.includes("database/config/"))
      .map((line) => JSON.stringify((JSON.parse(line) as { response?: { data?: object } }).response?.data ?? {}));
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.filter((text) => /"password":/.test(text))).toEqual([]);
  });

  test("the plans are empty still", async () => {
    for (const stack of workspace.names) expect([stack, await workspace.changes(stack)]).toEqual([stack, []]);
  });
});
