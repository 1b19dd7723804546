/** An identity entity, as far as people's commands need it. Source: `identity/entity/name/<name>` of Vault 1.21. */
export interface Entity {
  readonly id: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly policies: readonly string[] | null;
  /** Ids of the groups it is in, itself or through another group. */
  readonly group_ids: readonly string[] | null;
  /** Its logins: names at auth mounts, whose paths are as `auth/userpass/`. */
  readonly aliases:
    readonly { readonly name: string; readonly mount_path: string; readonly mount_accessor: string }[] | null;
}
