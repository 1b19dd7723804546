import { KvClient, SecretValue, VaultClient } from "../../../cli/vault";
import { KvPath } from "../../../model/kv-path";
import { StubServer } from "./stub-server";

const path = new KvPath("kvv2", "sample/app/app-dev");
const deleted = {
  created_time: "2026-01-01T00:00:00Z",
  deletion_time: "2026-01-02T00:00:00Z",
  destroyed: false,
  version: 3,
};
const current = { ...deleted, deletion_time: "", version: 2 };
let stub: StubServer;
let kv: KvClient;
beforeAll(async () => {
  stub = await new StubServer().start();
  kv = new KvClient(new VaultClient({ address: stub.address, retry: { retries: 0 } }));
});
afterAll(() => stub.stop());

test("key names come from subkeys, sorted, with the version for the next check-and-set", async () => {
  stub.answer({ status: 200, json: { data: { subkeys: { B: null, A: { inner: null } }, metadata: current } } });
  expect(await kv.subkeys(path)).toEqual({ keys: ["A", "B"], version: 2, deleted: false });
  expect(stub.requests[0]?.url).toBe("/v1/kvv2/subkeys/sample/app/app-dev");
});

test("a deleted version has no keys, and is not taken for a missing secret set", async () => {
  stub.answer({ status: 404, json: { data: { subkeys: null, metadata: deleted } } });
  expect(await kv.subkeys(path)).toEqual({ keys: [], version: 3, deleted: true });
});

test.each(["subkeys", "metadata"] as const)(
  "%s of what was never written is undefined; where nothing is mounted it fails",
  async (method) => {
    stub.answer({ status: 404, json: { errors: [] } });
    expect(await kv[method](path)).toBeUndefined();
    stub.answer({ status: 404, json: { errors: ["no handler for route"] } });
    await expect(kv[method](path)).rejects.toMatchObject({ kind: "notFound" });
  },
);

test("versions come in order of their numbers", async () => {
  const version = { created_time: "2026-01-01T00:00:00Z", deletion_time: "", destroyed: false };
  stub.answer({
    status: 200,
    json: {
      data: {
        current_version: 10,
        versions: { "10": version, "2": version, "9": { ...version, created_by: { actor: "root" } } },
      },
    },
  });
  const metadata = await kv.metadata(path);
  expect(metadata?.versions.map(({ version: number }) => number)).toEqual([2, 9, 10]);
  expect(metadata?.versions[1]?.created_by?.actor).toBe("root");
});

test("a patch carries the check-and-set and returns the new version", async () => {
  stub.answer({ status: 200, json: { data: { ...current, version: 2 } } });
  expect(await kv.patch(path, { A: new SecretValue("v"), B: "TBD", C: null }, 1)).toBe(2);
  expect(stub.requests.map(({ method, body }) => [method, JSON.parse(body) as unknown])).toEqual([
    ["PATCH", { options: { cas: 1 }, data: { A: "v", B: "TBD", C: null } }],
  ]);
});
