import { definePlatform, type PlatformConfig } from "../../model";
import { message, refusal, TYPED } from "./support";

/**
 * What the compiler refuses (`npm run types` holds each `@ts-expect-error`: an unused one is an error), and that the
 * resolver refuses the same where the compiler did not look.
 */
const { vaults, clusters, environments, apps } = TYPED;

describe("what a config refers to does not compile unless it is declared", () => {
  it.each<{ what: string; config: PlatformConfig; line: string }>([
    {
      what: "an environment's Vault",
      // @ts-expect-error no Vault is called mian
      config: definePlatform({ name: "shop", vaults, clusters, environments: { dev: { vault: "mian" } }, apps }),
      line: 'environments.dev.vault: given "mian"; accepted: a declared Vault: main. Did you mean "main"?',
    },
    {
      what: "an environment's cluster",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        // @ts-expect-error no cluster is called hoem
        environments: { dev: { vault: "main", cluster: "hoem" } },
        apps,
      }),
      line: 'environments.dev.cluster: given "hoem"; accepted: a declared cluster: home. Did you mean "home"?',
    },
    {
      what: "a Vault's cluster",
      config: definePlatform({
        name: "shop",
        // @ts-expect-error no cluster is called hoem
        vaults: { main: { cluster: "hoem", unsafeNoTls: true } },
        clusters,
        environments,
        apps,
      }),
      line: 'vaults.main.cluster: given "hoem"; accepted: a declared cluster: home. Did you mean "home"?',
    },
    {
      what: "an app's environment in a list",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        // @ts-expect-error no environment is called dve
        apps: { web: { owner: "o", keys: ["A"], environments: ["dev", "dve"] } },
      }),
      line: 'apps.web.environments[1]: given "dve"; accepted: a declared environment: dev, prod. Did you mean "dev"?',
    },
    {
      what: "an app's environment by name",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        // @ts-expect-error no environment is called dve
        apps: { web: { owner: "o", keys: ["A"], environments: { dve: {} } } },
      }),
      line: 'apps.web.environments.dve: given "dve"; accepted: a declared environment: dev, prod. Did you mean "dev"?',
    },
    {
      what: "a key of an app in an environment",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        // @ts-expect-error the app has no key called B
        apps: { web: { owner: "o", keys: ["A"], environments: { dev: { keys: ["B"] } } } },
      }),
      line: 'apps.web.environments.dev.keys[0]: given "B"; accepted: a declared key of this app: A.',
    },
    {
      what: "a key of another app",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        apps: {
          web: { owner: "o", keys: ["DB_PASSWORD"] },
          // @ts-expect-error the key is the other app's
          api: { owner: "o", keys: ["TOKEN"], environments: { dev: { keys: ["DB_PASSWORD"] } } },
        },
      }),
      line: 'apps.api.environments.dev.keys[0]: given "DB_PASSWORD"; accepted: a declared key of this app: TOKEN.',
    },
    {
      what: "a grant's app",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        apps,
        // @ts-expect-error no app is called wbe
        people: { groups: { g: { grants: [{ access: "read", apps: ["wbe"] }] } } },
      }),
      line: 'people.groups.g.grants[0].apps[0]: given "wbe"; accepted: a declared app: web. Did you mean "web"?',
    },
    {
      what: "an app that reads a shared set",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        apps,
        // @ts-expect-error no app is called wbe
        sharedSets: { broker: { owner: "o", keys: ["BROKER"], readBy: ["wbe"] } },
      }),
      line: 'sharedSets.broker.readBy[0]: given "wbe"; accepted: a declared app: web. Did you mean "web"?',
    },
    {
      what: "a grant's shared set",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        apps,
        sharedSets: { broker: { owner: "o", keys: ["BROKER"], readBy: ["web"] } },
        // @ts-expect-error no shared set is called brokr
        people: { groups: { g: { grants: [{ access: "read", sharedSets: ["brokr"] }] } } },
      }),
      line:
        'people.groups.g.grants[0].sharedSets[0]: given "brokr"; accepted: a declared shared set: broker. Did you ' +
        'mean "broker"?',
    },
    {
      what: "a grant's environment",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        apps,
        // @ts-expect-error no environment is called prd
        people: { groups: { g: { grants: [{ access: "read", apps: "all", environments: ["prd"] }] } } },
      }),
      line:
        'people.groups.g.grants[0].environments[0]: given "prd"; accepted: a declared ' +
        'environment: dev, prod. Did you mean "prod"?',
    },
    {
      what: "a user's group",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        apps,
        // @ts-expect-error no group is called h
        people: { groups: { g: { grants: [{ access: "read", apps: "all" }] } }, users: { jane: { groups: ["h"] } } },
      }),
      line: 'people.users.jane.groups[0]: given "h"; accepted: a declared group: g, platform-admin.',
    },
    {
      what: "a user's group where none is declared",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        apps,
        // @ts-expect-error there is only platform-admin
        people: { users: { jane: { groups: ["g"] } } },
      }),
      line: 'people.users.jane.groups[0]: given "g"; accepted: a declared group: platform-admin.',
    },
  ])("$what", ({ config, line }) => {
    expect(refusal(config)).toBe(message(line));
  });
});
