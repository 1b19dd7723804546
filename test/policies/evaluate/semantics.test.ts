import { Acl, readPolicy } from "../../../policies/evaluate";
import { toHcl } from "./arbitraries";
import type { Capability } from "../../../policies/write";

/** The versions before and after each change, in the order of the columns below. */
const SERVERS = ["1.21.1", "2.0.2", "2.0.3", "2.2.1", "2.2.2", "openbao-2.5.3", "openbao-2.6.0"] as const;

/** Rules as `path: capabilities`. */
function acl(rules: Readonly<Record<string, string | undefined>>, server: string, name = "anna"): Acl {
  const text = toHcl(
    Object.entries(rules).map(([path, words]) => ({ path, capabilities: words!.split(" ") as Capability[] })),
  );
  return Acl.of([{ name: "p", policy: readPolicy(text) }], { entity: { id: "e", name } }, server);
}

// The examples of the release notes of Vault 2.0.3 and 2.2.2 and of OpenBao's GHSA-xp3c-3jw3-4vcr are among them.
describe.each([
  {
    what: "a narrower deny keeps a LIST out",
    rules: { "kv/*": "list", "kv/private/*": "deny" },
    ask: ["list", "kv/private"],
    allowed: [true, true, false, false, false, true, false],
  },
  {
    what: "a wider deny does not, and keeps it out no longer",
    rules: { "kv*": "deny", "kv/*": "list" },
    ask: ["list", "kv"],
    allowed: [false, false, true, true, true, false, true],
  },
  {
    what: "a narrower grant of something else",
    rules: { "kv/*": "list", "kv/private/*": "read" },
    ask: ["list", "kv/private"],
    allowed: [true, true, true, true, true, true, false],
  },
  {
    what: "a deny on the path itself, as it always did",
    rules: { "kv/*": "list", "kv/private": "deny" },
    ask: ["list", "kv/private"],
    allowed: [false, false, false, false, false, false, false],
  },
  {
    what: "a narrower deny and a read, which has no slash to lose",
    rules: { "kv/*": "read", "kv/private/*": "deny" },
    ask: ["read", "kv/private/x"],
    allowed: [false, false, false, false, false, false, false],
  },
  {
    what: "a deny on a path in other case",
    rules: { "secret/data/*": "read", "secret/data/example": "deny" },
    ask: ["read", "secret/data/EXAMPLE"],
    allowed: [true, true, true, true, false, true, true],
  },
  {
    what: "a deny with * in other case",
    rules: { "secret/*": "read", "secret/Data/*": "deny" },
    ask: ["read", "secret/data/x"],
    allowed: [true, true, true, true, false, true, true],
  },
  {
    what: "a LIST and a deny in other case",
    rules: { "kv/*": "list", "kv/Private/*": "deny" },
    ask: ["list", "kv/private"],
    allowed: [true, true, true, true, false, true, true],
  },
  {
    what: "a wider deny in other case",
    rules: { "SECRET/*": "deny", "secret/data/*": "read" },
    ask: ["read", "secret/data/x"],
    allowed: [true, true, true, true, true, true, true],
  },
  {
    what: "a deny as specific in other case, where the asked case has a rule of its own",
    rules: { "secret/EXAMPLE": "read", "secret/example": "deny" },
    ask: ["read", "secret/EXAMPLE"],
    allowed: [true, true, true, true, true, true, true],
  },
  {
    what: "a grant in other case, which grants nothing",
    rules: { "secret/EXAMPLE": "read" },
    ask: ["read", "secret/example"],
    allowed: [false, false, false, false, false, false, false],
  },
] as const)("$what", ({ rules, ask: [operation, path], allowed }) => {
  test.each(SERVERS.map((server, i) => [server, allowed[i]] as const))("%s: %s", (server, is) => {
    expect(acl(rules, server).allows(operation, path).allowed).toBe(is);
  });
});

test.each([
  ["1.21.5", true],
  ["1.21.6", false],
  ["2.0.0", true],
  ["2.0.1", false],
  ["openbao-2.5.3", true],
  ["openbao-2.6.0", false],
])("a template that stands for + or * is taken as a pattern by %s: %s", (server, taken) => {
  const asked = acl({ "kv/{{identity.entity.name}}": "read" }, server, "*");
  expect(asked.allows("read", "kv/anything").allowed).toBe(taken);
  expect(asked.dropped).toHaveLength(taken ? 0 : 1);
  expect(acl({ "kv/{{identity.entity.name}}": "read" }, server).allows("read", "kv/anna").allowed).toBe(true);
});

test("the pinned server is asked unless told otherwise, and what is no version is refused", () => {
  const policy = readPolicy(
    toHcl([
      { path: "a/*", capabilities: ["list"] },
      { path: "a/B/*", capabilities: ["deny"] },
    ]),
  );
  expect(Acl.of([{ name: "p", policy }]).allows("list", "a/b").allowed).toBe(false);
  expect(() => Acl.of([], {}, "latest")).toThrow(/given "latest" as a server's version/);
});
