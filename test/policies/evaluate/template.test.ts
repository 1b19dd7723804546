import { isBalanced, isKnownSelector, selectors } from "../../../policies/write/selectors";
import { resolveTemplate, type Identity } from "../../../policies/evaluate/template";

const identity: Identity = {
  entity: {
    id: "e-1",
    name: "anna",
    metadata: { team: "red", empty: "", tree: "a/b", "with-dash": "d" },
    aliases: [
      {
        mountAccessor: "auth_userpass_1",
        id: "al-1",
        name: "anna@example.com",
        metadata: { kind: "person" },
        customMetadata: { floor: "3" },
      },
      { mountAccessor: "auth_userpass_1", name: "second" },
      { mountAccessor: "auth_kubernetes_2" },
    ],
  },
  groups: [
    { id: "g-1", name: "crew", metadata: { boss: "bob", empty: "" } },
    { id: "g-2", name: "" },
  ],
};

describe("a templated path", () => {
  test.each([
    ["without a template", "kvv2/data/a", "kvv2/data/a"],
    ["the entity's id", "{{identity.entity.id}}", "e-1"],
    ["the entity's name, with spaces around", "x/{{ identity.entity.name }}/y", "x/anna/y"],
    ["metadata", "{{identity.entity.metadata.team}}", "red"],
    ["metadata with a dash", "{{identity.entity.metadata.with-dash}}", "d"],
    ["metadata that is empty, which is a value", "x/{{identity.entity.metadata.empty}}/y", "x//y"],
    ["metadata with a slash, which goes in as it is", "x/{{identity.entity.metadata.tree}}/*", "x/a/b/*"],
    ["the first alias of a mount", "{{identity.entity.aliases.auth_userpass_1.name}}", "anna@example.com"],
    ["the id of an alias", "{{identity.entity.aliases.auth_userpass_1.id}}", "al-1"],
    ["metadata of an alias", "{{identity.entity.aliases.auth_userpass_1.metadata.kind}}", "person"],
    ["custom metadata of an alias", "{{identity.entity.aliases.auth_userpass_1.custom_metadata.floor}}", "3"],
    ["a group by name", "{{identity.groups.names.crew.id}}", "g-1"],
    ["a group by id", "{{identity.groups.ids.g-1.name}}", "crew"],
    ["metadata of a group", "{{identity.groups.ids.g-1.metadata.boss}}", "bob"],
    ["empty metadata of a group, which is a value", "{{identity.groups.names.crew.metadata.empty}}x", "x"],
    ["two templates", "{{identity.entity.id}}{{identity.entity.name}}", "e-1anna"],
  ])("is filled in: %s", (_, path, filledIn) => {
    expect(resolveTemplate(path, identity)).toBe(filledIn);
  });

  test.each([
    ["metadata that is not there", "{{identity.entity.metadata.none}}"],
    ["metadata named like a method", "{{identity.entity.metadata.toString}}"],
    ["metadata as a whole", "{{identity.entity.metadata}}"],
    ["an alias of another mount", "{{identity.entity.aliases.auth_none_0.name}}"],
    ["an alias without a name", "{{identity.entity.aliases.auth_kubernetes_2.name}}"],
    ["metadata of an alias that has none", "{{identity.entity.aliases.auth_kubernetes_2.metadata.a}}"],
    ["custom metadata of an alias that has none", "{{identity.entity.aliases.auth_kubernetes_2.custom_metadata.a}}"],
    ["something else of an alias", "{{identity.entity.aliases.auth_userpass_1.mount}}"],
    ["an alias without what of it", "{{identity.entity.aliases.auth_userpass_1}}"],
    ["something else of an entity", "{{identity.entity.groups.names}}"],
    ["a group that the entity is not in", "{{identity.groups.names.other.id}}"],
    ["a group without a name", "{{identity.groups.ids.g-2.name}}"],
    ["metadata of a group that has none", "{{identity.groups.ids.g-2.metadata.a}}"],
    ["something else of a group", "{{identity.groups.names.crew.members}}"],
    ["a group by something else", "{{identity.groups.kinds.crew.id}}"],
    ["nonsense", "{{identity.user}}"],
    ["nothing", "{{}}"],
    ["one value of two", "{{identity.entity.id}}/{{nonsense}}"],
  ])("drops its rule for want of %s", (_, path) => {
    expect(resolveTemplate(path, identity)).toBeUndefined();
  });

  test("drops its rule when the token has no entity, no group, or an empty name", () => {
    expect(resolveTemplate("{{identity.entity.id}}", {})).toBeUndefined();
    expect(resolveTemplate("{{identity.groups.names.crew.id}}", {})).toBeUndefined();
    expect(resolveTemplate("{{identity.entity.name}}", { entity: { id: "e", name: "" } })).toBeUndefined();
  });

  test.each([
    ["a/b", true, []],
    ["{{a}}/{{ b }}", true, ["a", "b"]],
    ["{{{a}}}", true, ["{a"]],
    ["{{a", false, []],
    ["a}}", false, []],
    ["{{a}}}}", false, []],
    ["{{a{{b}}", false, []],
  ])("%s is balanced: %s", (path, balanced, inside) => {
    expect(isBalanced(path)).toBe(balanced);
    expect(selectors(path)).toEqual(inside);
    if (!balanced) expect(resolveTemplate(path, identity)).toBeUndefined();
  });

  test("knows which selectors Vault can ever fill in", () => {
    const known = [
      "entity.id",
      "entity.name",
      "entity.metadata.a",
      "entity.aliases.b.id",
      "entity.aliases.b.custom_metadata.c",
      "groups.ids.d.name",
      "groups.names.e.metadata.f",
    ];
    expect(known.every((s) => isKnownSelector(`identity.${s}`))).toBe(true);
    const unknown = [
      "entity",
      "entity.ids",
      "entity.metadata",
      "entity.metadata.",
      "entity.aliases.b",
      "groups.ids.d",
      "groups.all.d.id",
    ];
    expect(unknown.some((s) => isKnownSelector(`identity.${s}`))).toBe(false);
  });
});
