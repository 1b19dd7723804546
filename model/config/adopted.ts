/** A userpass user that was there before; its entity and alias, where a login or somebody had made them. */
export interface AdoptedUser {
  /**
   * Id of its entity.
   * @default none: the entity is made
   */
  readonly entity?: string;
  /**
   * Id of the entity's alias in userpass.
   * @default none: the alias is made
   */
  readonly alias?: string;
}

/**
 * What a Vault held before the platform: the first apply takes it over instead of making it. `npm run adopt` writes
 * this. Policies and groups are never taken over.
 */
export interface AdoptedConfig {
  /**
   * Whether the kv-v2 mount is there.
   * @default false: it is made
   */
  readonly mount?: boolean;
  /**
   * Whether the auth method `userpass` is there.
   * @default false: it is made
   */
  readonly userpass?: boolean;
  /**
   * Users that are there: their passwords, and what they have of their own, stay.
   * @default none: a user is made, with a password that nobody knows
   */
  readonly users?: { readonly [name: string]: AdoptedUser };
}
