/** A persistent volume claim. */
export interface VolumeConfig {
  /**
   * A Kubernetes quantity, e.g. `10Gi`.
   * @default "10Gi"
   */
  readonly size?: string;
  /**
   * The claim's storage class.
   * @default the cluster's default storage class
   */
  readonly storageClass?: string;
}
