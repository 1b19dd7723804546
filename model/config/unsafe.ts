/**
 * What the Vault of a protected environment may lack only for a reason, and the reason of each: it stays in every
 * report. Of a Vault that exists already TLS alone is known here.
 */
export interface UnsafeWithout {
  /**
   * Why it may go without TLS.
   * @default no reason: refused
   */
  readonly tls?: string;
  /**
   * Why it may go without an audit device.
   * @default no reason: refused
   */
  readonly audit?: string;
  /**
   * Why it may be a single server.
   * @default no reason: refused
   */
  readonly ha?: string;
  /**
   * Why it may go without a backup that the config declares.
   * @default no reason: refused
   */
  readonly backup?: string;
}
