import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { givenAddress, serversOf, wayTo } from "../../../cli/ops/way";
import production from "../../../config/production";
import sample from "../../../config/sample";
import { named, resolvePlatform } from "../../../model";
import { scriptedIo } from "../up/scripted-io";
import { stubKubeconfig } from "../stub-kubeconfig";
import { StubServer } from "../vault/stub-server";
import { ops } from "./run-ops";

const platform = resolvePlatform(sample);
const main = platform.vaults[0]!;
const acme = resolvePlatform(production);
const [prod, nonprod] = [named(acme.vaults, "prod"), named(acme.vaults, "nonprod")];
const TF_VAR = "TF_VAR_vault_address_main";

describe("where this run is told that a Vault is", () => {
  test.each([
    [
      { option: "http://o", [TF_VAR]: "http://t", VAULT_ADDR: "http://a" },
      { by: "--address", address: "http://o" },
    ],
    [
      { [TF_VAR]: "http://t", VAULT_ADDR: "http://a" },
      { by: TF_VAR, address: "http://t" },
    ],
    [{ VAULT_ADDR: "http://a" }, { by: "VAULT_ADDR", address: "http://a" }],
    [
      { [TF_VAR]: "", VAULT_ADDR: "http://a" },
      { by: "VAULT_ADDR", address: "http://a" },
    ],
    [{ VAULT_ADDR: "" }, undefined],
  ])("%j", ({ option, ...env }: Record<string, string>, expected) =>
    expect(givenAddress(scriptedIo({ env }), platform, main, option)).toEqual(expected),
  );

  test("VAULT_ADDR does not mean a Vault where the config knows the address as another's", () => {
    const io = scriptedIo({ env: { VAULT_ADDR: nonprod.address } });
    expect(givenAddress(io, acme, nonprod)?.by).toBe("VAULT_ADDR");
    expect(givenAddress(io, acme, prod)).toBeUndefined();
  });
});

describe("the way to a Vault", () => {
  const name = async (env: Record<string, string>) => {
    const io = scriptedIo({ env });
    return [(await wayTo(io, acme, prod)).name, ...io.errLines];
  };

  test("the config's address is taken, and said", async () =>
    expect(await name({})).toEqual([prod.address, `Vault prod: ${prod.address}, as the config says`]));

  test("another than the config's is said; the same is not", async () => {
    expect(await name({ VAULT_ADDR: "http://127.0.0.1:8200" })).toEqual([
      "http://127.0.0.1:8200",
      "Vault prod: http://127.0.0.1:8200, as VAULT_ADDR says",
    ]);
    expect(await name({ VAULT_ADDR: prod.address! })).toEqual([prod.address]);
  });
});

