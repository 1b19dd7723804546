import type { OpsRun } from "../cli/ops/run-ops";
import { canLogIn, COMMANDS, OWN, tokenOfPerson, USER, type Command } from "./fault-commands";
import { FaultProxy, type Fault } from "./fault-proxy";
import { startSampleVault, type SampleVault } from "./sample-vault";
import { describeLive } from "./servers";

const FAULTS: readonly Fault[] = ["sealed", "forbidden", "rate limited", "server error", "lost"];
// What a reader must find in the message.
const SAYS: { readonly [F in Fault]: RegExp } = {
  sealed: /Vault is sealed/,
  forbidden: /permission denied|could not be looked at/,
  "rate limited": /too many requests/,
  "server error": /Vault failed/,
  lost: /cannot be reached/,
};

/**
 * At which requests a fault begins: a server error at the first, the middle and the last two; an answer that is lost at
 * the writes; others in the middle.
 */
function places(fault: Fault, requests: readonly string[]): number[] {
  const all = requests.map((_, i) => i + 1);
  const middle = Math.ceil(requests.length / 2);
  if (fault === "server error")
    return all.filter((place) => place === 1 || place === middle || place > requests.length - 2);
  const changes = all.filter(
    (place) => /^(POST|PATCH|DELETE)/.test(requests[place - 1]!) && !/lookup-accessor/.test(requests[place - 1]!),
  );
  return fault === "lost"
    ? changes.length > 0
      ? [...new Set([changes[0]!, changes.at(-1)!])]
      : [requests.length]
    : [middle];
}

describeLive(["vault"], "every ops command while Vault fails", () => {
  let vault: SampleVault;
  let proxy: FaultProxy;
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    vault = await startSampleVault();
    proxy = await new FaultProxy(vault.server.address).start();
    for (const user of ["platform-admin", "sample-node-api-admin"]) tokens[user] = await vault.login(user);
  });
  afterAll(() => proxy.stop());

  const run = async (command: Command, env: Record<string, string> = {}) => {
    const { env: more, ...world } = (await command.world?.(vault)) ?? {};
    return () =>
      vault.ops(command.words, (command.as === "a person" ? tokenOfPerson() : tokens[command.as]) ?? "", {
        ...world,
        env: { VAULT_ADDR: proxy.address, ...more, ...env },
      });
  };
  const expectClear = ({ code, err, out }: OpsRun, says: RegExp, words: string) => {
    expect([words, code]).toEqual([words, 1]);
    expect(err).toMatch(says);
    expect(err).not.toMatch(/\n\s+at /);
    expect(out + err).not.toMatch(/hvs\.|the-new-value|correct-horse/);
  };

  describe.each(COMMANDS)("$words", (command) => {
    let requests: readonly string[] = [];

    test("ends well when nothing fails", async () => {
      await command.before(vault);
      const go = await run(command);
      proxy.heal();
      const result = await go();
      requests = proxy.seen;
      expect([result.code, result.err.includes("Error")]).toEqual([command.code ?? 0, false]);
      await command.after(vault, result);
    });

    test.each(FAULTS)("%s in the middle: a clear message, exit code 1, and a second run finishes", async (fault) => {
      for (const place of places(fault, requests)) {
        await command.before(vault);
        const first = await run(command);
        const second = await run(command);
        proxy.failFrom(place, fault);
        const failed = await first();
        proxy.heal();
        // Revoking what the run made may fail without harm; then the run itself ended well.
        if (failed.code === 0) await command.after(vault, failed);
        else expectClear(failed, SAYS[fault], `${command.words}, ${fault} from request ${place}`);
        const result = await second();
        expect([result.code, result.err]).toEqual([command.code ?? 0, expect.not.stringContaining("Next:")]);
        await command.after(vault, result);
      }
    });
  });

  const everyCommand = async (says: RegExp, env: Record<string, string> = {}) => {
    const runs = await Promise.all(
      COMMANDS.map(async (command) => ({
        command,
        go: async () =>
          vault.ops(command.words, "hvs.of-somebody-or-other", {
            ...(await command.world?.(vault)),
            env: { VAULT_ADDR: vault.server.address, ...env },
          }),
      })),
    );
    for (const { command, result } of await Promise.all(
      runs.map(async ({ command, go }) => ({ command, result: await go() })),
    ))
      expectClear(result, says, command.words);
  };

  test("a Vault that is held still: each says so after VAULT_CLIENT_TIMEOUT", async () => {
    vault.server.pause();
    try {
      await everyCommand(/no answer in time.*VAULT_CLIENT_TIMEOUT/s, { VAULT_CLIENT_TIMEOUT: "1" });
    } finally {
      vault.server.resume();
    }
  });

  test("a sealed Vault: each says so, and how it is unsealed", async () => {
    await vault.server.seal();
    await everyCommand(/Vault is sealed.*npm run ops -- unseal/s);
    await vault.server.unseal();
  });

  test("a stopped Vault: each says where it looked", async () => {
    await vault.server.stop();
    await everyCommand(/cannot be reached.*check VAULT_ADDR/s);
  });
});

