import sample from "../../config/sample";
import { OPERATIONS, type Operation } from "./promises";
import { startSampleVault, type SampleVault } from "./sample-vault";
import { describeLive } from "./servers";

const KEY = "PRIVATE_NODE_API_DB_PASSWORD";
const CANARY = "canary-of-a-value-4711";
const NODE = "sample-node-api/sample-node-api-dev";
const PYTHON = "sample-python-api/sample-python-api-dev";

const CUSTODIAN: readonly Operation[] = ["list", "create", "update", "patch", "subkeys", "metadata"];
const READER: readonly Operation[] = ["read", "list", "subkeys", "metadata"];
const BOTH: readonly Operation[] = OPERATIONS.filter((each) => CUSTODIAN.includes(each) || READER.includes(each));

// What a custodian sends, and what comes back, on a real server.
describeLive(["vault"], "a grant to write and not to read", () => {
  let vault: SampleVault;
  const tokens = new Map<string, string>();
  const answers: string[] = [];

  beforeAll(async () => {
    const { groups, users } = sample.people!;
    vault = await startSampleVault({
      ...sample,
      people: {
        groups: {
          ...groups,
          custodians: { grants: [{ access: "write-only", apps: "all" }] },
        },
        users: {
          ...users,
          carla: { groups: ["custodians"] },
          // Vault takes the narrower of two rules alone: her right to read an app may not take away that to write it.
          rita: { groups: ["custodians", "sample-node-api-user"] },
          wanda: { groups: ["sample-admin", "sample-node-api-user"] },
        },
      },
    } as typeof sample);
    for (const user of ["carla", "rita", "wanda"]) tokens.set(user, await vault.login(user));
  });

  const place = async (path: string) => {
    await vault.server.request("DELETE", `kvv2/metadata/sample/${path}`);
    await vault.server.ok("POST", `kvv2/data/sample/${path}`, { body: { data: { [KEY]: CANARY } } });
  };

  /** Which of all operations go through on a set that holds the canary. */
  const may = async (user: string, path: string): Promise<Operation[]> => {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const at = (prefix: string) => `kvv2/${prefix}/sample/${path}`;
    const requests: { readonly [operation in Operation]: readonly [method: string, path: string, body?: object] } = {
      read: ["GET", at("data")],
      list: ["LIST", `kvv2/metadata/sample/${folder}`],
      create: ["POST", at("data"), { data: { [KEY]: "new" }, options: { cas: 0 } }],
      update: ["POST", at("data"), { data: { [KEY]: "new" } }],
      patch: ["PATCH", at("data"), { data: { [KEY]: "new" } }],
      delete: ["DELETE", at("data")],
      "delete versions": ["POST", at("delete"), { versions: [1] }],
      undelete: ["POST", at("undelete"), { versions: [1] }],
      destroy: ["POST", at("destroy"), { versions: [1] }],
      subkeys: ["GET", at("subkeys")],
      metadata: ["GET", at("metadata")],
      "change metadata": ["POST", at("metadata"), { max_versions: 3 }],
      "delete metadata": ["DELETE", at("metadata")],
    };
    const through: Operation[] = [];
    for (const operation of OPERATIONS) {
      const [method, url, body] = requests[operation];
      await place(path);
      if (operation === "create") await vault.server.request("DELETE", `kvv2/metadata/sample/${path}`);
      const { status, text } = await vault.server.request(method, url, { token: tokens.get(user)!, body });
      if (status < 300) through.push(operation);
      else expect([operation, status]).toEqual([operation, 403]);
      if (user === "carla") answers.push(text);
    }
    await place(path);
    return through;
  };

  test.each<[string, string, readonly Operation[]]>([
    ["carla", NODE, CUSTODIAN],
    ["carla", PYTHON, CUSTODIAN],
    ["rita", NODE, BOTH],
    ["rita", PYTHON, CUSTODIAN],
  ])("%s on %s: what the config says, of every operation", async (user, path, promised) => {
    expect(await may(user, path)).toEqual(promised);
  });

  test("who writes all and reads an app goes on writing it", async () => {
    expect(await may("wanda", NODE)).toEqual(
      OPERATIONS.filter((each) => !["destroy", "change metadata", "delete metadata"].includes(each)),
    );
  });

  test("no answer that a custodian had holds a value", () => {
    expect(answers).toHaveLength(2 * OPERATIONS.length);
    expect(answers.filter((text) => text.includes(CANARY))).toEqual([]);
  });

  test("secrets set and status work for a custodian; the other key stays", async () => {
    await vault.server.ok("POST", `kvv2/data/sample/${NODE}`, {
      body: { data: { [KEY]: CANARY, PRIVATE_NODE_API_DB_USERNAME: "app" } },
    });
    const set = await vault.ops(`secrets set sample-node-api dev ${KEY} --stdin`, tokens.get("carla")!, {
      stdin: "brought-from-elsewhere",
    });
    expect([set.code, set.out]).toEqual([0, expect.stringContaining(`${KEY} of sample-node-api in dev is set`)]);
    expect(await vault.values("sample-node-api", "dev")).toEqual({
      [KEY]: "brought-from-elsewhere",
      PRIVATE_NODE_API_DB_USERNAME: "app",
    });
    const status = await vault.ops("secrets status --app sample-node-api", tokens.get("carla")!);
    expect(status.out).toMatch(/dev/);
    expect(status.out + status.err + set.out + set.err).not.toMatch(/brought-from|canary/);
  });
});