describe("a Vault that is only inside its cluster", () => {
  const home = mkdtempSync(join(tmpdir(), "way-"));
  const api = new StubServer();
  const vault = new StubServer();
  const pod = (pod: string, phase: string, labels = {}, ready = "True") => ({
    metadata: { name: pod, labels },
    status: { phase, conditions: [{ type: "Ready", status: ready }] },
  });
  const pods = [
    pod("sample-vault-10", "Running"),
    pod("sample-vault-2", "Running", { "vault-active": "true" }),
    pod("sample-vault-1", "Running"),
    pod("sample-vault-0", "Pending"),
  ];
  const env = { HOME: home, PATH: [home, process.env.PATH].join(delimiter), PLATFORM: "config/sample.ts" };

  beforeAll(async () => {
    await Promise.all([api.start(), vault.start()]);
    stubKubeconfig(home, api.address, "docker-desktop");
    // Says where the stub of a Vault listens, as kubectl says it of its own port; ends when it is told to.
    const kubectl = `#!/bin/sh
echo "$@" >> ${join(home, "forwards")}
echo "Forwarding from 127.0.0.1:${new URL(vault.address).port} -> 8200"
exec sleep 60`;
    writeFileSync(join(home, "kubectl"), kubectl);
    chmodSync(join(home, "kubectl"), 0o755);
  });
  afterAll(async () => {
    await Promise.all([api.stop(), vault.stop()]);
    rmSync(home, { recursive: true });
  });

  test("the pod that leads, else the first; for what is done to each, every one that runs, by number", async () => {
    api.answer({ status: 200, json: { items: pods } });
    const io = scriptedIo({ env });
    expect((await wayTo(io, platform, main)).name).toBe("sample-vault-2");
    expect(io.errLines).toEqual([
      "Vault main: pod sample-vault-2 in cluster local, by a port-forward of this run's own",
    ]);
    expect(api.requests[0]?.url).toMatch(/^\/api\/v1\/namespaces\/sample-vault\/pods\?labelSelector=/);
    expect((await serversOf(io, platform, main)).map((server) => server.name)).toEqual([
      "sample-vault-1",
      "sample-vault-2",
      "sample-vault-10",
    ]);
    api.answer({ status: 200, json: { items: pods.slice(2) } });
    expect((await wayTo(io, platform, main)).name).toBe("sample-vault-1");
  });

  test("a pod that is not ready, as one whose node is gone and that led, is passed over while another is", async () => {
    const gone = pod("sample-vault-0", "Running", { "vault-active": "true" }, "False");
    const io = scriptedIo({ env });
    const chosen = async (...items: readonly object[]) => {
      api.answer({ status: 200, json: { items } });
      return (await wayTo(io, platform, main)).name;
    };
    const standby = pod("sample-vault-1", "Running");
    expect(await chosen(gone, standby, pod("sample-vault-2", "Running", { "vault-active": "true" }))).toBe(
      "sample-vault-2",
    );
    expect(await chosen(gone, standby)).toBe("sample-vault-1");
    // A sealed server is not ready either.
    expect(await chosen(gone)).toBe("sample-vault-0");
  });

  test("a command goes through it without VAULT_ADDR, with the token at hand, and ends it", async () => {
    api.answer({ status: 200, json: { items: pods } });
    vault.answer({ status: 200, json: { data: { keys: [] } } });
    const { code, err } = await ops("users list", { env: { ...env, VAULT_TOKEN: "hvs.mine" } });
    expect([code, err]).toEqual([3, expect.stringContaining("pod sample-vault-2 in cluster local")]);
    expect(vault.requests[0]?.headers["x-vault-token"]).toBe("hvs.mine");
    expect(readFileSync(join(home, "forwards"), "utf8")).toMatch(
      /--context docker-desktop --namespace sample-vault port-forward .* pod\/sample-vault-2 :8200\n$/,
    );
  });

  test("where no pod runs, and where there is no cluster, what to do is said", async () => {
    api.answer({ status: 200, json: { items: [] } });
    expect(await ops("users list", { env })).toMatchObject({ code: 1, err: expect.stringContaining("npm run up") });
    expect(await ops("users list", { env: { PLATFORM: "config/sample.ts" } })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/kubeconfig: given .*, which does not exist.* VAULT_ADDR takes another way to it\./),
    });
  });
});

describe("the token", () => {
  const vault = new StubServer();
  const home = mkdtempSync(join(tmpdir(), "home-"));
  const world = () => ({ env: { VAULT_ADDR: vault.address, HOME: home } });
  const sent = () => vault.requests.map(({ headers, url }) => [url, headers["x-vault-token"]]);
  const list = { status: 200, json: { data: { keys: [] } } };
  beforeAll(() => vault.start());
  afterAll(() => Promise.all([vault.stop(), rmSync(home, { recursive: true })]));
  const store = (token: string) => writeFileSync(join(home, ".vault-token"), `${token}\n`);

  test("without one and without a terminal it is refused, and what is accepted is said", async () =>
    expect(await ops("users list", world())).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^VAULT_TOKEN: given nothing, and there is no terminal.*~\/\.vault-token/),
    }));

  test("VAULT_TOKEN comes before what vault login left", async () => {
    store("hvs.stored");
    vault.answer(list);
    await ops("users list", { env: { ...world().env, VAULT_TOKEN: "hvs.given" } });
    expect(sent()[0]).toEqual(["/v1/auth/userpass/users?list=true", "hvs.given"]);
  });

  test("what vault login left is used, also where it may not look at itself", async () => {
    store("hvs.stored");
    vault.answer({ status: 403, json: { errors: ["permission denied"] } }, list);
    await ops("users list", world());
    expect(sent().slice(0, 2)).toEqual([
      ["/v1/auth/token/lookup-self", "hvs.stored"],
      ["/v1/auth/userpass/users?list=true", "hvs.stored"],
    ]);
  });

  test("one of another Vault is passed over: a login at the prompt, revoked at the end", async () => {
    store("hvs.of-another");
    vault.answer(
      { status: 403, json: { errors: ["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"] } },
      { status: 200, json: { data: null, auth: { client_token: "hvs.fresh" } } },
      list,
    );
    const { err } = await ops("users list", {
      ...world(),
      answers: [
        [/User name in Vault main/, "mei"],
        [/Password of mei/, "p"],
      ],
    });
    expect(err).toContain(`~/.vault-token holds no token of ${vault.address}: passed over`);
    expect(sent()[1]).toEqual(["/v1/auth/userpass/login/mei", undefined]);
    expect(sent()[2]![1]).toBe("hvs.fresh");
    expect(sent().at(-1)).toEqual(["/v1/auth/token/revoke-self", "hvs.fresh"]);
  });
});
