import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bindingStatus } from "../../../cli/ops/status/clusters";
import { BootstrapRecord } from "../../../cli/up/record";
import { CONTINUES, inSeconds, runSteps } from "../../../cli/up/steps";
import { clustersWithEnvironments, scopeOf, withoutClusters } from "../../../cli/up/scope";
import { complaint, deliveredIn, isSynced, type StaticSecret } from "../../../cli/up/sync";
import { runUp } from "../../../cli/up";
import { runDown } from "../../../cli/down";
import production from "../../../config/production";
import sample from "../../../config/sample";
import { resolvePlatform } from "../../../model";
import { databaseConfig } from "../../helpers/database-config";
import { scriptedIo } from "./scripted-io";

const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

describe("what a run is about", () => {
  const platform = resolvePlatform(sample);
  const acme = resolvePlatform(production);

  test("a named environment brings its Vault, its cluster and the Vault's cluster, and no others", () => {
    const scope = scopeOf(acme, ["prod-us"]);
    expect([names(scope.vaults), names(scope.clusters), names(scope.environments)]).toEqual([
      ["prod"],
      ["prod-eu", "prod-us"],
      ["prod-us"],
    ]);
    expect(names(clustersWithEnvironments(scope))).toEqual(["prod-us"]);
    const dev = scopeOf(platform, ["dev"]);
    expect([names(dev.vaults), names(dev.clusters)]).toEqual([["main"], ["local"]]);
  });

  test("a name that is none suggests the nearest", () => {
    expect(() => scopeOf(platform, ["lcoal"])).toThrow(
      'environment: given "lcoal"; accepted: local, dev, qa, stg, prod. Did you mean "local"?',
    );
  });

  test(
    "without a cluster what needs it is left out: its environments, the Vault that would be " +
      "installed there, and what that Vault holds",
    () => {
      const lost = withoutClusters(
        acme,
        scopeOf(acme, []),
        new Set(["prod-eu"]),
        (vault) => vault.installation !== undefined,
      );
      expect([names(lost.vaults), names(lost.environments), names(lost.clusters)]).toEqual([
        ["nonprod"],
        ["dev", "qa", "stg"],
        ["nonprod", "prod-us"],
      ]);
      // A Vault that is there needs no cluster.
      const there = withoutClusters(platform, scopeOf(platform, []), new Set(["local"]), () => false);
      expect(names(there.environments)).toEqual(["dev", "qa", "stg", "prod"]);
    },
  );
});

describe("the operator's word", () => {
  const secret = (status: "True" | "False", lastGeneration = 2): StaticSecret => ({
    metadata: { name: "s", generation: 2 },
    status: {
      lastGeneration,
      conditions: [
        {
          type: "SecretSynced",
          status,
          reason: "Synced",
          message: "Code: 403",
          lastTransitionTime: "2026-01-01T00:00:00Z",
        },
      ],
    },
  });

  test("counts for the object as it is now alone", () => {
    expect([
      isSynced(secret("True")),
      isSynced(secret("True", 1)),
      isSynced(secret("False")),
      isSynced({ metadata: { name: "s", generation: 1 } }),
    ]).toEqual([true, false, false, false]);
  });

  test("of a Secret that already has the values is Ready: an earlier failure stands in SecretSynced", () => {
    const after = (ready: "True" | "False", lastGeneration = 2) => {
      const { metadata, status } = secret("False", lastGeneration);
      const [first] = status!.conditions!;
      return { metadata, status: { ...status, conditions: [first!, { ...first!, type: "Ready", status: ready }] } };
    };
    expect([isSynced(after("True")), isSynced(after("True", 1)), isSynced(after("False"))]).toEqual([
      true,
      false,
      false,
    ]);
    expect([complaint(after("True")), complaint(after("False"))]).toEqual(["", "Synced: Code: 403"]);
    const binding = { tenant: { name: "a", delivery: { namespace: "n", secret: "s" } }, object: after("True") };
    expect(bindingStatus(binding as unknown as Parameters<typeof bindingStatus>[0])).toMatchObject({ synced: "yes" });
  });

  test("is waited for of everything that an environment delivers: its sets, and credentials of databases", () => {
    const platform = resolvePlatform(databaseConfig());
    expect(deliveredIn(platform, "dev").map(({ name, path }) => [name, path.split("/").slice(-3).join("/")])).toEqual([
      ["shop-dev", "shop-dev/vaultstaticsecrets/shop-vault-static-secret"],
      ["report-dev", "report-dev/vaultstaticsecrets/report-vault-static-secret"],
      ["shop-dev.orders", "shop-dev/vaultdynamicsecrets/shop-orders-vault-dynamic-secret"],
      ["report-dev.orders", "report-dev/vaultdynamicsecrets/report-orders-vault-dynamic-secret"],
    ]);
  });

  test("is passed on", () => {
    expect([
      complaint(undefined),
      complaint({ metadata: { name: "s" } }),
      complaint(secret("False")),
      complaint(secret("True")),
    ]).toEqual(["there is no VaultStaticSecret", "the operator has not looked at it yet", "Synced: Code: 403", ""]);
  });
});

