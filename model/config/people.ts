/**
 * What a grant lets people do with a secret set's values:
 * - `read`: read them;
 * - `write`: also write new versions, soft delete and undelete; nothing irreversible;
 * - `write-only`: write new versions, and read no value back, not even one's own: for whoever brings a value from
 *   elsewhere.
 *
 * Every grant shows the names of keys and the versions. Who has several grants of a set can do what any of them lets.
 */
export type AccessLevel = "read" | "write" | "write-only";

/** A grant of access to secret sets. */
export interface GrantConfig<
  App extends string = string,
  Environment extends string = string,
  Shared extends string = string,
> {
  readonly access: AccessLevel;
  /**
   * The apps whose own sets are meant, or `"all"` sets: every app's and every shared one.
   * @default no app's own; `sharedSets` is then given
   */
  readonly apps?: "all" | readonly App[];
  /**
   * The shared sets that are meant.
   * @default none, but with `"all"` every one
   */
  readonly sharedSets?: readonly Shared[];
  /**
   * The environments. A protected environment is reached only by a grant that names it here.
   * @default every environment that is not protected
   */
  readonly environments?: readonly Environment[];
}

/** A group of people: a policy and an identity group of the same name. */
export interface GroupConfig<
  App extends string = string,
  Environment extends string = string,
  Shared extends string = string,
> {
  /**
   * The group of the identity provider that it is, as the provider writes it, case and all. Every Vault that its grants
   * reach has a `login` with `oidc`; who is in it is known there, and no user of the config can be.
   * @default none: its people are users of the config
   */
  readonly oidc?: string;
  readonly grants: readonly GrantConfig<App, Environment, Shared>[];
}

/** A person: a userpass user with an entity of the same name. Names are lower case, as userpass keeps them. */
export interface UserConfig<Group extends string = string> {
  /** The groups that the person is in; of each the user has its grants. */
  readonly groups: readonly (Group | "platform-admin")[];
}

/**
 * The people of a platform. `platform-admin`, user and group, is always there: it manages mounts, auth, policies and
 * people, and reads no secret. A user exists on each Vault that its groups reach.
 */
export interface PeopleConfig<
  App extends string = string,
  Environment extends string = string,
  Group extends string = string,
  Shared extends string = string,
> {
  /** @default none */
  readonly groups?: { readonly [G in Group]: GroupConfig<App, Environment, Shared> };
  /** @default none but `platform-admin` */
  readonly users?: { readonly [name: string]: UserConfig<NoInfer<Group>> };
}
