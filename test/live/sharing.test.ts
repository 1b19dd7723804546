import { join } from "node:path";
import type { AccessLevel, PlatformConfig, SharedSetConfig } from "../../model";
import { UNSAFE } from "../helpers/configs";
import { leastToken, resourcesOf } from "./least";
import { describeLive, startVault, type VaultServer } from "./servers";
import { Workspace } from "./workspace";

const APPS = ["api", "worker", "report"] as const;
const ENVIRONMENTS = ["dev", "prod"] as const;
const SETS = [...APPS, "broker"].flatMap((name) => ENVIRONMENTS.map((environment) => `${name}-${environment}`));
const pathOf = (set: string) => `shop/${set.slice(0, set.lastIndexOf("-"))}/${set}`;

/** People, each in a group of the same name, and what the config grants it. */
const PEOPLE: { readonly [name: string]: readonly (readonly [AccessLevel, set: string])[] } = {
  keeper: [["write", "broker-dev"]],
  custodian: [["write-only", "broker-prod"]],
  auditor: [["read", "broker-prod"]],
  developer: [["write", "api-dev"]],
  everyone: [...APPS, "broker"].map((name) => ["read", `${name}-dev`] as const),
  nobody: [],
};

function platform(server: VaultServer, readBy: readonly string[], change: Partial<SharedSetConfig> = {}) {
  const shared = (access: AccessLevel, environment: string) => ({
    grants: [{ access, sharedSets: ["broker"], environments: [environment] }],
  });
  return {
    name: "shop",
    vaults: { main: { address: server.address, unsafeNoTls: true, unsafeWithout: { tls: UNSAFE.tls } } },
    clusters: {},
    environments: { dev: { vault: "main" }, prod: { vault: "main", protected: true } },
    apps: Object.fromEntries(APPS.map((app) => [app, { owner: "team", keys: ["OWN"] }])),
    sharedSets: { broker: { owner: "team-mq", keys: ["BROKER_PASSWORD"], readBy, rotateEvery: "90d", ...change } },
    people: {
      groups: {
        keeper: shared("write", "dev"),
        custodian: shared("write-only", "prod"),
        auditor: shared("read", "prod"),
        developer: { grants: [{ access: "write", apps: ["api"] }] },
        everyone: { grants: [{ access: "read", apps: "all" }] },
      },
      users: {},
    },
  } satisfies PlatformConfig;
}

/** Requests on a set, each with the accesses of people that let it through; a reader's workload sends the first. */
const OPERATIONS: readonly (readonly [method: string, prefix: string, body: object | undefined, AccessLevel[]])[] = [
  ["GET", "data", undefined, ["read", "write"]],
  ["POST", "data", { data: { KEY: "written" } }, ["write", "write-only"]],
  ["PATCH", "data", { data: { KEY: "patched" } }, ["write", "write-only"]],
  ["GET", "subkeys", undefined, ["read", "write", "write-only"]],
  ["GET", "metadata", undefined, ["read", "write", "write-only"]],
  ["POST", "delete", { versions: [1] }, ["write"]],
  ["POST", "undelete", { versions: [1] }, ["write"]],
  ["DELETE", "data", undefined, ["write"]],
  ["POST", "destroy", { versions: [1] }, []],
  ["POST", "metadata", { custom_metadata: { owner: "x" } }, []],
  ["DELETE", "metadata", undefined, []],
];

