import { config, message, refusal, refuses } from "./support";

const WILDCARD = " Wildcards would reach more than the config names.";
const TEMPLATE = " Terraform would read ${ and %{ as a template.";
const UNICODE = " It has characters beyond ASCII, written as \\u here.";
const label = (longest: number) =>
  `lower-case letters, digits and single dashes, a letter first, at most ${longest} characters`;

/** What is added beside the right config, whose Vault then needs an address, since there are two. */
const entries = {
  vaults: { address: "https://other" },
  clusters: { context: "other" },
  environments: { vault: "main" },
  apps: { owner: "team-other", keys: ["A"] },
  "people.groups": { grants: [{ access: "read", apps: "all" }] },
};

const rules = [
  { collection: "vaults", longest: 40, accepted: label(40) },
  { collection: "clusters", longest: 40, accepted: label(40) },
  { collection: "environments", longest: 40, accepted: `${label(40)}, not vault, access, operator` },
  { collection: "apps", longest: 40, accepted: label(40) },
  {
    collection: "people.groups",
    longest: 64,
    accepted: `${label(64)}, not root, default, response-wrapping, control-group`,
  },
] as const;

/**
 * The right config with one more entry of a collection. `[name]` makes an own property of `__proto__` too, as
 * JSON.parse does.
 */
function withEntry(collection: keyof typeof entries, name: string): unknown {
  const right = config({ "vaults/main/address": "http://main" }) as unknown as {
    [field: string]: { [name: string]: unknown };
  };
  const entry = { [name]: entries[collection] };
  if (collection !== "people.groups") return { ...right, [collection]: { ...right[collection], ...entry } };
  return { ...right, people: { ...right.people, groups: { ...(right.people!.groups as object), ...entry } } };
}

describe.each(rules)("a name in $collection is refused", ({ collection, longest, accepted }) => {
  const shownLong = (name: string) => (`"${name}"`.length > 80 ? `"${name}`.slice(0, 77) + "..." : `"${name}"`);

  it.each([
    { what: "in upper case", name: "Web", place: ".Web", hint: ' Did you mean "web"?' },
    { what: "with a wildcard", name: "web*", hint: WILDCARD },
    { what: "with a segment wildcard", name: "+", hint: WILDCARD },
    { what: "with a slash", name: "web/api" },
    { what: "that is a parent folder", name: ".." },
    { what: "with a Terraform template", name: "${web}", hint: TEMPLATE },
    { what: "with a Terraform directive", name: "%{web}", hint: TEMPLATE },
    { what: "that is empty", name: "" },
    { what: "with a digit first", name: "1web" },
    { what: "with a dash first", name: "-web" },
    { what: "with a dash last", name: "web-" },
    { what: "with two dashes together", name: "web--api" },
    { what: "with an underscore", name: "web_api", place: ".web_api" },
    { what: "with a dot", name: "web.api" },
    { what: "with a space", name: "web api" },
    { what: "with a newline last", name: "web\n", shown: '"web\\n"' },
    { what: "with a NUL", name: "web\0", shown: '"web\\u0000"' },
    { what: "with a Cyrillic letter that looks Latin", name: "w\u0435b", shown: '"w\\u0435b"', hint: UNICODE },
    { what: "with a full-width letter", name: "\uff57eb", shown: '"\\uff57eb"', hint: UNICODE },
    { what: "with a zero-width space", name: "we\u200bb", shown: '"we\\u200bb"', hint: UNICODE },
    { what: "with half an emoji", name: "web\ud83d", shown: '"web\\ud83d"', hint: UNICODE },
    { what: "that is JavaScript's prototype", name: "__proto__", place: ".__proto__" },
    { what: "a character too long", name: "w".repeat(longest + 1), place: `.${"w".repeat(longest + 1)}` },
  ])(
    "$what",
    ({
      name,
      shown = shownLong(name),
      place = `[${shown}]`,
      hint = "",
    }: {
      name: string;
      shown?: string;
      place?: string;
      hint?: string;
    }) => {
      expect(refusal(withEntry(collection, name))).toBe(
        message(`${collection}${place}: given ${shown}; accepted: as a name: ${accepted}.${hint}`),
      );
    },
  );

  it("but taken at its full length, with digits and dashes", () => {
    expect(refusal(withEntry(collection, "w1-".repeat(longest).slice(0, longest - 1) + "w"))).toBe("accepted");
  });

  it("but taken when every object has a property of this name", () => {
    const name = collection === "apps" ? "valueof" : "constructor";
    expect(refusal(withEntry(collection, name))).toBe("accepted");
  });
});

describe("a name that is taken already is refused", () => {
  const environment = `${label(40)}, not vault, access, operator`;
  const group = `${label(64)}, not root, default, response-wrapping, control-group`;
  const grants = { grants: [{ access: "read", apps: "all" }] };
  refuses([
    [
      "an environment called as the vault stacks are",
      { "environments/vault": { vault: "main" } },
      `environments.vault: given "vault"; accepted: as a name: ${environment}.`,
    ],
    [
      "an environment called as the access stacks are",
      { "environments/access": { vault: "main" } },
      `environments.access: given "access"; accepted: as a name: ${environment}.`,
    ],
    [
      "an environment called as the operator stacks are",
      { "environments/operator": { vault: "main" } },
      `environments.operator: given "operator"; accepted: as a name: ${environment}.`,
    ],
    [
      "a group called as Vault's policy root",
      { "people/groups/root": grants },
      `people.groups.root: given "root"; accepted: as a name: ${group}.`,
    ],
    [
      "a group called as Vault's policy default",
      { "people/groups/default": grants },
      `people.groups.default: given "default"; accepted: as a name: ${group}.`,
    ],
    [
      "a group called as Vault's policy response-wrapping",
      { "people/groups/response-wrapping": grants },
      `people.groups["response-wrapping"]: given "response-wrapping"; accepted: as a name: ${group}.`,
    ],
    [
      "a group called as Vault's policy control-group",
      { "people/groups/control-group": grants },
      `people.groups["control-group"]: given "control-group"; accepted: as a name: ${group}.`,
    ],
    [
      "a group called platform-admin",
      { "people/groups/platform-admin": grants },
      'people.groups["platform-admin"]: given "platform-admin"; accepted: another name. This group ' +
        "is always there; put people in it by their groups.",
    ],
    [
      "a user called platform-admin",
      { "people/users/platform-admin": { groups: ["developers"] } },
      'people.users["platform-admin"]: given "platform-admin"; accepted: another name. This user is ' +
        "always there, in the group of the same name.",
    ],
  ]);
});

