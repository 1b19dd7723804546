import { Group, Person, Userpass } from "../../constructs";
import { Duration, KvPath, type AdoptedUser } from "../../model";
import { ownPasswordRules, peopleRules } from "../../policies/write";
import { readPolicy, Acl } from "../../policies/evaluate";
import { only, policyTexts, resources, resourcesById, synthConstructs, type StackJson } from "../helpers/synth";

const times = { tokenTtl: Duration.of("1h"), tokenMaxTtl: Duration.of("8h") };
const userpass = (changes: Partial<typeof times> = {}) =>
  synthConstructs((stack) => void new Userpass(stack, "userpass", { path: "userpass", ...times, ...changes }));
const people = (...names: string[]) =>
  synthConstructs((stack) => {
    const mount = new Userpass(stack, "userpass", { path: "userpass", ...times });
    const persons = names.map((name) => new Person(stack, `user_${name}`, { name, userpass: mount }));
    new Group(stack, "group", { name: "readers", members: persons }).policy.add(
      ...peopleRules("read", { tree: new KvPath("kvv2", "sample") }),
    );
  });
/** The address of the only resource of a type. */
const address = (json: StackJson, type: string) => {
  const ids = Object.keys(json.resource?.[type] ?? {});
  expect(ids).toHaveLength(1);
  return `${type}.${ids[0]}`;
};

describe("the auth method of people", () => {
  test("has its token times on the mount, in one unit that Vault gives back", () => {
    expect(only(userpass(), "vault_auth_backend")).toMatchObject({
      type: "userpass",
      path: "userpass",
      tune: [
        {
          default_lease_ttl: "3600s",
          max_lease_ttl: "28800s",
          token_type: "default-service",
          listing_visibility: "unauth",
        },
      ],
    });
  });

  test("lets each person change the own password, and says nothing of anybody else's", () => {
    const texts = policyTexts(userpass());
    expect(Object.keys(texts)).toEqual(["own-password"]);
    const policies = [{ name: "own-password", policy: readPolicy(texts["own-password"]!) }];
    const ann = Acl.of(policies, { entity: { id: "1", name: "ann" } });
    expect(ann.allows("update", "auth/userpass/users/ann/password").allowed).toBe(true);
    for (const other of ["bob", "ann2", "an", "ann/x", "+", "*"])
      expect(ann.allows("update", `auth/userpass/users/${other}/password`).allowed).toBe(false);
    for (const path of [
      "auth/userpass/users/ann",
      "auth/userpass/users/ann/policies",
      "auth/userpass-2/users/ann/password",
    ])
      expect(ann.allows("update", path).allowed).toBe(false);
    expect(ann.capabilities("auth/userpass/users/ann/password")).toEqual(["update"]);
  });

  test("lets a token without an entity change nobody's password", () => {
    const nobody = Acl.of([{ name: "own-password", policy: readPolicy(policyTexts(userpass())["own-password"]!) }]);
    expect(nobody.rules).toEqual([]);
  });

  test("writes the rule for its own mount, whatever that is called", () => {
    expect(ownPasswordRules("people").map(({ path }) => path)).toEqual([
      "auth/people/users/{{identity.entity.name}}/password",
    ]);
  });
});

