import type { PlatformConfig } from "../../model";

/** A secret set as a config promises it, worked out from the config alone. */
export interface PromisedSet {
  readonly app: string;
  readonly environment: string;
  readonly vault: string;
  /** `<mount>` and the path inside it. */
  readonly mount: string;
  readonly path: string;
}

/** What somebody may do with a secret set. */
export type PromisedAccess = "none" | "read" | "write";

/** Every secret set of a config. */
export function promisedSets(config: PlatformConfig): PromisedSet[] {
  return Object.entries(config.apps).flatMap(([app, { environments }]) => {
    const where =
      environments === undefined
        ? Object.keys(config.environments)
        : Array.isArray(environments)
          ? (environments as string[])
          : Object.keys(environments);
    return where.map((environment) => {
      const { vault } = config.environments[environment]!;
      return {
        app,
        environment,
        vault,
        mount: config.vaults[vault]!.mount ?? "kvv2",
        path: `${config.name}/${app}/${app}-${environment}`,
      };
    });
  });
}

/** What a config promises to the members of some groups on a secret set. */
export function promisedAccess(config: PlatformConfig, groups: readonly string[], set: PromisedSet): PromisedAccess {
  const open = Object.keys(config.environments).filter((name) => !config.environments[name]!.protected);
  const granted = groups
    .flatMap((group) => config.people?.groups?.[group]?.grants ?? [])
    .filter(
      ({ apps, environments }) =>
        (apps === "all" || apps.includes(set.app)) && (environments ?? open).includes(set.environment),
    )
    .map(({ access }) => access);
  return granted.includes("write") ? "write" : granted.includes("read") ? "read" : "none";
}

/** Every kind of request on a secret set, the least access that a person needs for it, and its path. */
export const REQUESTS = [
  ["read", "data", "read"],
  ["create", "data", "write"],
  ["update", "data", "write"],
  ["patch", "data", "write"],
  ["delete", "data", "write"],
  ["read", "subkeys", "read"],
  ["read", "metadata", "read"],
  ["create", "metadata", "never"],
  ["update", "metadata", "never"],
  ["patch", "metadata", "never"],
  ["delete", "metadata", "never"],
  ["update", "delete", "write"],
  ["update", "undelete", "write"],
  ["update", "destroy", "never"],
] as const;

/** The requests of {@link REQUESTS} that an access lets through. */
export function promisedRequests(access: PromisedAccess): string[] {
  const enough = { none: [] as string[], read: ["read"], write: ["read", "write"] }[access];
  return REQUESTS.filter(([, , least]) => enough.includes(least)).map(
    ([operation, prefix]) => `${operation} ${prefix}/`,
  );
}
