import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";
import { ops } from "./ops";
import { startSampleVault, type SampleVault } from "./sample-vault";
import { describeLive, temporaryFolder } from "./servers";

const APP = "sample-node-api";
const USERNAME = "PRIVATE_NODE_API_DB_USERNAME";
const PASSWORD = "PRIVATE_NODE_API_DB_PASSWORD";
const TOKEN = "SESSION_TOKEN";
const MADE = /^[0-9A-Za-z]{32}$/;
const DIGITS = /^[0-9]{48}$/;

/** The sample, with keys of the node app that a command makes, a set of such keys alone, and a custodian. */
const CONFIG: PlatformConfig = {
  ...sample,
  apps: {
    ...sample.apps,
    [APP]: {
      ...sample.apps[APP]!,
      keys: [USERNAME, PASSWORD, TOKEN],
      generated: { [PASSWORD]: {}, [TOKEN]: { length: 48, alphabet: "0123456789" } },
    },
  },
  sharedSets: { broker: { owner: "mq", keys: ["BROKER_PASSWORD"], generated: { BROKER_PASSWORD: {} }, readBy: [APP] } },
  people: {
    groups: {
      ...sample.people!.groups,
      custodians: { grants: [{ access: "write-only", apps: [APP], sharedSets: ["broker"] }] },
    },
    users: { ...sample.people!.users, carla: { groups: ["custodians"] } },
  },
};