describe("a user's name is refused", () => {
  const accepted = "lower-case letters and digits, single dashes or dots between them, at most 64 characters";
  it.each([
    { what: "in upper case, which userpass would lower", name: "Jane.Doe", hint: ' Did you mean "jane.doe"?' },
    { what: "with a wildcard", name: "jane*", hint: WILDCARD },
    { what: "with a slash", name: "jane/doe" },
    { what: "with an at sign", name: "jane@example" },
    { what: "with two dots together", name: "jane..doe" },
    { what: "with a dot first", name: ".jane" },
    { what: "with a template of Vault's", name: "{{jane}}" },
    { what: "with a dotless i, which upper case makes an I", name: "n\u0131ck", shown: '"n\\u0131ck"', hint: UNICODE },
    {
      what: "with a Kelvin sign, which lower case makes a k",
      name: "\u212aarl",
      shown: '"\\u212aarl"',
      hint: ' Did you mean "karl"?',
    },
  ])("$what", ({ name, shown = `"${name}"`, hint = "" }: { name: string; shown?: string; hint?: string }) => {
    const bad = { ...config(), people: { users: { [name]: { groups: ["platform-admin"] } } } };
    expect(refusal(bad)).toBe(
      message(`people.users[${shown}]: given ${shown}; accepted: as a name: ${accepted}.${hint}`),
    );
  });
});

describe("a key is refused", () => {
  const accepted =
    "an environment variable's name (letters, digits and underscores, no digit first), at most 128 " +
    "characters, not _raw, __proto__";
  it.each([
    { what: "that is empty", key: "", shown: '""' },
    { what: "with a dash", key: "DB-PASSWORD", shown: '"DB-PASSWORD"' },
    { what: "with a digit first", key: "1PASSWORD", shown: '"1PASSWORD"' },
    { what: "with a wildcard", key: "DB_*", shown: '"DB_*"', hint: WILDCARD },
    { what: "with a Terraform template", key: "${DB}", shown: '"${DB}"', hint: TEMPLATE },
    { what: "with a regular expression's dot", key: "DB.PASSWORD", shown: '"DB.PASSWORD"' },
    { what: "with a newline last", key: "DB\n", shown: '"DB\\n"' },
    { what: "with a full-width letter", key: "D\uff22", shown: '"D\\uff22"', hint: UNICODE },
    { what: "that is the operator's own", key: "_raw", shown: '"_raw"' },
    { what: "that is JavaScript's prototype", key: "__proto__", shown: '"__proto__"' },
    { what: "with a value, which the message leaves out", key: "DB_PASSWORD=hunter2", shown: '"DB_PASSWORD=***"' },
    { what: "a character too long", key: "K".repeat(129), shown: `"${"K".repeat(76)}...` },
  ])("$what", ({ key, shown, hint = "" }) => {
    expect(refusal(config({ "apps/web/keys": ["A", key] }))).toBe(
      message(`apps.web.keys[1]: given ${shown}; accepted: ${accepted}.${hint}`),
    );
  });

  it("but taken when every object has a property of this name", () => {
    expect(refusal(config({ "apps/web/keys": ["constructor", "toString", "hasOwnProperty", "valueOf"] }))).toBe(
      "accepted",
    );
  });
});

describe("a platform's name is refused", () => {
  const accepted = "lower-case letters and digits, a letter first, at most 20 characters";
  it.each([
    { what: "with a dash, which could make two platforms' stacks one", name: "shop-a", shown: '"shop-a"' },
    { what: "in upper case", name: "Shop", shown: '"Shop"', hint: ' Did you mean "shop"?' },
    { what: "with a slash", name: "shop/a", shown: '"shop/a"' },
    { what: "that is empty", name: "", shown: '""' },
    { what: "a character too long", name: "s".repeat(21), shown: `"${"s".repeat(21)}"` },
    { what: "that is no text", name: 7, shown: "7" },
  ])("$what", ({ name, shown, hint = "" }) => {
    expect(refusal(config({ name }))).toBe(message(`name: given ${shown}; accepted: ${accepted}.${hint}`));
  });
});

describe("a mount is refused", () => {
  const accepted =
    "one Vault path segment of letters, digits, dashes and underscores, a letter first, at most 64 " +
    "characters, not sys, auth, identity, cubbyhole";
  it.each([
    { mount: "sys" },
    { mount: "auth" },
    { mount: "identity" },
    { mount: "cubbyhole" },
    { mount: "kv/v2" },
    { mount: ".." },
    { mount: "" },
    { mount: "2kv" },
    { mount: "kv*", hint: WILDCARD },
    { mount: "+", hint: WILDCARD },
    { mount: "${kv}", hint: TEMPLATE },
  ])("called $mount", ({ mount, hint = "" }) => {
    expect(refusal(config({ "vaults/main/mount": mount }))).toBe(
      message(`vaults.main.mount: given "${mount}"; accepted: ${accepted}.${hint}`),
    );
  });
});
