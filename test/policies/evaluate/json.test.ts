import { readPolicy } from "../../../policies/evaluate/read";
import { factsOf, refusalOf } from "./lists";

describe("the reader of policies, in JSON", () => {
  test.each([
    ["an object of rules", '{"path": {"a": {"capabilities": ["read"]}, "b/*": {"policy": "deny"}}}'],
    ["a list of such objects", '\n {"path": [{"a": {"capabilities": ["read"]}}, {"b/*": {"capabilities": ["deny"]}}]}'],
    [
      "path twice",
      '{"path": {"a": {"capabilities": ["read"]}}, "name": "n", "path": {"b/*": {"capabilities": ' +
        '["deny"], "comment": "so"}}}',
    ],
  ])("takes %s", (_, text) => {
    expect(factsOf(text)).toEqual([
      ["a", "read"],
      ["b/*", "deny"],
    ]);
  });

  test("keeps a path that is given twice, as Vault does, though JSON.parse would lose one", () => {
    expect(factsOf('{"path": {"a": {"capabilities": ["read"]}, "a": {"capabilities": ["list"]}}}')).toEqual([
      ["a", "read"],
      ["a", "list"],
    ]);
  });

  test("takes a rule that gives nothing, and limits", () => {
    expect(factsOf('{"path": {"a": {}}}')).toEqual([["a", ""]]);
    const limited =
      '{"path": {"a": {"capabilities": ["update"], "allowed_parameters": {"b": ["c", 1, {"d": ' +
      '"e"}]}, "max_wrapping_ttl": 60}}}';
    expect(readPolicy(limited).rules[0]?.limits).toEqual(["allowed_parameters", "max_wrapping_ttl"]);
    expect(readPolicy("{}").rules).toEqual([]);
  });

  test.each([
    ["a comment", '{"path": {} # x\n}', "line 1, column 13", "quote texts"],
    ["a text after the object, which Vault overlooks", '{"path": {"a": {}}} x', "line 1, column 21", "overlook"],
    ["an object that is not closed, which Vault closes", '{"path": {"a": {}}', "line 1, column 19", "close the object"],
    ["a comma before the brace", '{"path": {"a": {}},}', "line 1, column 20", "no comma before }"],
    [
      "a comma before the bracket",
      '{"path": {"a": {"capabilities": ["read",]}}}',
      "line 1, column 41",
      "double quotes",
    ],
    ["a missing comma", '{"path": {"a": {"capabilities": ["read" "list"]}}}', "line 1, column 41", "commas"],
    ["a missing colon", '{"path" {"a": {}}}', "line 1, column 9", "write"],
    [
      "an empty path object, which Vault takes for a rule on the path path",
      '{"path": {}}',
      "line 1, column 10",
      "name the path",
    ],
    ["an empty object in the list", '{"path": [{}]}', "line 1, column 11", "name the path"],
    ["an empty list", '{"path": []}', "line 1, column 10", "leave path out"],
    ["a path that is a text", '{"path": "a"}', "line 1, column 10", "name the path"],
    ["a rule that is a list", '{"path": {"a": [{"capabilities": ["read"]}]}}', "line 1, column 16", "an object here"],
    [
      "a rule of objects only, which Vault misreads",
      '{"path": {"a": {"allowed_parameters": {"b": []}}}}',
      "line 1, column 16",
      "misreads",
    ],
    [
      "a boolean in a list, which Vault drops",
      '{"path": {"a": {"capabilities": ["read", true]}}}',
      "line 1, column 42",
      "misreads",
    ],
    [
      "a list in a list, which Vault takes apart",
      '{"path": {"a": {"capabilities": [["read"]]}}}',
      "line 1, column 34",
      "misreads",
    ],
    ["null", '{"path": {"a": {"capabilities": null}}}', "line 1, column 33", "null"],
    [
      "a key twice in a rule",
      '{"path": {"a": {"policy": "read", "policy": "read"}}}',
      "line 1, column 35",
      "give it once",
    ],
    ["another key", '{"paths": {}}', "line 1, column 2", "a rule is path"],
    ["a boolean for a path", '{"path": true}', "line 1, column 10", "name the path"],
  ])("refuses %s", (_, text, where, hint) => {
    const [problem] = refusalOf(text).problems;
    expect(problem?.where).toBe(`policy, ${where}`);
    expect(problem?.hint).toContain(hint);
  });
});