describeLive(["vault", "terraform-providers"], "with Terraform: a set that several apps read", () => {
  let server: VaultServer;
  let workspace: Workspace;
  const identities = new Map<string, string>();

  const values = async (set: string) =>
    (await server.ok<{ data: { data: Record<string, string> } }>("GET", `kvv2/data/${pathOf(set)}`)).data.data;
  const place = (set: string, value: string) =>
    server.ok("POST", `kvv2/data/${pathOf(set)}`, { body: { data: { BROKER_PASSWORD: value } } });
  const tokenOf = async (policy: string) =>
    (
      await server.ok<{ auth: { client_token: string } }>("POST", "auth/token/create", {
        body: { policies: [policy === "nobody" ? "default" : policy], no_parent: true },
      })
    ).auth.client_token;
  /** Applies an environment as its pipeline would: with no right to update or to delete a value. */
  const apply = async (environment: string) => {
    const stack = `shop-${environment}`;
    const needs = resourcesOf(join(workspace.folder, "cdktf.out"), stack);
    await workspace.apply(stack, { VAULT_TOKEN: await leastToken(server, stack, needs, "apply") });
    expect(await workspace.changes(stack)).toEqual([]);
  };
  const change = async (...given: [readBy: readonly string[], change?: Partial<SharedSetConfig>]) => {
    workspace.synthesize(platform(server, ...given));
    for (const environment of ENVIRONMENTS) await apply(environment);
  };
  /** Every cell in which Vault does something else than the config says; each cell is tried by a request. */
  const wrongCells = async (readers: readonly string[]): Promise<string[]> => {
    const wrong: string[] = [];
    for (const [who, token] of identities)
      for (const set of SETS)
        for (const [method, prefix, body, lets] of OPERATIONS) {
          const path = `kvv2/${prefix}/${pathOf(set)}`;
          const { status } = await server.request(method, path, { token, body });
          const reads =
            who === set || (set.startsWith("broker-") && readers.includes(who) && sameEnvironment(who, set));
          const granted = (PEOPLE[who] ?? []).some(([access, of]) => of === set && lets.includes(access));
          const promised = who in PEOPLE ? granted : reads && method === "GET" && prefix === "data";
          if ((status !== 403) !== promised) wrong.push(`${who} ${method} ${path}: ${status}`);
          // What was let through has changed the set: the next one finds it as it was.
          if (status < 300 && method !== "GET") await place(set, "placed again");
        }
    return wrong;
  };
  const sameEnvironment = (a: string, b: string) => a.slice(a.lastIndexOf("-")) === b.slice(b.lastIndexOf("-"));
  const inBoth = (...apps: readonly string[]) => apps.flatMap((app) => ENVIRONMENTS.map((each) => `${app}-${each}`));

  beforeAll(async () => {
    server = await startVault({ storage: "dev" });
    workspace = new Workspace(platform(server, ["api", "worker"]), { VAULT_TOKEN: server.rootToken });
    await workspace.apply("shop-access-main");
    for (const environment of ENVIRONMENTS) await apply(environment);
  }, 120_000);

  test("is placed once, with the placeholder, its owner and its rotation period", async () => {
    for (const environment of ENVIRONMENTS) {
      expect(await values(`broker-${environment}`)).toEqual({ BROKER_PASSWORD: "TBD" });
      const path = `kvv2/metadata/${pathOf(`broker-${environment}`)}`;
      const { data } = await server.ok<{ data: object }>("GET", path);
      expect(data).toMatchObject({
        current_version: 1,
        custom_metadata: { managed_by: "vault-tenancy", owner: "team-mq", rotate_every: "90d" },
      });
    }
  });

  test("every identity does with every set what the config says, and nothing else", async () => {
    for (const who of [...Object.keys(PEOPLE), ...inBoth(...APPS)]) identities.set(who, await tokenOf(who));
    expect(await wrongCells(inBoth("api", "worker"))).toEqual([]);
    expect(identities.size * SETS.length * OPERATIONS.length).toBe(12 * 8 * 11);
  }, 60_000);

  test("a reader more, by the config alone: it reads, and the value stays", async () => {
    await place("broker-dev", "a-persons-own");
    await change(["api", "worker", "report"]);
    expect(await values("broker-dev")).toEqual({ BROKER_PASSWORD: "a-persons-own" });
    expect(await wrongCells(inBoth("api", "worker", "report"))).toEqual([]);
  }, 120_000);

  test("a reader less: its token that is out already reads no more, and the value stays", async () => {
    await place("broker-dev", "a-persons-own");
    await change(["report"]);
    expect(await values("broker-dev")).toEqual({ BROKER_PASSWORD: "a-persons-own" });
    expect(await wrongCells(inBoth("report"))).toEqual([]);
  }, 120_000);

  test("retired: nobody reads it, Terraform forgets it, and the value stays", async () => {
    await place("broker-dev", "a-persons-own");
    await change(["api", "report"], { environments: { dev: { secretSet: "retired" }, prod: {} } });
    expect(await values("broker-dev")).toEqual({ BROKER_PASSWORD: "a-persons-own" });
    expect((await workspace.terraform("shop-dev", ["state", "list"])).output).not.toContain("broker_secrets");
    expect(await wrongCells(["api-prod", "report-prod"])).toEqual([]);
  }, 120_000);
});
