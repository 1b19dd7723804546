import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import sample from "../../config/sample";
import { Keepers } from "../live/keepers";
import { until } from "./cluster";
import { plain } from "./commands";
import { describePods, START_TIMEOUT_MS, TURNS } from "./parts";
import { environments, PASSWORD, READER, SamplePods, secretWord, WRITER } from "./sample-pods";

const ADMIN = "platform-admin";
const NO_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----";
const PAGE = readFileSync(join(__dirname, "../../docs/bootstrap.md"), "utf8").split("\n");
/** The page's lines for new key shares: begin, give a present share, give a new one back, give the attempt up. */
const [BEGIN = "", GIVE = "", VERIFY = ""] = PAGE.filter((line) => line.startsWith("vault operator rekey"));

/** docs/bootstrap.md in real pods: the comments name its sentences (test/house/pages.test.ts). */
describePods("the first day of a Vault, and its last, as docs/bootstrap.md tells them", (parts) => {
  let platform: SamplePods;
  let before: object;
  let keepers: Keepers;
  let shares: string[] = [];
  let root = "";
  let host = "";
  const value = secretWord();
  const shared = () => shares.map((share) => ["Key share", share] as const);
  const run = async (words: readonly string[], answers?: Parameters<SamplePods["run"]>[1], env = {}) => {
    const ended = await platform.run(words, answers, env);
    return { code: ended.code, text: plain(ended) };
  };
  const keys = () => ["ada", "bo", "cy"].flatMap((name) => ["--pgp-key", join(keepers.folder, `${name}.asc`)]);
  /** Encrypted lines of a command, as their keepers read them. */
  const read = (text: string, line: RegExp) => [...text.matchAll(line)].map(([, found]) => keepers.read(found!));
  /** Vault's own program beside the cluster, as a person of platform-admin types it. */
  const vault = async (line: string, stdin = "", token = "") =>
    platform.cluster.exec(
      ["sh", "-c", `${line}${stdin ? " -" : ""}`],
      {
        PATH: `${dirname(parts.vault)}:${process.env.PATH}`,
        HOME: keepers.folder,
        VAULT_ADDR: `http://${host}:8200`,
        VAULT_TOKEN: token,
      },
      stdin,
    );

  beforeAll(async () => {
    keepers = new Keepers();
    platform = await SamplePods.start(parts, TURNS.bootstrap, { environments: environments({ refreshAfter: "5s" }) });
    before = await platform.cluster.inventory();
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    keepers.end();
    await platform?.cluster.stop();
  });

  test("every problem is said at once, before anything is made", async () => {
    // bootstrap.md: | checks
    const main = { ...platform.config.vaults.main, mode: "ha", address: "http://vault.example.com:8200" };
    const login = { type: "token", host: "https://far.example.com:6443", caCertificate: NO_CERTIFICATE };
    const broken = {
      ...platform.config,
      vaults: { main },
      clusters: { ...platform.config.clusters, far: { context: "not-there", login } },
      environments: { ...platform.config.environments, far: { vault: "main", cluster: "far", namespace: "far" } },
    } as typeof platform.config;
    const ended = await platform.commands.at(broken, ["up", "far", "local"]);
    expect(ended.code).toBe(1);
    expect(plain(ended)).toMatch(/nothing was changed:[^]*- clusters\.far\.[^]*- cluster local: has 1 ready node/);
    expect(await platform.cluster.inventory()).toEqual(before);
  });

  test("without a terminal and a recipient no share is made; the server waits for somebody", async () => {
    // bootstrap.md: | install its server
    // bootstrap.md: Without a terminal and a recipient it refuses, before there are shares.
    // bootstrap.md: The shares go to people.
    const ended = await platform.withoutTerminal(["up", "local"]);
    expect(ended.code).not.toBe(0);
    expect(plain(ended)).toContain("recipients: given none, and there is no terminal");
    const status = await run(["ops", "status"]);
    expect(status.text).toMatch(/main.*not initialised/);
  });

  test("init: each share is encrypted to its keeper, and so is the root token", async () => {
    // bootstrap.md: | initialise
    // bootstrap.md: Exactly one of:
    // bootstrap.md: | encrypted by Vault to each person's PGP key
    // bootstrap.md: `init`, `unseal` and `root-token` are commands of their own as well:
    // bootstrap.md: | `init`
    const counts = ["--shares", "3", "--threshold", "2"];
    const own = ["--root-token-pgp-key", join(keepers.folder, "ada.asc")];
    const made = await run(["ops", "init", ...counts, ...keys(), ...own]);
    expect(made.code).toBe(0);
    // A terminal breaks nothing of it: its lines are as long as they are.
    shares = read(made.text, /^key share \d, for \w+\.asc: (\S+)$/gm);
    [root = ""] = read(made.text, /^root token, for \S+: (\S+)$/gm);
    expect([shares.length, root.slice(0, 4)]).toEqual([3, "hvs."]);
  });

  test("unseal: a wrong share is said and asked for again; none is shown", async () => {
    // bootstrap.md: | `unseal`
    const wrong = Buffer.alloc(33, 7).toString("base64");
    const typed = [["Key share", shares[0]!], ["Key share", wrong], ...shared().slice(0, 2)] as const;
    const ended = await run(["ops", "unseal"], typed);
    expect([ended.text, ended.code]).toEqual([expect.stringContaining("at least one of the 2 is wrong"), 0]);
    for (const share of [...shares, wrong]) expect(ended.text).not.toContain(share);
  });

  test("up goes on with the root token at hand, and revokes it; a later one asks for one password", async () => {
    // bootstrap.md: $ npm run up -- local
    // bootstrap.md: $ npm run up # all
    // bootstrap.md: `up` looks before each step
    // bootstrap.md: It asks for nothing but key shares
    // bootstrap.md: | a token to set it up with
    // bootstrap.md: | who may do what
    // bootstrap.md: | a password for platform-admin
    // bootstrap.md: | the operator, the environments
    // bootstrap.md: | revoke the root token
    // bootstrap.md: A token at hand that is a root token is revoked
    // bootstrap.md: What Terraform says goes to `.tmp/up.log`.
    // bootstrap.md: Tokens go to Terraform by its environment alone.
    const password = platform.passwords[ADMIN]!;
    const typed = [
      ["New password of platform-admin", password],
      ["The same once more", password],
    ] as const;
    const first = await run(["up", "local"], typed, { VAULT_TOKEN: root });
    expect([first.text, first.code]).toEqual([expect.stringContaining("done: 2 synced"), 0]);
    await expect(platform.vault(["token", "lookup"], "", root)).rejects.toThrow("permission denied");
    const again = await run(["up"], [[`Password of ${ADMIN}`, password]]);
    expect([again.text, again.code]).toEqual([expect.stringContaining("up in"), 0]);
    expect(again.text.match(/input is not shown/g)).toHaveLength(1);
    expect([...platform.commands.commandLines].join("\n")).not.toContain(root);
    host = await platform.cluster.kubectl(
      ...["-n", "sample-vault", "get", "service", "sample-vault", "-o", "jsonpath={.spec.clusterIP}"],
    );
    await platform.invite(WRITER);
    await platform.set(PASSWORD, value);
  }, 480_000);

  test("the way to a Vault: given, by either variable, by a port-forward; and which token", async () => {
    // bootstrap.md: Every command, `up` and `down` among them, finds its Vault in one order
    // bootstrap.md: | `--address URL`
    // bootstrap.md: | `TF_VAR_vault_address_<vault>`
    // bootstrap.md: | `VAULT_ADDR`
    // bootstrap.md: | a port-forward of its own
    // bootstrap.md: The token is `VAULT_TOKEN`
    // bootstrap.md: Without a terminal to log in on
    // bootstrap.md: | `status`, `doctor`
    const url = `http://${host}:8200`;
    const token = await platform.login(ADMIN);
    const list = (env: object, ...words: string[]) =>
      run(["ops", "users", "list", ...words], [], { VAULT_TOKEN: token, ...env });
    const nowhere = { VAULT_ADDR: "http://127.0.0.1:9" };
    expect(await list(nowhere, "--address", url)).toMatchObject({ code: 0 });
    expect(await list({ ...nowhere, TF_VAR_vault_address_main: url })).toMatchObject({ code: 0 });
    const given = await list({ VAULT_ADDR: url });
    expect([given.code, given.text]).toEqual([0, expect.not.stringContaining("port-forward")]);
    expect((await list({})).text).toContain("by a port-forward of this run's own");

    const stored = join(platform.commands.folder, "home", ".vault-token");
    writeFileSync(stored, "hvs.of-another-vault");
    const passed = await run(["ops", "users", "list"], platform.as(ADMIN));
    expect([passed.text, passed.code]).toEqual([expect.stringContaining("~/.vault-token holds no token of"), 0]);
    writeFileSync(stored, token);
    expect((await run(["ops", "users", "list"])).code).toBe(0);
    writeFileSync(stored, "");
    const refused = await platform.withoutTerminal(["ops", "users", "list"]);
    expect([plain(refused), refused.code]).toEqual([expect.stringContaining("VAULT_TOKEN"), 2]);
    for (const command of ["status", "doctor"]) expect((await run(["ops", command])).code).toBe(0);
  });

  test("a root token, later: made of shares, shown once, revoked; --all leaves none", async () => {
    // bootstrap.md: | `root-token create`
    // bootstrap.md: Nobody needs one day by day
    // bootstrap.md: When it must be
    const shown = await run(["ops", "root-token", "create"], [...shared().slice(0, 2), ["Enter when it is kept", ""]]);
    const token = /hvs\.[\w-]+/.exec(shown.text)?.[0] ?? "";
    expect(shown.code).toBe(0);
    const revoked = await run(["ops", "root-token", "revoke"], [["Root token", token]]);
    expect([revoked.text, revoked.code]).toEqual([expect.stringContaining("the root token is revoked"), 0]);
    const all = await run(["ops", "root-token", "revoke", "--all"], platform.as(ADMIN));
    expect([all.text, all.code]).toEqual([expect.stringContaining("root token"), 0]);
  });

  test("new key shares by the page's lines unseal it after a restart, and the operator goes on by itself", async () => {
    // bootstrap.md: $ vault operator rekey -init
    // bootstrap.md: $ vault operator rekey -nonce
    // bootstrap.md: $ vault operator rekey -verify
    // bootstrap.md: Vault's own program makes new shares
    // bootstrap.md: Somebody of `platform-admin`
    // bootstrap.md: The last of the present ones prints the new ones
    // bootstrap.md: The present ones hold until
    // bootstrap.md: After a restart a server with key shares is sealed
    // bootstrap.md: The operator goes on by itself.
    const token = await platform.login(ADMIN);
    const [nonce = ""] = /(?<=^Nonce +)\S+/m.exec(await vault(`cd ${keepers.folder} && ${BEGIN}`, "", token))!;
    let said = "";
    for (const share of shares.slice(1)) said = await vault(GIVE.replace("NONCE", nonce), share, token);
    const fresh = read(said, /^Key \d+ fingerprint: \w+; value: (\S+)$/gm);
    const [verification = ""] = /(?<=^Verification Nonce +)\S+/m.exec(said)!;
    const line = VERIFY.replace("VERIFICATION_NONCE", verification);
    for (const share of fresh.slice(1)) said = await vault(line, share, token);
    expect(said).toContain("Rekey verification successful");
    shares = fresh;
    await platform.restartVault();
    expect((await run(["ops", "status"])).text).toMatch(/main.*sealed/);
    expect((await run(["ops", "unseal"], shared().slice(0, 2))).code).toBe(0);
    await platform.arrives(PASSWORD, value, 120_000);
  });

  test("a person who left the config: up deletes nothing by itself; once applied, their token is refused", async () => {
    // bootstrap.md: One in `~/.vault-token` that is neither
    // bootstrap.md: A plan that would delete or replace something is never applied
    // secrets.md: Taking a person out of the config
    // secrets.md: Vault does not revoke the tokens of a deleted user
    await platform.invite(READER);
    const theirs = await platform.login(READER);
    const token = await platform.login(ADMIN);
    const users = { ...sample.people!.users };
    delete users[READER];
    const config = { ...platform.config, people: { ...sample.people!, users } };
    const password = [[`Password of ${ADMIN}`, platform.passwords[ADMIN]!]] as const;
    const stored = join(platform.commands.folder, "home", ".vault-token");
    writeFileSync(stored, await platform.login(WRITER));
    const refused = plain(await platform.commands.at(config, ["up"], password));
    writeFileSync(stored, "");
    expect(refused).toContain("the token in ~/.vault-token is not platform-admin's: passed over");
    expect(refused).toMatch(/would delete or replace[^]*npm run diff -- sample-access-main/);
    await platform.vault(["token", "lookup"], "", theirs);
    const stack = join(platform.commands.folder, "sample/cdktf.out/stacks/sample-access-main");
    const env = { VAULT_TOKEN: token, VAULT_ADDR: `http://${host}:8200` };
    const terraform = ["terraform", `-chdir=${stack}`, "apply", "-auto-approve", "-input=false"];
    await platform.cluster.exec(terraform, { ...env, TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE ?? "" });
    await expect(platform.vault(["token", "lookup"], "", theirs)).rejects.toThrow("permission denied");
    await expect(platform.login(READER)).rejects.toThrow("invalid username or password");
  });

  test("down of an environment, and of the server: the values stay, and up finds them again", async () => {
    // bootstrap.md: $ npm run down -- local
    // bootstrap.md: | `npm run down -- dev`
    // bootstrap.md: | `npm run down`, a server that `up` installed
    // bootstrap.md: | unseal
    // bootstrap.md: Values stay in Terraform's state
    const password = [[`Password of ${ADMIN}`, platform.passwords[ADMIN]!]] as const;
    const away = await run(["down", "local"], [["Go on?", "y"], ...password]);
    expect([away.text, away.code]).toEqual([expect.stringContaining("down in"), 0]);
    await expect(platform.inSecret(PASSWORD)).rejects.toThrow("not found");
    const again = await run(["up", "local"], password);
    expect([again.text, again.code]).toEqual([expect.stringContaining("done: 2 synced"), 0]);
    await platform.arrives(PASSWORD, value);
    const all = await run(["down"], [["Go on?", "y"]]);
    expect([all.text, all.code]).toEqual([expect.stringContaining("the volumes of Vault main, in namespace"), 0]);
    const servers = () => platform.pods("sample-vault", "component=server");
    await until("no server", servers, (seen) => seen.length === 0);
    const back = await run(["up"], [...shared().slice(0, 2), ...password]);
    expect([back.text, back.code]).toEqual([expect.stringContaining("done: 2 synced"), 0]);
    await platform.arrives(PASSWORD, value);
  }, 480_000);

  test("down --delete-secrets says what goes before it asks; a wrong name changes nothing", async () => {
    // bootstrap.md: | the same with `--delete-secrets`
    // bootstrap.md: Before it asks for the name
    const wrong = await run(["down", "--delete-secrets"], [["Type sample to go on", "smaple"]]);
    expect([wrong.text, wrong.code]).toEqual([expect.stringContaining("Nothing was changed."), 2]);
    await platform.arrives(PASSWORD, value);
    const ended = await run(["down", "--delete-secrets"], [["Type sample to go on", "sample"]]);
    // The terminal breaks its lines between words.
    expect(ended.text.split("Type sample")[0]).toMatch(/all that is in\s+Vault main/);
    expect([ended.text, ended.code]).toEqual([expect.stringContaining("nothing of it is left."), 0]);
    expect(await platform.cluster.inventory()).toEqual(before);
  });
});