test.each([
  [40, "0.0 s"],
  [9900, "9.9 s"],
  [9960, "10 s"],
  [59_400, "59 s"],
  [185_000, "3 min 05 s"],
])("%d ms are %s", (ms, text) => expect(inSeconds(ms)).toBe(text));

test("an interrupt is told to the step at work, and ends the run after it", async () => {
  const done: string[] = [];
  const run = runSteps(scriptedIo(), [
    [
      "first",
      async (_, interrupted) => {
        process.emit("SIGINT");
        return void done.push(`first, ${interrupted.aborted}`);
      },
    ],
    ["second", async () => void done.push("second")],
  ]);
  await expect(run).rejects.toThrow(CONTINUES);
  expect(done).toEqual(["first, true"]);
});

describe("the record of a bootstrap", () => {
  const folder = mkdtempSync(join(tmpdir(), "record-"));
  const record = new BootstrapRecord(join(folder, "cdktf.out"), "sample-access-main");
  afterAll(() => rmSync(folder, { recursive: true }));

  test("remembers accessors and what was done, readable by its owner alone, and forgets at the end", () => {
    expect(record.read()).toEqual({ initialised: false, passwordSet: false, accessors: [] });
    record.made("of another Vault");
    record.initialising();
    record.made("a");
    record.made("a");
    record.passwordSet();
    expect(record.read()).toEqual({ initialised: true, passwordSet: true, accessors: ["a"] });
    expect(statSync(join(folder, "state", "sample-access-main.bootstrap.json")).mode & 0o777).toBe(0o600);
    record.clear();
    expect(record.read().accessors).toEqual([]);
  });
});

describe("command lines", () => {
  const run = async (program: "up" | "down", words: readonly string[], terminal = true) => {
    const io = scriptedIo({ terminal, env: { PLATFORM: "config/sample.ts" } });
    await (program === "up" ? runUp : runDown)(words, io);
    return { code: io.code, said: [...io.errLines, ...io.outLines].join("\n") };
  };

  test.each([["up"], ["down"]] as const)("%s --help has examples", async (program) => {
    const { code, said } = await run(program, ["--help"]);
    expect([code, said]).toEqual([0, expect.stringContaining(`Examples:\n  npm run ${program}`) as string]);
  });

  test.each([
    ["up", ["--share", "3"], "Did you mean --shares?"],
    ["up", ["--sync-timeout", "soon"], '--sync-timeout: given "soon"; accepted:'],
    ["up", ["--pod-timeout", "soon"], '--pod-timeout: given "soon"; accepted:'],
    ["up", ["--threshold", "1"], "--shares, --threshold: given 5 and 1; accepted"],
    ["up", ["lcoal"], 'Did you mean "local"?'],
    ["down", ["--delete-secret"], "Did you mean --delete-secrets?"],
    ["down", ["porduction"], 'environment: given "porduction"; accepted: local, dev, qa, stg, prod.'],
  ] as const)("%s %p is refused", async (program, words, message) => {
    const { code, said } = await run(program, words);
    expect([code, said]).toEqual([2, expect.stringContaining(message) as string]);
  });

  test("down refuses a protected environment before anything else", async () => {
    const io = scriptedIo({ env: { PLATFORM: "config/production.ts" } });
    await runDown(["dev", "stg"], io);
    expect([io.code, io.errLines, io.questions]).toEqual([
      2,
      [expect.stringContaining("environment: given stg, which is protected; nothing was changed.")],
      [],
    ]);
  });
});
