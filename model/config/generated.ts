/**
 * How a command makes the value of a key: each character by itself, from the machine's cryptographic source. Together
 * they must be worth 128 bits at the least.
 */
export interface GeneratedConfig {
  /**
   * How many characters, 16 to 256.
   * @default 32
   */
  readonly length?: number;
  /**
   * The characters to choose from, each once: visible ASCII without the space.
   * @default letters and digits, upper and lower case
   */
  readonly alphabet?: string;
}
