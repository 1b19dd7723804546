/** A rule of a Kubernetes role. */
export interface RbacRule {
  /** `""` is the core group. */
  readonly group: string;
  /** The resource's plural. */
  readonly resource: string;
  /** @default every one, where the role is bound */
  readonly names?: readonly string[];
  readonly verbs: readonly string[];
}

/** What a stack's job needs in a cluster: everywhere, and in the namespaces that its role is bound in. */
export interface ClusterNeeds {
  readonly everywhere: readonly RbacRule[];
  readonly inNamespaces: readonly RbacRule[];
}
