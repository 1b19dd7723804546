import { readLine, type Entry } from "../../../cli/audit-log/entry";
import { line, type LineFacts } from "./lines";

const NOW = Date.parse("2026-06-30T00:00:00Z");
const read = (text: string) => readLine(text, "kvv2", NOW);
const used = (facts: LineFacts) => (read(line(facts)) as Entry).used;
const SET = "sample/sample-node-api/sample-node-api-dev";

describe("what a line says", () => {
  test("who, what, when and from where", () => {
    expect(read(line())).toEqual({
      time: Date.parse("2026-06-01T12:00:00.123Z"),
      actor: {
        entity: "entity-of-userpass-sample-node-api-user",
        display: "userpass-sample-node-api-user",
        login: "sample-node-api-user",
      },
      used: { use: "read", path: SET, address: "10.0.0.1" },
    });
  });

  test.each([
    ["data", "create", "write"],
    ["data", "update", "write"],
    ["data", "patch", "write"],
    ["data", "delete", "delete"],
    ["delete", "update", "delete"],
    ["undelete", "update", "write"],
    ["destroy", "update", "destroy"],
    ["metadata", "delete", "destroy"],
    ["metadata", "update", "settings"],
    ["metadata", "read", "see"],
    ["subkeys", "read", "see"],
  ])("%s, %s: %s", (prefix, operation, use) => {
    expect(used({ operation, path: `kvv2/${prefix}/${SET}` })).toMatchObject({ use, path: SET });
  });

  test("a list is of its folder", () =>
    expect(used({ operation: "list", path: "kvv2/metadata/sample/sample-node-api/" })).toMatchObject({
      use: "see",
      path: "sample/sample-node-api/",
    }));

  test.each<[string, LineFacts]>([
    ["its request", { type: "request" }],
    ["no version", { response: { mount_type: "kv" } }],
    ["a deleted version", { response: { data: { http_raw_body: "hmac-sha256:1", http_status_code: 404 } } }],
  ])("a read is only asked for by %s", (_, facts) => expect(used(facts)).toMatchObject({ use: "ask" }));

  test("a wrapped answer has values", () =>
    expect(used({ response: { wrap_info: { ttl: 60 } } })).toMatchObject({ use: "read" }));

  test.each<[string, LineFacts]>([
    ["a refused one", { error: "1 error occurred:\n\t* permission denied\n\n" }],
    ["its refused request", { type: "request", error: "permission denied" }],
    ["another mount", { path: `kvv2-old/data/${SET}` }],
    ["the same path in another namespace", { namespace: { id: "x1", path: "team/" } }],
    ["another operation", { operation: "header" }],
    ["another API", { path: "kvv2/config" }],
    ["a name of JavaScript's own", { path: `kvv2/constructor/${SET}`, operation: "name" }],
  ])("is no use: %s", (_, facts) => expect(used(facts)).toBeUndefined());
});

describe("what stands before an entry is passed over", () => {
  test.each([
    "",
    "vault: ",
    "Jun  1 12:00:00 host vault[1]: ",
    "2026-06-01T12:00:00.1Z stdout F ",
    "[pod/vault-0/vault] ",
  ])("%j", (prefix) => expect(read(prefix + line())).toEqual(read(line())));
});

test.each([
  "2026-06-01T12:00:00.000Z [INFO]  core: vault is unsealed",
  '2026-06-01T12:00:00.000Z [ERROR] core: failed: error="{"',
  "==> Vault server configuration:",
  "              Api Address: http://127.0.0.1:8200",
])("is no part of an entry: %s", (text) => expect(read(text)).toBeUndefined());

describe("what may have been an entry", () => {
  const whole = line();
  test.each([1, 2, 30, 200, whole.length - 1])("cut after %i characters: both halves are said", (at) => {
    expect(read(whole.slice(0, at))).toBe("is no whole JSON");
    expect(typeof read(whole.slice(at))).toBe("string");
  });

  test("one that is cut and runs into the next", () =>
    expect(read(whole.slice(0, 300) + whole)).toBe("is no whole JSON"));

  test.each([
    "{}",
    "[1]{",
    '{"log":"{}","stream":"stdout","time":"2026-06-01T12:00:00Z"}',
    '{"type":"request","time":"x"}',
  ])("%s", (text) => expect(["is no entry of an audit device", "is no whole JSON"]).toContain(read(text)));

  test.each(["", "yesterday", "2014-12-31T00:00:00Z", "2026-07-02T00:00:00Z"])("a time of %j", (time) =>
    expect(read(line({ time }))).toBe("has a time that cannot be"),
  );
});
