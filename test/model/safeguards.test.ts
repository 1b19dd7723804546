import { UNSAFE } from "../helpers/configs";
import { config, message, platform, refusal, refuses } from "./support";

const without = (...reasons: (keyof typeof UNSAFE | "audit")[]) => ({
  "vaults/main/unsafeWithout": Object.fromEntries(reasons.map((what) => [what, "a test on one machine"])),
});
const HOLDS = "since it holds what is protected (prod)";

describe("the Vault of a protected environment has each of these, or a reason for doing without", () => {
  refuses([
    [
      "TLS",
      without("ha", "backup"),
      `vaults.main.tls: given nothing; accepted: { secret } or { certManager }, ${HOLDS}. ` +
        'unsafeWithout: { tls: "why" } does without.',
    ],
    [
      "an audit device",
      { "vaults/main/audit": [] },
      `vaults.main.audit: given an empty list; accepted: at least one audit device, ${HOLDS}. ` +
        'unsafeWithout: { audit: "why" } does without.',
    ],
    [
      "more servers than one",
      without("tls", "backup"),
      `vaults.main.mode: given "standalone"; accepted: "ha", ${HOLDS}. unsafeWithout: { ha: "why" } does without.`,
    ],
    [
      "a backup",
      { "vaults/main/mode": "ha", ...without("tls") },
      `vaults.main.backup: given nothing; accepted: { to: { volume: {} } }, beside mode: "ha", ${HOLDS}. ` +
        'unsafeWithout: { backup: "why" } does without.',
    ],
    [
      "an https address, of one that exists already",
      {
        "vaults/main": { address: "http://vault.example", unsafeNoTls: true },
        "environments/dev/cluster": undefined,
      },
      `vaults.main.address: given "http://vault.example"; accepted: an https URL, ${HOLDS}. ` +
        'unsafeWithout: { tls: "why" } does without.',
    ],
  ]);

  const whole = { cluster: "home", mode: "ha", tls: { secret: "t" }, backup: { to: { volume: {} } } };
  const disabled = 'listener "tcp" {\n  tls_disable = true\n}\n';

  test.each([
    ["global.tlsDisable", true, "tls"],
    ["global", null, "tls"],
    ["server.ha.raft.config", disabled, "tls"],
    ["server.standalone.config", disabled, "tls"],
    ["server.enabled", false, "ha"],
    ["server.dev.enabled", true, "ha"],
    ["server.ha.enabled", false, "ha"],
    ["server.ha.raft.enabled", false, "ha"],
    ["server.ha.replicas", 1, "ha"],
    ["server.ha", null, "ha"],
  ])("the chart's value %s: %j does not take it away", (path, value, what) => {
    const values = path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
    const vault = { ...whole, values };
    const said = refusal(config({ "vaults/main": vault }));
    expect(said).toContain(`vaults.main.values.${path}`);
    expect(said).toContain(`${HOLDS}. unsafeWithout: { ${what}: "why" } does without.`);
    const reason = { unsafeWithout: { [what]: "a test on one machine" } };
    expect(refusal(config({ "vaults/main": { ...vault, ...reason } }))).toBe("accepted");
  });

  test("other values of the chart take nothing away", () => {
    const values = {
      global: { tlsDisable: false },
      server: {
        dev: { enabled: false },
        ha: { enabled: true, replicas: 5, raft: { config: 'listener "tcp" {\n  tls_disable = false\n}\n' } },
        logLevel: "debug",
      },
    };
    expect(refusal(config({ "vaults/main": { ...whole, values } }))).toBe("accepted");
  });

  test("all that it lacks is said at once", () => {
    const lines = refusal(config({ "vaults/main/unsafeWithout": undefined, "vaults/main/audit": [] }));
    for (const field of ["tls", "audit", "mode", "backup"]) expect(lines).toContain(`vaults.main.${field}: given`);
  });
});

test("where nothing is protected, a Vault may lack all of it", () => {
  const change = { "vaults/main/unsafeWithout": undefined, "environments/prod/protected": false };
  expect(platform(change).vaults[0]!.unsafeWithout).toEqual({});
});

test("one that lacks nothing needs no reason", () => {
  const vault = { cluster: "home", mode: "ha", tls: { secret: "t" }, backup: { to: { volume: {} } } };
  expect(refusal(config({ "vaults/main": vault }))).toBe("accepted");
});

test("of one that exists already it is not known whether it has audit devices, servers or backups", () => {
  const change = { "vaults/main": { address: "https://vault.example" }, "environments/dev/cluster": undefined };
  expect(refusal(config(change))).toBe("accepted");
});

describe("a reason", () => {
  refuses([
    [
      "is for what it lacks",
      { ...without("tls", "audit", "ha", "backup") },
      'vaults.main.unsafeWithout.audit: given "a test on one machine"; accepted: a reason only for what the Vault is ' +
        "known to lack. Take it out.",
    ],
    [
      "is more than a word",
      { "vaults/main/unsafeWithout": { ...UNSAFE, tls: "because" } },
      'vaults.main.unsafeWithout.tls: given "because"; accepted: at least three words, one line of visible text ' +
        "without ${ and %{, no space at its ends, at most 256 characters.",
    ],
    [
      "is of something that there is",
      { "vaults/main/unsafeWithout": { ...UNSAFE, backups: "none are taken" } },
      'vaults.main.unsafeWithout.backups: given "backups"; accepted: no field of this name, only tls, audit, ha, ' +
        'backup. Did you mean "backup"?',
    ],
  ]);

  test("is not for what is not known", () => {
    const vault = { address: "https://vault.example", unsafeWithout: { backup: "others take them" } };
    expect(refusal(config({ "vaults/main": vault, "environments/dev/cluster": undefined }))).toBe(
      message(
        'vaults.main.unsafeWithout.backup: given "others take them"; accepted: a reason only for what the Vault is ' +
          "known to lack. It exists already: of its own, TLS alone is known here. Take it out.",
      ),
    );
  });
});
