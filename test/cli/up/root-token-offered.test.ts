import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VaultRun } from "../../../cli/up/vault-steps";
import sample from "../../../config/sample";
import { resolvePlatform } from "../../../model";
import { StubServer, type StubAnswer } from "../vault/stub-server";
import { scriptedIo } from "./scripted-io";

const platform = resolvePlatform(sample);
const ROOT_TOKEN = "hvs.root-of-this-run";
const seal = (initialized: boolean, version: string): StubAnswer => ({
  status: 200,
  json: { type: "shamir", initialized, sealed: !initialized, t: 1, n: 1, progress: 0, version },
});
const KEY = Buffer.alloc(33).toString("base64");
const MADE: StubAnswer = { status: 200, json: { keys_base64: [KEY], root_token: ROOT_TOKEN } };
const LOOKED_UP: StubAnswer = { status: 200, json: { data: { accessor: "accessor", policies: ["root"] } } };

describe("a run that ends after the initialisation, before anybody can log in", () => {
  let server: StubServer;
  let folder: string;
  beforeEach(async () => {
    server = await new StubServer().start();
    folder = mkdtempSync(join(tmpdir(), "offered-"));
  });
  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  /** Initialises, has the root token, and ends there; what was shown, and what was asked of Vault last. */
  async function ended(version: string, script: { readonly terminal?: boolean; readonly yes?: boolean }) {
    const shown: string[] = [];
    const { terminal = true, yes = true } = script;
    const io = scriptedIo({
      env: { VAULT_ADDR: server.address },
      terminal,
      confirm: () => yes,
      shown: (lines) => void shown.push(...lines),
    });
    server.answer(seal(false, version), seal(false, version), MADE, LOOKED_UP, seal(true, version), { status: 204 });
    const settings = { shares: 1, threshold: 1, outDir: join(folder, "shares") };
    const run = new VaultRun(io, platform, platform.vaults[0]!, undefined, folder, settings);
    await run.initialise();
    await run.obtainToken();
    await run.end();
    return { io, shown: shown.join("\n"), last: server.requests.at(-1)! };
  }

  test("since Vault 2.0 it is shown once to whoever wants it: shares alone would make no other", async () => {
    const { io, shown, last } = await ended("2.2.2", {});
    expect(shown).toContain(ROOT_TOKEN);
    expect(io.questions).toEqual(expect.arrayContaining([expect.stringContaining("nobody can log in yet")]));
    expect([...io.outLines, ...io.errLines].join()).not.toContain(ROOT_TOKEN);
    expect(last.url).toBe("/v1/sys/seal-status");
  });

  test.each([{ yes: false }, { terminal: false }])("%j: it is said that it is lost, and what helps", async (script) => {
    const { io, shown } = await ended("2.2.2", script);
    expect(shown).not.toContain(ROOT_TOKEN);
    expect(io.errLines.join("\n")).toMatch(/It is lost. docs\/bootstrap.md says how to make another./);
  });

  test("before, it is revoked: shares make another", async () => {
    const { shown, last } = await ended("1.21.1", {});
    expect([shown, last.url]).toEqual(["", "/v1/auth/token/revoke-self"]);
  });
});
