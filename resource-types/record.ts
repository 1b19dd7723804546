import type { ClusterNeeds, PolicyRule } from "../policies/write";
import type { Rule } from "./change";
import type { JsonObject } from "./json";

/** Arguments of a resource as a synthesized stack has them. */
export type Attributes = { readonly [name: string]: unknown };

/** What a token is for: `plan` reads, `apply` also writes. */
export type Purpose = "plan" | "apply";

/** The requests that the Vault provider makes for one resource. */
export interface VaultPermissions {
  /** What planning reads. */
  readonly plan: readonly PolicyRule[];
  /** What applying writes beside that. */
  readonly apply: readonly PolicyRule[];
  /**
   * The same for others of its kind, which come and go.
   * @default none: what is planned and applied is all
   */
  readonly collection?: readonly PolicyRule[];
}

/** Kinds of Kubernetes objects that carry secrets, or let somebody read them. */
export type ObjectKind = "ServiceAccount" | "Secret" | "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding";

/** What the model of access (access/) takes a resource for; `nothing`: nobody can do more by it. */
export type Grants =
  | "nothing"
  | "mount"
  | "auth mount"
  | "policy"
  | "kubernetes role"
  | "jwt role"
  | "group"
  | "part of a group"
  | "entity"
  | "policies of an entity"
  | "alias"
  | "group alias"
  | "user"
  | "secret set"
  | "database connection"
  | "database role"
  | "transit key"
  | "endpoint"
  | "release"
  | "manifest"
  | "job"
  | ObjectKind;

/** All that this project knows of a Terraform resource type that it writes or judges. */
export interface ResourceType {
  /**
   * What people call one of it and many, in the summary of a stack.
   * @default counted together with others
   */
  readonly label?: readonly [one: string, many: string];
  /** What somebody may be able to do by such a resource. */
  readonly grants: Grants;
  /**
   * The arguments that the model of access reads, or by which nobody can gain anything: a closed list. One that is not
   * in it may grant what no report shows.
   */
  readonly reads: ReadonlySet<string>;
  /**
   * What the model of access does not understand of the values of those arguments; `said` is what the config itself
   * gives of a release's values.
   * @default nothing: it reads them all
   */
  readonly unread?: (values: JsonObject, said: JsonObject) => readonly string[];
  /**
   * What Terraform may leave as somebody else changed it, in `lifecycle`'s `ignore_changes`.
   * @default nothing
   */
  readonly ignoresChanges?: readonly string[] | "all";
  /**
   * The arguments by which it says whom to trust: the proof `trust` compares them with the config.
   * @default none
   */
  readonly trusts?: readonly string[];
  /** What a planned change of it means. */
  readonly change: Rule;
  /**
   * What a token must be allowed for it in Vault.
   * @default unknown: no stack of ours writes the type, or it is not of Vault
   */
  readonly inVault?: (attributes: Attributes) => VaultPermissions;
  /**
   * What a job must be allowed for it in its cluster.
   * @default unknown: no stack of ours writes the type, or it is not of Kubernetes
   */
  readonly inCluster?: (attributes: Attributes, purpose: Purpose) => Partial<ClusterNeeds>;
}

/** The names in a text, parted by spaces. */
export function closed(names: string): ReadonlySet<string> {
  return new Set(names.split(/\s+/));
}

/** Records by the name of their type. */
export type ResourceTypes = { readonly [type: string]: ResourceType };