describe("a person", () => {
  test("is an entity, an alias of the same name at the mount, and a user", () => {
    const json = people("ann");
    const entity = address(json, "vault_identity_entity");
    const mount = address(json, "vault_auth_backend");
    expect(only(json, "vault_identity_entity")).toEqual({
      name: "ann",
      policies: ["own-password"],
      lifecycle: { ignore_changes: ["disabled"] },
    });
    expect(only(json, "vault_identity_entity_alias")).toEqual({
      name: "ann",
      mount_accessor: `\${${mount}.accessor}`,
      canonical_id: `\${${entity}.id}`,
    });
    expect(only(json, "vault_userpass_auth_backend_user")).toMatchObject({ mount: "userpass", username: "ann" });
  });

  test("can log in only after the alias is there: Vault would make an entity of its own at the first login", () => {
    const json = people("ann");
    expect(only(json, "vault_userpass_auth_backend_user").depends_on).toEqual([
      address(json, "vault_auth_backend"),
      address(json, "vault_identity_entity_alias"),
    ]);
  });

  test("is never changed by Terraform: the provider writes the password with any change", () => {
    expect(only(people("ann"), "vault_userpass_auth_backend_user").lifecycle).toEqual({ ignore_changes: "all" });
  });

  test("has nothing on the user that would never apply under ignore_changes", () => {
    expect(Object.keys(only(people("ann"), "vault_userpass_auth_backend_user")).sort()).toEqual([
      "depends_on",
      "lifecycle",
      "mount",
      "password_wo",
      "password_wo_version",
      "username",
    ]);
  });

  test("gets a password of at least 128 bits that is in neither plan nor state", () => {
    const json = people("ann");
    const [[id, password]] = Object.entries(json.ephemeral!.random_password!) as [
      [string, { length: number; special: boolean }],
    ];
    expect(only(json, "vault_userpass_auth_backend_user")).toMatchObject({
      password_wo: `\${ephemeral.random_password.${id}.result}`,
      password_wo_version: 1,
    });
    const alphabet = 26 + 26 + 10;
    expect(password.special).toBe(false);
    expect(password.length * Math.log2(alphabet)).toBeGreaterThanOrEqual(128);
    for (const kept of ["password", "password_hash_wo", "random_password"])
      expect(JSON.stringify(json.resource)).not.toContain(`"${kept}"`);
  });

  test("does not share a password with another", () => {
    const json = people("ann", "bob");
    const given = resources(json, "vault_userpass_auth_backend_user").map((user) => user.password_wo);
    expect(new Set(given).size).toBe(2);
  });
});

describe("a person who was there", () => {
  const ID = (digit: number) => `${String(digit).repeat(8)}-0000-0000-0000-000000000000`;
  const imports = (adopted: AdoptedUser) => {
    const json = synthConstructs((stack) => {
      const mount = new Userpass(stack, "userpass", { path: "people", ...times, adopted: true });
      new Person(stack, "ann", { name: "ann", userpass: mount, adopted });
    });
    return json.import!.map(({ to, id }) => `${String(to).split(".")[0]} ${String(id)}`);
  };

  test("is taken over with the login, and never made again: the password would be another", () => {
    expect(imports({})).toEqual([
      "vault_auth_backend people",
      "vault_userpass_auth_backend_user auth/people/users/ann",
    ]);
  });

  test("keeps the entity and the alias that a login made", () => {
    expect(imports({ entity: ID(1), alias: ID(2) })).toEqual([
      "vault_auth_backend people",
      "vault_userpass_auth_backend_user auth/people/users/ann",
      `vault_identity_entity ${ID(1)}`,
      `vault_identity_entity_alias ${ID(2)}`,
    ]);
  });
});

describe("a group", () => {
  test("gives its members the policy of the same name, also for tokens that they have already", () => {
    const json = people("ann", "bob");
    expect(only(json, "vault_identity_group")).toMatchObject({
      name: "readers",
      type: "internal",
      policies: ["readers"],
    });
    expect(Object.keys(policyTexts(json)).sort()).toEqual(["own-password", "readers"]);
  });

  test("has its members and nobody else", () => {
    const json = synthConstructs((stack) => {
      const mount = new Userpass(stack, "userpass", { path: "userpass", ...times });
      const ann = new Person(stack, "ann", { name: "ann", userpass: mount });
      new Person(stack, "bob", { name: "bob", userpass: mount });
      new Group(stack, "group", { name: "readers", members: [ann] }).policy.add({
        path: "kvv2/data/x",
        capabilities: ["read"],
      });
    });
    const ann = Object.entries(resourcesById(json, "vault_identity_entity")).find(
      ([, entity]) => entity.name === "ann",
    )![0];
    expect(only(json, "vault_identity_group").member_entity_ids).toEqual([`\${vault_identity_entity.${ann}.id}`]);
  });

  test("may have nobody in it yet", () => {
    expect(only(people(), "vault_identity_group").member_entity_ids).toEqual([]);
  });

  test("without a grant is refused: Vault takes no empty policy", () => {
    expect(() => synthConstructs((stack) => void new Group(stack, "group", { name: "readers", members: [] }))).toThrow(
      /group\/policy\] Policy\.rules: given an empty list/,
    );
  });
});