describeLive(["vault"], "ops secrets generate and rotate", () => {
  let vault: SampleVault;
  let carla: string;
  const file = join(temporaryFolder("platform"), "platform.ts");
  const printed: string[] = [];
  const run = async (words: string, token = carla, world: Parameters<SampleVault["ops"]>[2] = {}) => {
    const done = await vault.ops(words, token, { ...world, env: { PLATFORM: file } });
    printed.push(done.all);
    return done;
  };
  const values = (environment: string, app = APP) => vault.values(app, environment);

  beforeAll(async () => {
    writeFileSync(file, `export default ${JSON.stringify(CONFIG)};\n`);
    vault = await startSampleVault(CONFIG);
    carla = await vault.login("carla");
  });

  test("nothing is placed under a generated key, be there others or not; status says what to make", async () => {
    expect(await values("dev")).toEqual({ [USERNAME]: "TBD" });
    expect(await values("dev", "broker")).toEqual({});
    const { code, out } = await run("secrets status --environment dev --app sample-node-api");
    expect([code, out]).toEqual([
      3,
      expect.stringContaining(
        `look at ${APP} in dev: ${PASSWORD}, ${TOKEN} not made yet: npm run ops -- secrets generate ${APP} dev`,
      ),
    ]);
  });

  test("sync adds no placeholder for it", async () => {
    const { out } = await run(`secrets sync --environment dev --app ${APP}`);
    expect(out).toContain("had every declared key");
    expect(await values("dev")).toEqual({ [USERNAME]: "TBD" });
  });

  test("who may write and not read makes the first values, each as the config says; the other key stays", async () => {
    const { code, out } = await run(`secrets generate ${APP} dev`);
    expect([code, out]).toEqual([
      0,
      `${PASSWORD}, ${TOKEN} of ${APP} in dev made: version 2 of kvv2/sample/${APP}/${APP}-dev.`,
    ]);
    expect(await values("dev")).toEqual({
      [USERNAME]: "TBD",
      [PASSWORD]: expect.stringMatching(MADE),
      [TOKEN]: expect.stringMatching(DIGITS),
    });
    expect((await run(`secrets generate broker dev`)).code).toBe(0);
    expect(await values("dev", "broker")).toEqual({ BROKER_PASSWORD: expect.stringMatching(MADE) });
    expect((await run("secrets status --environment dev --app sample-node-api")).code).toBe(0);
  });

  test("a second time nothing is changed, and a key by name is refused with what makes a new value", async () => {
    const before = await values("dev");
    const again = await run(`secrets generate ${APP} dev`);
    expect([again.code, again.out]).toEqual([
      0,
      `Every generated key of ${APP} in dev has a value; nothing was changed.`,
    ]);
    const named = await run(`secrets generate ${APP} dev ${TOKEN}`);
    expect([named.code, named.err]).toEqual([1, expect.stringContaining(`secrets rotate ${APP} dev ${TOKEN} makes`)]);
    expect(await values("dev")).toEqual(before);
  });

  test("a value that a person set is left alone, and the rest is made", async () => {
    await run(`secrets set ${APP} qa ${PASSWORD} --stdin`, carla, { stdin: "a-persons-own" });
    const { out } = await run(`secrets generate ${APP} qa`);
    expect(out).toMatch(new RegExp(`^${TOKEN} of`));
    expect(await values("qa")).toMatchObject({ [PASSWORD]: "a-persons-own", [TOKEN]: expect.stringMatching(DIGITS) });
  });

  test("rotate makes new values, of the named keys or of all; a key that a person sets is refused", async () => {
    const before = await values("dev");
    expect((await run(`secrets rotate ${APP} dev ${TOKEN}`)).code).toBe(0);
    const one = await values("dev");
    expect(one).toEqual({ ...before, [TOKEN]: expect.stringMatching(DIGITS) });
    expect(one[TOKEN]).not.toBe(before[TOKEN]);
    expect((await run(`secrets rotate ${APP} dev`)).code).toBe(0);
    const all = await values("dev");
    expect([all[PASSWORD] === one[PASSWORD], all[TOKEN] === one[TOKEN], all[USERNAME]]).toEqual([false, false, "TBD"]);
    const { code, err } = await run(`secrets rotate ${APP} dev ${USERNAME}`);
    expect([code, err]).toEqual([2, expect.stringContaining(`secrets set ${APP} dev ${USERNAME} sets it`)]);
    expect(await values("dev")).toEqual(all);
  });

  test("a value is shown on a terminal and only there, once, and nothing is made where it could not be", async () => {
    const before = await values("dev");
    const { code, err } = await run(`secrets rotate ${APP} dev ${TOKEN} --show`);
    expect([code, err]).toEqual([2, expect.stringContaining("--show: given without a terminal")]);
    expect(await values("dev")).toEqual(before);
    const shown: string[] = [];
    const env = { PLATFORM: file, VAULT_TOKEN: carla };
    const io = await ops(vault.server, `secrets rotate ${APP} dev ${TOKEN} --show`.split(" "), {
      env,
      shown: (lines) => void shown.push(...lines),
    });
    expect(shown).toEqual([`${TOKEN} of ${APP} in dev: ${(await values("dev"))[TOKEN]}`]);
    printed.push(...io.outLines, ...io.errLines);
  });

  test.each([
    ["secrets generate sample-python-api dev", 2, /accepted: one with generated keys/],
    [`secrets generate ${APP} dev ${TOKEN} hunter2!`, 2, /KEY: given something that is no key's name/],
    [`secrets generate ${APP} dev TOKN`, 2, /KEY: given "TOKN"; accepted: /],
    [`secrets rotate brokr dev`, 2, /APP: given "brokr".*Did you mean "broker"\?/],
  ])("refused before anything is sent: %s", async (words, expected, message) => {
    const { code, err } = await run(words);
    expect([code, err]).toEqual([expected, expect.stringMatching(message)]);
    expect(err).not.toContain("hunter2");
  });

  test("who may read and not write makes nothing", async () => {
    const before = await values("stg");
    const reader = await vault.login("sample-node-api-user");
    const { code, err } = await run(`secrets generate ${APP} stg`, reader);
    expect([code, err]).toEqual([1, expect.stringContaining("permission denied")]);
    expect(await values("stg")).toEqual(before);
  });

  test("of many at the same moment one makes the values, and each other says that nothing was written", async () => {
    const runs = await Promise.all(Array.from({ length: 8 }, () => run(`secrets generate ${APP} prod`)));
    expect(runs.filter(({ out }) => /made: version 2 /.test(out))).toHaveLength(1);
    const { data } = await vault.server.ok<{ data: { current_version: number } }>(
      "GET",
      `kvv2/metadata/sample/${APP}/${APP}-prod`,
    );
    expect(data.current_version).toBe(2);
    for (const { code, out, err } of runs.filter((each) => !/made: version/.test(each.out)))
      expect([code, out + err]).toEqual(
        code === 0
          ? [0, expect.stringContaining("nothing was changed")]
          : [1, expect.stringMatching(/changed|version/)],
      );
  });

  test("a deleted version is said, and nothing is made", async () => {
    await vault.server.ok("DELETE", `kvv2/data/sample/${APP}/${APP}-qa`);
    const { code, err } = await run(`secrets rotate ${APP} qa`);
    expect([code, err]).toEqual([1, expect.stringContaining("is deleted, and the other keys with it")]);
    await vault.server.ok("POST", `kvv2/undelete/sample/${APP}/${APP}-qa`, { body: { versions: [3] } });
  });

  test("no value that was made is in anything that a command printed", async () => {
    const made = [
      ...(await Promise.all(["dev", "qa", "prod"].map((environment) => values(environment)))),
      await values("dev", "broker"),
    ].flatMap((each) => Object.values(each).filter((value) => MADE.test(value) || DIGITS.test(value)));
    expect(made.length).toBeGreaterThanOrEqual(6);
    expect(made.filter((value) => printed.join("\n").includes(value))).toEqual([]);
  });
});
