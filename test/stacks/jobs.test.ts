import { CONFIGS } from "../helpers/configs";
import { synthPlatform } from "../helpers/synth";
import { VaultView } from "../helpers/vault-view";
import { promisedSets, REQUESTS } from "./promises";

describe.each(Object.entries(CONFIGS))("jobs of the CI, config/%s.ts", (_, config) => {
  const synthesized = synthPlatform(config);
  const sets = promisedSets(config);
  const jobs = Object.keys(config.vaults).flatMap((vault) =>
    new VaultView(synthesized, vault).jobs().map(([name, acl]) => ({ vault, name, acl })),
  );
  const may = (name: string, requests: readonly string[]) =>
    jobs
      .filter((job) => job.name.startsWith(name))
      .flatMap(({ vault, name: job, acl }) =>
        sets
          .filter((set) => set.vault === vault)
          .flatMap(({ environment, mount, path }) =>
            REQUESTS.filter(
              ([operation, prefix]) =>
                requests.includes(`${operation} ${prefix}/`) &&
                acl.allows(operation, `${mount}/${prefix}/${path}`).allowed,
            ).map(([operation, prefix]) => ({ job, environment, request: `${operation} ${prefix}/` })),
          ),
      );

  test("that plan, watch and apply read no value, change none and destroy none", () => {
    expect(
      may("", [
        "read data/",
        "update data/",
        "patch data/",
        "delete data/",
        "update delete/",
        "update undelete/",
        "update destroy/",
        "delete metadata/",
      ]),
    ).toEqual([]);
  });

  test("that plan and watch write nothing", () => {
    for (const purpose of ["plan-", "watch-"])
      expect(may(purpose, ["create data/", "create metadata/", "update metadata/", "patch metadata/"])).toEqual([]);
  });

  test("that watch may exactly what their plan may", () => {
    const reads = (purpose: string) =>
      may(purpose, ["read metadata/"]).map(({ job, ...rest }) => ({ ...rest, stack: job.slice(purpose.length) }));
    expect(reads("watch-")).toEqual(reads("plan-"));
  });

  test("that apply an environment place placeholders in that one and touch no other", () => {
    const placed = may("apply-", [
      "create data/",
      "create metadata/",
      "update metadata/",
      "patch metadata/",
      "read metadata/",
    ]);
    expect(placed.filter(({ job, environment }) => job !== `apply-${config.name}-${environment}`)).toEqual([]);
  });

  test("that apply an environment whose authority is kept apart write no policy, no role and no person", () => {
    const environments = Object.entries(config.environments).filter(
      ([, { authority = config.authority }]) => authority === "separate",
    );
    const written = jobs
      .filter(({ name }) => environments.some(([environment]) => name === `apply-${config.name}-${environment}`))
      .flatMap(({ name, acl }) =>
        [
          "sys/policies/acl/any",
          "sys/policies/acl/platform-admin",
          "auth/kubernetes/role/any",
          "auth/userpass/users/any",
          "identity/group",
          "identity/group/id/any",
          "sys/auth/any",
          "sys/mounts/any",
        ].flatMap((path) =>
          (["create", "update", "patch", "delete"] as const)
            .filter((operation) => acl.allows(operation, path).allowed)
            .map((operation) => `${name}: ${operation} ${path}`),
        ),
      );
    expect(written).toEqual([]);
  });
});
