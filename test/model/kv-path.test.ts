import { KvPath } from "../../model";

describe("a path in kv-v2", () => {
  const path = new KvPath("kvv2", "sample/sample-node-api/sample-node-api-dev");

  it.each([
    ["values", path.data(), "kvv2/data/sample/sample-node-api/sample-node-api-dev"],
    ["versions and metadata", path.metadata(), "kvv2/metadata/sample/sample-node-api/sample-node-api-dev"],
    ["key names", path.subkeys(), "kvv2/subkeys/sample/sample-node-api/sample-node-api-dev"],
    ["soft deletes", path.delete(), "kvv2/delete/sample/sample-node-api/sample-node-api-dev"],
    ["what takes them back", path.undelete(), "kvv2/undelete/sample/sample-node-api/sample-node-api-dev"],
    ["what destroys", path.destroy(), "kvv2/destroy/sample/sample-node-api/sample-node-api-dev"],
    ["people", path.toString(), "kvv2/sample/sample-node-api/sample-node-api-dev"],
  ])("has its prefix for %s", (_, given, expected) => {
    expect(given).toBe(expected);
  });

  it("has children one segment further down, in the same mount", () => {
    expect(new KvPath("kvv2", "sample").child("sample-node-api")).toEqual(new KvPath("kvv2", "sample/sample-node-api"));
  });

  it("keeps a path that looks like a prefix where it is", () => {
    expect(new KvPath("kvv2", "data/metadata").data()).toBe("kvv2/data/data/metadata");
  });
});
