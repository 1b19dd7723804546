import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Script } from "../cli/up/scripted-io";
import { inTurn } from "./ops";
import { describeLive } from "./servers";
import { opsWithShares, startSnapshotVault, type SnapshotVault } from "./snapshot-vault";

const APP = "sample-node-api";
const OWNER = "sample-node-api-admin";
const USERNAME = "PRIVATE_NODE_API_DB_USERNAME";
const PASSWORD = "PRIVATE_NODE_API_DB_PASSWORD";
const PATH = (environment: string): string => `sample/${APP}/${APP}-${environment}`;
const THEN = { [USERNAME]: "user-of-then", [PASSWORD]: "password-of-then" };

describeLive(["vault"], "secrets recover", () => {
  let vault: SnapshotVault;
  let file: string;
  let token: string;

  beforeAll(async () => {
    vault = await startSnapshotVault();
    for (const environment of ["dev", "qa", "stg"]) await vault.put(APP, environment, THEN);
    await vault.put(APP, "local", { [USERNAME]: "TBD", [PASSWORD]: THEN[PASSWORD]! });
    await vault.server.ok("DELETE", `kvv2/data/${PATH("stg")}`);
    file = await vault.snapshot("then");
    const body = { password: vault.passwords.get(OWNER) };
    const login = `auth/userpass/login/${OWNER}`;
    token = (await vault.server.ok<{ auth: { client_token: string } }>("POST", login, { token: "", body })).auth
      .client_token;
  });

  /** As the set's owner, whose password of then is the answer after two shares. */
  const recover = (environment: string, words: readonly string[] = [], script: Script = {}) =>
    opsWithShares(
      vault.server,
      ["secrets", "recover", APP, environment, "--from", file, ...words],
      [...vault.server.keys.slice(0, 2), vault.passwords.get(OWNER)!],
      { ...script, env: { VAULT_TOKEN: token, ...script.env } },
    );
  const metadata = async (environment: string) =>
    (
      await vault.server.ok<{ data: { current_version: number; versions: Record<string, { created_by: object }> } }>(
        "GET",
        `kvv2/metadata/${PATH(environment)}`,
      )
    ).data;

  test("one key: the others, and every other set, stay; no value is printed", async () => {
    await vault.put(APP, "dev", { [USERNAME]: "user-of-now", [PASSWORD]: "password-of-now", EXTRA: "new" });
    const audit = join(vault.server.folder, "audit.log");
    const before = readFileSync(audit, "utf8").length;
    const io = await recover("dev", ["--key", PASSWORD]);
    expect(io.errLines.slice(1)).toEqual([
      expect.stringMatching(/then\.snap: taken/),
      expect.stringMatching(
        `^kvv2/${PATH("dev")}: version 3 is there; version 4 would have, as in version 2 of \\S+ \\S+ UTC:$`,
      ),
      `  ${PASSWORD}`,
      `as it is now: EXTRA, ${USERNAME}`,
    ]);
    expect(io.outLines).toEqual([`1 key of ${APP} in dev is as in the snapshot: version 4 of kvv2/${PATH("dev")}.`]);
    expect(io.questions.slice(2)).toEqual([
      expect.stringMatching(`^Password of ${OWNER} as it was on .* UTC$`),
      `Write 1 key of ${APP} in dev as in the snapshot?`,
    ]);
    expect(await vault.values(APP, "dev")).toEqual({
      [USERNAME]: "user-of-now",
      [PASSWORD]: THEN[PASSWORD],
      EXTRA: "new",
    });
    expect((await metadata("dev")).versions[4]!.created_by).toMatchObject({ actor: `userpass-${OWNER}` });
    expect([...io.outLines, ...io.errLines, ...io.questions].join()).not.toMatch(/of-then|of-now|hvs\./);
    // All that reached the Vault beside reads: the one patch.
    type Entry = { type: string; request: { operation: string; path: string } };
    const entries = readFileSync(audit, "utf8").slice(before).trim().split("\n");
    const writes = entries
      .map((line) => JSON.parse(line) as Entry)
      .filter(({ type, request }) => type === "request" && request.operation !== "read")
      .map(({ request }) => `${request.operation} ${request.path}`);
    expect(writes).toEqual([`patch kvv2/data/${PATH("dev")}`]);
  });

  test("the whole set; what the snapshot does not have stays, and no is no", async () => {
    const no = await recover("dev", [], { confirm: () => false });
    expect(no.outLines).toEqual(["left as it is; nothing was changed."]);
    expect((await metadata("dev")).current_version).toBe(4);
    expect((await recover("dev")).code).toBe(0);
    expect(await vault.values(APP, "dev")).toEqual({ ...THEN, EXTRA: "new" });
  });

  test("a set that is as it was then needs nothing", async () => {
    const io = await recover("qa");
    expect(io.outLines).toEqual([
      `kvv2/${PATH("qa")}: still version 2, as in the snapshot; there is nothing to recover.`,
    ]);
  });

  test("deleted, destroyed, and gone with its metadata: said, and written as a new version", async () => {
    await vault.server.ok("DELETE", `kvv2/data/${PATH("qa")}`);
    const one = await recover("qa", ["--key", PASSWORD]);
    expect([one.code, one.errLines.join()]).toEqual([
      1,
      expect.stringMatching(/version 2 is deleted.*Recover the whole/),
    ]);
    const io = await recover("qa");
    expect(io.errLines.join("\n")).toMatch(
      /version 2 is deleted; version 3 would have[^]*vault kv undelete .*-versions=2/,
    );
    expect(io.outLines.join()).toMatch(/2 keys .* are as in the snapshot: version 3/);
    await vault.server.ok("PUT", `kvv2/destroy/${PATH("qa")}`, { body: { versions: [3] } });
    expect((await recover("qa")).errLines.join("\n")).toMatch(/version 3 is destroyed; version 4 would have/);
    await vault.server.ok("DELETE", `kvv2/metadata/${PATH("qa")}`);
    expect((await recover("qa")).errLines.join("\n")).toMatch(/there is no such set; version 1 would have/);
    expect(await vault.values(APP, "qa")).toEqual(THEN);
  });

  test("written anew, a key that nobody had set has the placeholder: its pods find every key", async () => {
    await vault.server.ok("DELETE", `kvv2/data/${PATH("local")}`);
    const io = await recover("local");
    expect(io.errLines).toContain(`with the placeholder, as nobody had set it then: ${USERNAME}`);
    expect(io.errLines.join()).not.toContain("left out");
    expect(await vault.values(APP, "local")).toEqual({ [USERNAME]: "TBD", [PASSWORD]: THEN[PASSWORD] });
  });

  test("changed while the person answers: nothing is written, and it is said", async () => {
    const shares = inTurn([...vault.server.keys.slice(0, 2), vault.passwords.get(OWNER)!]);
    let other: Promise<void> | undefined;
    const secret = (question: string): string => {
      other ??= vault.put(APP, "dev", { [PASSWORD]: "of-another-person" });
      return shares(question);
    };
    const io = await recover("dev", [], { secret });
    await other;
    expect([io.code, io.errLines.at(-1)]).toEqual([
      1,
      expect.stringContaining("somebody else changed it in the meantime"),
    ]);
    expect(await vault.values(APP, "dev")).toEqual({ [PASSWORD]: "of-another-person" });
  });

  test.each([
    ["stg", [], /version 2 is deleted\. Nothing was changed/],
    ["prod", [], /has the placeholder alone: nobody had set it/],
  ])("what the snapshot does not have, in %s", async (environment, words, message) => {
    await vault.put(APP, environment, { [PASSWORD]: "of-now" });
    const io = await recover(environment, words);
    expect([io.code, io.errLines.join()]).toEqual([1, expect.stringMatching(message)]);
    expect(await vault.values(APP, environment)).toEqual({ [PASSWORD]: "of-now" });
  });

  test("who could not read it then cannot read it now; --by-shares asks no password", async () => {
    await vault.put(APP, "dev", { [PASSWORD]: "of-now" });
    const stranger = "sample-python-api-admin";
    const login = { VAULT_TOKEN: vault.server.rootToken };
    const answers = [...vault.server.keys.slice(0, 2), vault.passwords.get(stranger)!];
    const denied = await recover("dev", [], { env: login, answer: () => stranger, secret: inTurn(answers) });
    expect([denied.code, denied.errLines.join()]).toEqual([1, expect.stringMatching(/permission denied/)]);
    const wrong = await recover("dev", [], { secret: inTurn([...vault.server.keys.slice(0, 2), "other password"]) });
    expect([wrong.code, wrong.errLines.join()]).toEqual([1, expect.stringMatching(/cannot log in to it.*--by-shares/)]);
    expect(await vault.values(APP, "dev")).toEqual({ [PASSWORD]: "of-now" });
    expect((await recover("dev", ["--by-shares"], { secret: inTurn(vault.server.keys.slice(0, 2)) })).code).toBe(0);
    expect(await vault.values(APP, "dev")).toEqual(THEN);
  });

  test("of another cluster: refused, unless that is said", async () => {
    const other = await startSnapshotVault();
    const body = { password: other.passwords.get(OWNER) };
    const { auth } = await other.server.ok<{ auth: { client_token: string } }>("POST", `auth/userpass/login/${OWNER}`, {
      token: "",
      body,
    });
    const words = ["secrets", "recover", APP, "dev", "--from", file];
    const answers = [...vault.server.keys.slice(0, 2), vault.passwords.get(OWNER)!];
    const env = { VAULT_TOKEN: auth.client_token };
    const refused = await opsWithShares(other.server, words, answers, { env });
    expect([refused.code, refused.errLines.join()]).toEqual([1, expect.stringMatching(/of another cluster/)]);
    expect((await other.values(APP, "dev"))[PASSWORD]).toBe("TBD");
    const meant = await opsWithShares(other.server, [...words, "--other-cluster"], answers, { env });
    expect(meant.code).toBe(0);
    expect(await other.values(APP, "dev")).toEqual(THEN);
  });

  test("without a terminal nothing is asked or sent", async () => {
    const io = await recover("dev", [], { terminal: false });
    expect([io.code, io.questions]).toEqual([2, []]);
  });
});
