import type { Acl } from "../../policies/evaluate";
import { CONFIGS } from "../helpers/configs";
import { synthPlatform } from "../helpers/synth";
import { VaultView } from "../helpers/vault-view";
import { promisedAccess, promisedRequests, promisedSets, REQUESTS, type PromisedSet } from "./promises";

const on = ({ mount, path }: PromisedSet, prefix: string) => `${mount}/${prefix}/${path}`;
const allowed = (acl: Acl, set: PromisedSet) =>
  REQUESTS.filter(([operation, prefix]) => acl.allows(operation, on(set, prefix)).allowed).map(
    ([operation, prefix]) => `${operation} ${prefix}/`,
  );
const folder = ({ mount, path }: PromisedSet) => `${mount}/metadata/${path.slice(0, path.lastIndexOf("/"))}`;

describe.each(Object.entries(CONFIGS))("people of config/%s.ts", (_, config) => {
  const synthesized = synthPlatform(config);
  const views = Object.keys(config.vaults).map((vault): [string, VaultView] => [
    vault,
    new VaultView(synthesized, vault),
  ]);
  const sets = promisedSets(config);
  const groups = Object.keys(config.people?.groups ?? {});
  const users = Object.entries(config.people?.users ?? {});
  const admins = [
    "platform-admin",
    ...users.filter(([, user]) => user.groups.includes("platform-admin")).map(([name]) => name),
  ];
  const others = users.filter(([name]) => !admins.includes(name));

  /** What a table says, secret set by secret set: on each Vault, what is let through beside what is promised. */
  function expectAccess(aclOn: (view: VaultView) => Acl | undefined, memberOf: readonly string[]) {
    for (const [vault, view] of views) {
      const acl = aclOn(view);
      const here = sets.filter((set) => set.vault === vault);
      const reality = here.map((set) => [set.path, acl ? allowed(acl, set) : []]);
      expect(reality).toEqual(here.map((set) => [set.path, promisedRequests(promisedAccess(config, memberOf, set))]));
      if (!acl) continue;
      const listable = here.map((set) => [set.app, acl.allows("list", folder(set)).allowed]);
      expect(listable).toEqual(
        here.map((set) => [
          set.app,
          here.some((other) => other.app === set.app && promisedAccess(config, memberOf, other).length > 0),
        ]),
      );
    }
  }

  test.each(groups)("group %s may do with every secret set what the config grants, and nothing else", (group) => {
    const exists = (view: VaultView) => view.policyNames.includes(group);
    expectAccess((view) => (exists(view) ? view.group(group) : undefined), [group]);
  });

  test.each(others)("%s may do what the groups are granted together, and nothing else", (name, user) => {
    expectAccess((view) => (view.people.includes(name) ? view.person(name) : undefined), user.groups);
  });

  test.each(views)("on Vault %s platform-admin reads no value, changes none and destroys none", (vault, view) => {
    for (const name of admins)
      for (const set of sets.filter((each) => each.vault === vault))
        expect([name, set.path, allowed(view.person(name), set)]).toEqual([
          name,
          set.path,
          [
            "create data/",
            "read subkeys/",
            "read metadata/",
            "create metadata/",
            "update metadata/",
            "patch metadata/",
          ],
        ]);
  });

  test.each(views)("on Vault %s nobody but the person, and who manages people, changes a password", (_vault, view) => {
    for (const name of view.people) {
      const acl = view.person(name);
      const changes = view.people.filter(
        (other) => acl.allows("update", `auth/userpass/users/${other}/password`).allowed,
      );
      expect([name, changes]).toEqual([name, admins.includes(name) ? view.people : [name]]);
    }
  });

  test.each(views)(
    "on Vault %s nobody but platform-admin reaches anything but the kv mount, the own password and " +
      "what every token may",
    (vault, view) => {
      const mount = config.vaults[vault]!.mount ?? "kvv2";
      for (const group of view.policyNames.filter((name) => groups.includes(name))) {
        const beyond = view
          .group(group)
          .rules.filter(
            ({ pattern, from }) => from.some(({ policy }) => policy === group) && !pattern.path.startsWith(`${mount}/`),
          );
        expect([group, beyond]).toEqual([group, []]);
      }
    },
  );

  test.each(views)(
    "on Vault %s a person changes the own password, and neither the own policies nor anything else of the own user",
    (_vault, view) => {
      const [name] = others.find(([user]) => view.people.includes(user))!;
      const acl = view.person(name);
      const user = `auth/userpass/users/${name}`;
      expect(acl.allows("update", `${user}/password`).allowed).toBe(true);
      for (const path of [
        user,
        `${user}/policies`,
        `${user}/`,
        "auth/userpass/users",
        "auth/userpass/password",
        `auth/userpass/users/${name}/password/x`,
      ])
        for (const operation of ["create", "read", "update", "patch", "delete", "list"] as const)
          expect([operation, path, acl.allows(operation, path).allowed]).toEqual([operation, path, false]);
      expect(acl.allows("read", `${user}/password`).allowed).toBe(false);
    },
  );

  test.each(views)(
    "on Vault %s people who are not platform-admin write no policy, no auth method, no mount and no identity",
    (_vault, view) => {
      for (const [name] of others.filter(([user]) => view.people.includes(user))) {
        const acl = view.person(name);
        for (const path of [
          "sys/policies/acl/any",
          "sys/auth/any",
          "sys/mounts/any",
          "sys/mounts/kvv2/tune",
          "identity/group/id/any",
          "identity/entity/name/any",
          "auth/kubernetes/role/any",
          "auth/token/create",
          "sys/seal",
          "sys/audit/any",
        ])
          for (const operation of ["create", "update", "patch", "delete"] as const)
            expect([name, operation, path, acl.allows(operation, path).allowed]).toEqual([
              name,
              operation,
              path,
              false,
            ]);
      }
    },
  );
});
