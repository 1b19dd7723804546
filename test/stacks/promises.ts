import type { AccessLevel, PlatformConfig } from "../../model";

/** A secret set as a config promises it, worked out from the config alone. */
export interface PromisedSet {
  /** The app, or the shared set's name. */
  readonly app: string;
  /** Of a shared set: the apps that read it. */
  readonly readBy?: readonly string[];
  readonly environment: string;
  readonly vault: string;
  /** `<mount>` and the path inside it. */
  readonly mount: string;
  readonly path: string;
}

/** Where an app runs. */
function environmentsOf(config: PlatformConfig, app: string): string[] {
  const { environments } = config.apps[app]!;
  if (environments === undefined) return Object.keys(config.environments);
  return Array.isArray(environments) ? (environments as string[]) : Object.keys(environments);
}

/** Every secret set of a config: of shared ones, those that name no environments. */
export function promisedSets(config: PlatformConfig): PromisedSet[] {
  const set = (app: string, environment: string, readBy?: readonly string[]): PromisedSet => {
    const { vault } = config.environments[environment]!;
    const path = `${config.name}/${app}/${app}-${environment}`;
    return { app, readBy, environment, vault, mount: config.vaults[vault]!.mount ?? "kvv2", path };
  };
  return [
    ...Object.keys(config.apps).flatMap((app) =>
      environmentsOf(config, app).map((environment) => set(app, environment)),
    ),
    ...Object.entries(config.sharedSets ?? {}).flatMap(([name, { readBy }]) =>
      [...new Set(readBy.flatMap((app) => environmentsOf(config, app)))].map((environment) =>
        set(name, environment, readBy),
      ),
    ),
  ];
}

/** What a config promises to the members of some groups on a secret set. */
export function promisedAccess(config: PlatformConfig, groups: readonly string[], set: PromisedSet): AccessLevel[] {
  const open = Object.keys(config.environments).filter((name) => !config.environments[name]!.protected);
  return groups
    .flatMap((group) => config.people?.groups?.[group]?.grants ?? [])
    .filter(
      ({ apps = [], sharedSets = [], environments }) =>
        (apps === "all" || (set.readBy ? sharedSets : apps).includes(set.app)) &&
        (environments ?? open).includes(set.environment),
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
