import type { PlatformConfig } from "../../model";
import { CONFIGS, smallConfig, UNSAFE } from "../helpers/configs";
import { synthPlatform } from "../helpers/synth";
import { VaultView, type Login } from "../helpers/vault-view";
import { promisedSets, REQUESTS, type PromisedSet } from "./promises";

/** Where a set's workload logs in, worked out from the config alone; undefined where its environment has no cluster. */
function promisedLogin(config: PlatformConfig, { app, environment, vault }: PromisedSet): Login | undefined {
  const { cluster, namespace = "{platform}-{environment}" } = config.environments[environment]!;
  if (!cluster) return undefined;
  const filled = namespace
    .replace("{platform}", config.name)
    .replace("{app}", app)
    .replace("{environment}", environment);
  const mount = config.vaults[vault]!.cluster === cluster ? "kubernetes" : `kubernetes-${cluster}`;
  return { mount, namespace: filled, serviceAccount: `${app}-vault-operator-sa`, audience: "vault" };
}

/** What a login lets through on a secret set, by whatever role it takes. */
function requests(view: VaultView, login: Login, { mount, path }: PromisedSet): string[] {
  const acls = view.workload(login);
  return REQUESTS.filter(([operation, prefix]) =>
    acls.some((acl) => acl.allows(operation, `${mount}/${prefix}/${path}`).allowed),
  ).map(([operation, prefix]) => `${operation} ${prefix}/`);
}

describe.each(Object.entries(CONFIGS))("workloads of config/%s.ts", (_, config) => {
  const synthesized = synthPlatform(config);
  const views = new Map(Object.keys(config.vaults).map((vault) => [vault, new VaultView(synthesized, vault)]));
  const sets = promisedSets(config);
  const own = sets.filter(({ readBy }) => readBy === undefined);
  const cases = own.flatMap((set): [string, PromisedSet, Login][] => {
    const login = promisedLogin(config, set);
    return login ? [[`${set.app} in ${set.environment}`, set, login]] : [];
  });

  test.each(cases)(
    "%s reads the values of its own secret set and of the shared ones that list it, and can do nothing with any other",
    (_name, { app, environment, vault }, login) => {
      for (const set of sets.filter((each) => each.vault === vault)) {
        const reads = set.environment === environment && (set.readBy ?? [set.app]).includes(app);
        expect([set.path, requests(views.get(vault)!, login, set)]).toEqual([set.path, reads ? ["read data/"] : []]);
      }
    },
  );

  test.each(cases)(
    "%s takes exactly one role, and none with another namespace, service account, audience or mount",
    (_name, { vault }, login) => {
      const view = views.get(vault)!;
      expect(view.workload(login)).toHaveLength(1);
      for (const changed of [
        { namespace: "default" },
        { namespace: `${login.namespace}-2` },
        { serviceAccount: "default" },
        { serviceAccount: `${login.serviceAccount}-2` },
        { audience: "https://kubernetes.default.svc" },
        { audience: "" },
        { mount: "kubernetes-other" },
      ])
        expect(view.workload({ ...login, ...changed })).toEqual([]);
    },
  );

  test.each(cases)(
    "%s lists nothing, sees no other key names and changes no password, policy or role",
    (_name, { vault, mount, path }, login) => {
      const [acl] = views.get(vault)!.workload(login);
      for (const [operation, asked] of [
        ["list", `${mount}/metadata/`],
        ["list", `${mount}/metadata/${path.slice(0, path.lastIndexOf("/"))}`],
        ["read", `${mount}/subkeys/${path}`],
        ["update", "auth/userpass/users/platform-admin/password"],
        ["update", "auth/userpass/users/entity_of_a_workload/password"],
        ["update", "sys/policies/acl/any"],
        ["update", `auth/${login.mount}/role/any`],
        ["read", "sys/mounts"],
      ] as const)
        expect([operation, asked, acl!.allows(operation, asked).allowed]).toEqual([operation, asked, false]);
    },
  );

  test("no role binds a wildcard, lacks an audience, or gives more than one policy", () => {
    const roles = [...views.values()].flatMap((view) => view.roles());
    const backups = Object.values(config.vaults).filter(({ backup }) => backup !== undefined);
    expect(roles).toHaveLength(cases.length + backups.length);
    for (const [address, role] of roles) {
      const bound =
        "bound_subject" in role
          ? [role.bound_subject]
          : [...(role.bound_service_account_names as string[]), ...(role.bound_service_account_namespaces as string[])];
      const audiences = "bound_audiences" in role ? role.bound_audiences : [role.audience];
      expect({
        address,
        bound: bound.filter((each) => /[*?]/.test(String(each))),
        audiences,
        policies: role.token_policies,
      }).toEqual({ address, bound: [], audiences: ["vault"], policies: [role.role_name] });
    }
  });

  test("every workload policy belongs to one app's secret set, and none is left over", () => {
    for (const [vault, view] of views) {
      const others = [
        "own-password",
        ...Object.keys(config.people?.groups ?? {}),
        "platform-admin",
        ...(config.vaults[vault]!.backup ? ["backup"] : []),
        ...view.jobs().map(([name]) => name),
      ];
      const names = view.policyNames.filter((name) => !others.includes(name));
      expect(names.sort()).toEqual(
        own
          .filter((set) => set.vault === vault)
          .map((set) => `${set.app}-${set.environment}`)
          .sort(),
      );
    }
  });
});

describe("apps and environments whose names begin alike", () => {
  const config = smallConfig({
    vaults: { main: { cluster: "local", unsafeNoTls: true, unsafeWithout: UNSAFE } },
    environments: {
      dev: { vault: "main", cluster: "local" },
      "dev-2": { vault: "main", cluster: "local" },
      prod: { vault: "main", cluster: "local", protected: true },
    },
    apps: Object.fromEntries(["api", "api-2", "ap"].map((app) => [app, { owner: "team", keys: ["KEY"] }])),
    people: {
      groups: {
        readers: { grants: [{ access: "read", apps: ["api"] }] },
        "set-readers": { grants: [{ access: "read", apps: ["api"], environments: ["dev"] }] },
      },
      users: { reader: { groups: ["readers"] }, "set-reader": { groups: ["set-readers"] } },
    },
  });

  test.each([
    ["with a protected environment", config],
    ["without one", { ...config, environments: { ...config.environments, prod: { vault: "main", cluster: "local" } } }],
  ])("people who read one cannot read another, %s", (_, each) => {
    const view = new VaultView(synthPlatform(each), "main");
    const read = (person: string) =>
      promisedSets(each).filter(({ path }) => view.person(person).allows("read", `kvv2/data/${path}`).allowed);
    expect(read("set-reader").map(({ path }) => path)).toEqual(["small/api/api-dev"]);
    expect(new Set(read("reader").map(({ app }) => app))).toEqual(new Set(["api"]));
    for (const path of ["small/api-2/api-2-dev", "small/api", "small/api-", "small/apix/x", "api/api-dev"])
      expect(view.person("reader").allows("read", `kvv2/data/${path}`).allowed).toBe(false);
  });

  test("workloads of one cannot read another", () => {
    const view = new VaultView(synthPlatform(config), "main");
    for (const set of promisedSets(config)) {
      const login = promisedLogin(config, set)!;
      expect(promisedSets(config).filter((other) => requests(view, login, other).length > 0)).toEqual([set]);
    }
  });
});
