/** The version of a secret set that an environment is held to, whatever newer ones there are. */
export interface Pinned {
  /** As kv-v2 counts them: 1 or more. */
  readonly version: number;
  /** Where the config says so, e.g. `apps.web.environments.prod.pinnedVersion`. */
  readonly at: string;
}
