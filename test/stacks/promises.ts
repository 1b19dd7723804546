import type { AccessLevel, PlatformConfig } from "../../model";

/** A secret set as a config promises it, worked out from the config alone. */
export interface PromisedSet {
  readonly app: string;
  readonly environment: string;
  readonly vault: string;
  /** `<mount>` and the path inside it. */
  readonly mount: string;
  readonly path: string;
}

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
export function promisedAccess(config: PlatformConfig, groups: readonly string[], set: PromisedSet): AccessLevel[] {
  const open = Object.keys(config.environments).filter((name) => !config.environments[name]!.protected);
  return groups
    .flatMap((group) => config.people?.groups?.[group]?.grants ?? [])
    .filter(
      ({ apps, environments }) =>
        (apps === "all" || apps.includes(set.app)) && (environments ?? open).includes(set.environment),
    )
    .map(({ access }) => access);
}

const READS: readonly AccessLevel[] = ["read", "write"];
const CHANGES: readonly AccessLevel[] = ["write", "write-only"];
const WRITES: readonly AccessLevel[] = ["write"];
const SEES: readonly AccessLevel[] = ["read", "write", "write-only"];
const NEVER: readonly AccessLevel[] = [];

/** Every kind of request on a secret set, its path, and each access that lets a person send it. */
export const REQUESTS = [
  ["read", "data", READS],
  ["create", "data", CHANGES],
  ["update", "data", CHANGES],
  ["patch", "data", CHANGES],
  ["delete", "data", WRITES],
  ["read", "subkeys", SEES],
  ["read", "metadata", SEES],
  ["create", "metadata", NEVER],
  ["update", "metadata", NEVER],
  ["patch", "metadata", NEVER],
  ["delete", "metadata", NEVER],
  ["update", "delete", WRITES],
  ["update", "undelete", WRITES],
  ["update", "destroy", NEVER],
] as const;

/** The requests of {@link REQUESTS} that any of some accesses lets through. */
export function promisedRequests(granted: readonly AccessLevel[]): string[] {
  return REQUESTS.filter(([, , enough]) => granted.some((access) => enough.includes(access))).map(
    ([operation, prefix]) => `${operation} ${prefix}/`,
  );
}
