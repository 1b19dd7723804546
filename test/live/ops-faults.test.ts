import type { OpsRun, OpsWorld } from "../cli/ops/run-ops";
import { FaultProxy, type Fault } from "./fault-proxy";
import { startSampleVault, type SampleVault } from "./sample-vault";
import { describeLive } from "./servers";

const USER = "sample-python-api-user";
const SET = "sample/sample-node-api/sample-node-api-dev";
const KEY = "PRIVATE_NODE_API_DB_PASSWORD";
const OWN = "correct-horse-battery-9";
const FAULTS: readonly Fault[] = ["sealed", "forbidden", "rate limited", "server error", "lost"];
// What a reader must find in the message.
const SAYS: { readonly [F in Fault]: RegExp } = {
  sealed: /Vault is sealed/,
  forbidden: /permission denied|could not be looked at/,
  "rate limited": /too many requests/,
  "server error": /Vault failed/,
  lost: /cannot be reached/,
};

interface Command {
  readonly words: string;
  /** Whose token; "" for none. */
  readonly as: "platform-admin" | "sample-node-api-admin" | "a person" | "";
  readonly world?: (vault: SampleVault) => Promise<OpsWorld>;
  /** Puts Vault into the state that the command changes. */
  readonly before: (vault: SampleVault) => Promise<unknown>;
  /** What is so after a run that ended well. */
  readonly after: (vault: SampleVault, run: OpsRun) => Promise<void>;
  /** The exit code of a run that ends well; @default 0 */
  readonly code?: number;
}

let personsToken = "";
const nothing = async () => undefined;
const ok = (vault: SampleVault, method: string, path: string, body?: unknown) =>
  vault.server.ok<{ data: Record<string, unknown>; wrap_info: { token: string } }>(method, path, { body });
const setPassword = (vault: SampleVault, password: string) =>
  ok(vault, "POST", `auth/userpass/users/${USER}/password`, { password });
const canLogIn = async (vault: SampleVault, password: string) =>
  (await vault.server.request("POST", `auth/userpass/login/${USER}`, { token: "", body: { password } })).status === 200;
const entity = async (vault: SampleVault) =>
  (await ok(vault, "GET", `identity/entity/name/${USER}`)).data as { id: string; disabled: boolean };
const liveTokens = async (vault: SampleVault) => {
  const { id } = await entity(vault);
  const { keys } = (await ok(vault, "LIST", "auth/token/accessors")).data as { keys: string[] };
  const facts = await Promise.all(
    keys.map((accessor) =>
      vault.server.request<{ data?: { entity_id: string } }>("POST", "auth/token/lookup-accessor", {
        body: { accessor },
      }),
    ),
  );
  return facts.filter(({ body }) => body.data?.entity_id === id).length;
};
const loggedIn = async (vault: SampleVault) => {
  await ok(vault, "POST", `identity/entity/name/${USER}`, { disabled: false });
  await setPassword(vault, "of-before-the-run-9");
  const { auth } = await vault.server.ok<{ auth: { client_token: string } }>("POST", `auth/userpass/login/${USER}`, {
    token: "",
    body: { password: "of-before-the-run-9" },
  });
  personsToken = auth.client_token;
};

const COMMANDS: readonly Command[] = [
  {
    words: `users invite ${USER} --json`,
    as: "platform-admin",
    before: nothing,
    after: async (vault, { out }) => {
      const opened = await vault.server.ok<{ data: { password: string } }>("POST", "sys/wrapping/unwrap", {
        token: (JSON.parse(out) as { token: string }).token,
      });
      expect(await canLogIn(vault, opened.data.password)).toBe(true);
    },
  },
  {
    words: "users list",
    as: "platform-admin",
    before: nothing,
    after: async (_, { out }) => expect(out).toContain(USER),
  },
  {
    words: `users disable ${USER}`,
    as: "platform-admin",
    before: loggedIn,
    after: async (vault) => expect([(await entity(vault)).disabled, await liveTokens(vault)]).toEqual([true, 0]),
  },
  {
    words: `users enable ${USER}`,
    as: "platform-admin",
    before: (vault) => ok(vault, "POST", `identity/entity/name/${USER}`, { disabled: true }),
    after: async (vault) => expect((await entity(vault)).disabled).toBe(false),
  },
  {
    words: `users revoke ${USER}`,
    as: "platform-admin",
    before: loggedIn,
    after: async (vault) => expect(await liveTokens(vault)).toBe(0),
  },
  {
    words: "users passwd",
    as: "a person",
    world: async () => ({
      answers: [
        [/New password/, OWN],
        [/once more/, OWN],
      ],
    }),
    before: loggedIn,
    after: async (vault) => expect(await canLogIn(vault, OWN)).toBe(true),
  },
  {
    words: `secrets set sample-node-api dev ${KEY} --stdin`,
    as: "sample-node-api-admin",
    world: async () => ({ stdin: "the-new-value" }),
    before: (vault) =>
      ok(vault, "POST", `kvv2/data/${SET}`, { data: { PRIVATE_NODE_API_DB_USERNAME: "app", [KEY]: "old" } }),
    after: async (vault) =>
      expect(await vault.values("sample-node-api", "dev")).toEqual({
        PRIVATE_NODE_API_DB_USERNAME: "app",
        [KEY]: "the-new-value",
      }),
  },
  {
    words: "secrets status --app sample-node-api",
    as: "sample-node-api-admin",
    before: nothing,
    after: async (_, { out }) => expect(out).toContain("sample-node-api"),
  },
  {
    words: "secrets sync --app sample-node-api",
    as: "sample-node-api-admin",
    before: async (vault) => {
      for (const environment of ["dev", "qa", "stg"])
        await ok(vault, "POST", `kvv2/data/sample/sample-node-api/sample-node-api-${environment}`, {
          data: { PRIVATE_NODE_API_DB_USERNAME: "app" },
        });
    },
    after: async (vault) => {
      for (const environment of ["dev", "qa", "stg"])
        expect(await vault.values("sample-node-api", environment)).toEqual({
          PRIVATE_NODE_API_DB_USERNAME: "app",
          [KEY]: "TBD",
        });
    },
  },
  {
    words: "secrets changes --app sample-node-api",
    as: "sample-node-api-admin",
    before: nothing,
    after: async (_, { out }) => expect(out).toContain("sample-node-api"),
  },
  {
    words: `breach --user ${USER} --confirm`,
    as: "platform-admin",
    before: loggedIn,
    after: async (vault) =>
      expect([
        (await entity(vault)).disabled,
        await liveTokens(vault),
        await canLogIn(vault, "of-before-the-run-9"),
      ]).toEqual([true, 0, false]),
  },
  {
    words: "breach --workload sample-node-api/local --confirm",
    as: "platform-admin",
    before: (vault) =>
      ok(vault, "POST", "auth/kubernetes/role/sample-node-api-local", {
        bound_service_account_names: ["a"],
        bound_service_account_namespaces: ["b"],
        audience: "vault",
      }),
    after: async (vault) =>
      expect((await vault.server.request("GET", "auth/kubernetes/role/sample-node-api-local")).status).toBe(404),
  },
];

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
      vault.ops(command.words, (command.as === "a person" ? personsToken : tokens[command.as]) ?? "", {
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
