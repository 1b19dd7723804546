import { aclFrom } from "./lists";

// The situations of TestACL_SegmentWildcardPriority: the second rule always wins.
describe("of several patterns that match, the one decides", () => {
  test.each([
    ["with fewer +, where both begin with a wildcard", "+/*", "*", "foo/bar"],
    ["whose first wildcard is later", "+/*", "foo/+/*", "foo/bar/bar/baz"],
    ["whose first wildcard is later: a prefix over a segment", "foo/+", "foo/a*", "foo/abc"],
    ["whose first wildcard is later, though the other is longer", "foo/+/bar/baz", "foo/bar/+/baz", "foo/bar/bar/baz"],
    ["whose first wildcard is later, whatever the alphabet says", "foo/+/(ar/baz", "foo/(ar/+/baz", "foo/(ar/(ar/baz"],
    ["that is an exact path", "foo/+", "foo/bar", "foo/bar"],
    ["that has no * at the end", "foo/bar/+/baz*", "foo/bar/+/baz", "foo/bar/bar/baz"],
    ["that has no * at the end: + over *", "foo/*", "foo/+", "foo/bar"],
    ["with fewer +", "foo/+/+/baz", "foo/+/bar/baz", "foo/bar/bar/baz"],
    ["with fewer +, both with *: foo/* over foo/+/*", "foo/+/*", "foo/*", "foo/bar/baz"],
    ["with fewer + and no *", "foo/+/+/*", "foo/+/bar/baz", "foo/bar/bar/baz"],
    ["that is longer", "foo/bar/+/b*", "foo/bar/+/ba*", "foo/bar/bar/baz"],
    ["that is the longer prefix", "foo/b*", "foo/ba*", "foo/bar"],
    ["that is longer in bytes, not in characters", "+/ab/+/+", "+/+/éx/+", "x/ab/éx/y"],
    // Found by the live test: Vault counts the first "+" in the text as a wildcard, also within a name.
    ["whose first + is later, also where it is part of a name", "a+b/+a*", "a+b/*", "a+b/+a"],
    ["whose first + is later, one being part of a name", "a+b/+/c", "a+b/*", "a+b/x/c"],
    ["that is greater in the order of bytes", "+/+/b/c", "+/a/+/c", "x/a/b/c"],
  ])("%s: %s loses to %s", (_, loser, winner, path) => {
    for (const order of [
      { [loser]: "read", [winner]: "update" },
      { [winner]: "update", [loser]: "read" },
    ]) {
      expect(aclFrom(order).capabilities(path)).toEqual(["update"]);
    }
  });
});

describe("what a pattern matches", () => {
  test.each([
    ["a/*", ["a/", "a/b", "a/b/c", "a//"], ["a", "ab", "b/a/"]],
    ["a*", ["a", "ab", "a/b", "a/b/c"], ["b", "A"]],
    ["*", ["a", "a/b/"], []],
    ["app", ["app"], ["app/", "app-2", "ap", "app/x"]],
    ["app*", ["app", "app-2", "app/x"], ["ap"]],
    ["+", ["a", "é"], ["a/", "a/b"]],
    ["a/+", ["a/b", "a/", "a/+"], ["a", "a/b/", "a/b/c"]],
    ["a/+/", ["a/b/", "a//"], ["a/b", "a/b/c"]],
    ["a/+/*", ["a/b/", "a/b/c", "a/b/c/d"], ["a/b", "a/"]],
    ["a/+/c*", ["a/b/c", "a/b/cd", "a/b/c/d"], ["a/b/", "a/b/d", "a/c"]],
    ["+/a", ["x/a", "/x/a"], ["a", "x/y/a"]],
    ["a+b", ["a+b"], ["axb", "a/b"]],
    ["a/+b", ["a/+b"], ["a/xb"]],
    ["a/+b/+", ["a/+b/x"], ["a/xb/x"]],
    ["a*b", ["a*b"], ["axb", "ab"]],
    ["a*b/+", ["a*b/x"], ["axb/x"]],
    ["a**", ["a*", "a*b"], ["a", "ab"]],
    ["/a", ["a", "/a", "//a"], ["b/a"]],
    ["𝒳/*", ["𝒳/a"], ["X/a"]],
  ])("%s", (pattern, yes, no) => {
    // Reads, so that a slash at the end counts.
    const acl = aclFrom({ [pattern]: "read" });
    expect(yes.filter((path) => !acl.allows("read", path).allowed)).toEqual([]);
    expect(no.filter((path) => acl.allows("read", path).allowed)).toEqual([]);
  });
});

// The server adds a slash to the path of every LIST; sys/capabilities takes a path as it stands (`http/logical.go`,
// `vault/acl.go`).
describe("a list", () => {
  test.each([
    ["of a folder whose rule has the slash", { "m/app/": "list" }, true, ["deny"], ["list"]],
    ["of a folder whose rule has none", { "m/app": "list" }, true, ["list"], ["list"]],
    ["below which everything is granted", { "m/app/*": "list" }, true, ["deny"], ["list"]],
    ["by a bare prefix", { "m/app*": "list" }, true, ["list"], ["list"]],
    ["by a segment", { "m/+": "list" }, true, ["list"], ["list"]],
    ["by a segment with a slash", { "m/+/": "list" }, true, ["deny"], ["list"]],
    [
      "where the exact path with the slash comes first",
      { "m/app/": "list", "m/app": "read" },
      true,
      ["read"],
      ["list"],
    ],
    [
      "where the exact path without it beats a pattern with it",
      { "m/app": "read", "m/app/*": "list" },
      false,
      ["read"],
      ["read"],
    ],
    [
      "where a pattern without the slash does not keep out a narrower one with it",
      { "m/app*": "read", "m/app/*": "list" },
      true,
      ["read"],
      ["list"],
    ],
    ["of another folder", { "m/other/": "list" }, false, ["deny"], ["deny"]],
  ])("%s", (_, rules, allowed, bare, slash) => {
    const acl = aclFrom(rules as Record<string, string>);
    expect(acl.allows("list", "m/app").allowed).toBe(allowed);
    expect(acl.allows("list", "m/app/").allowed).toBe(allowed);
    expect(acl.capabilities("m/app")).toEqual(bare);
    expect(acl.capabilities("m/app/")).toEqual(slash);
  });

  test("is the only operation for which a slash at the end is overlooked", () => {
    const acl = aclFrom({ "m/app": "read list" });
    expect(acl.allows("read", "m/app/").reason).toBe("no rule");
  });
});