// The invitation is used up by the unwrapping: from there on the same run must be able to finish.
describeLive(["vault"], "ops users accept while Vault fails", () => {
  let vault: SampleVault;
  let proxy: FaultProxy;

  beforeAll(async () => {
    vault = await startSampleVault();
    proxy = await new FaultProxy(vault.server.address).start();
  });
  afterAll(() => proxy.stop());

  const invite = async () => {
    const { out } = await vault.ops(`users invite ${USER} --json`, vault.server.rootToken);
    return (JSON.parse(out) as { token: string }).token;
  };
  const accept = (token: string, ...more: [RegExp, string][]) =>
    vault.ops(`users accept ${USER}`, "", {
      env: { VAULT_ADDR: proxy.address },
      answers: [[/Token/, token], [/New password/, OWN], [/once more/, OWN], ...more],
    });

  test.each(FAULTS.filter((fault) => fault !== "lost"))(
    "%s before the unwrapping: the invitation stays good",
    async (fault) => {
      for (const place of [1, 2]) {
        const token = await invite();
        proxy.failFrom(place, fault);
        const { code, err } = await vault.ops(`users accept ${USER}`, "", {
          env: { VAULT_ADDR: proxy.address },
          answers: [
            [/Token/, token],
            ...(place > 1
              ? ([
                  [/New password/, OWN],
                  [/once more/, OWN],
                ] as [RegExp, string][])
              : []),
          ],
        });
        expect([code, err]).toEqual([
          1,
          expect.stringMatching(fault === "forbidden" && place === 1 ? /is not valid/ : SAYS[fault]),
        ]);
        proxy.heal();
        expect((await accept(token)).code).toBe(0);
      }
    },
  );

  test.each(FAULTS.filter((fault) => fault !== "forbidden"))(
    "%s after it: the same run tries again, if the person wants",
    async (fault) => {
      const token = await invite();
      // The unwrapping is the second request, the login with what it gave the third.
      proxy.failFrom(3, fault, 3);
      const { code, err } = await accept(token, [/Try again/, "yes"]);
      expect([code, err]).toEqual([0, expect.stringMatching(SAYS[fault])]);
      expect(await canLogIn(vault, OWN)).toBe(true);
    },
  );

  test("who gives up is told that another invitation is needed, and that one works", async () => {
    const token = await invite();
    proxy.failFrom(3, "sealed");
    const { code, err } = await accept(token, [/Try again/, "no"]);
    expect([code, err]).toEqual([
      1,
      expect.stringContaining(`ask for another invitation (npm run ops -- users invite ${USER})`),
    ]);
    proxy.heal();
    expect((await accept(await invite())).code).toBe(0);
  });
});
