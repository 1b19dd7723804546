import type { GeneratedConfig } from "./config/generated";

/** How a value is made, with every default filled in. */
export type Generated = Required<GeneratedConfig>;

/** The least that a made value is worth, in bits: nobody tries that many. */
const LEAST_BITS = 128;

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const DEFAULTS: Generated = { length: 32, alphabet: `0123456789${LETTERS.toUpperCase()}${LETTERS}` };

/** How a value is made, where the config says some of it. */
export function generatedBy(config: GeneratedConfig): Generated {
  return { length: config.length ?? DEFAULTS.length, alphabet: config.alphabet ?? DEFAULTS.alphabet };
}

/** How long a value must be to be worth enough, where it is not; undefined where it is. */
export function neededLength({ length, alphabet }: Generated): number | undefined {
  const needed = Math.ceil(LEAST_BITS / Math.log2(alphabet.length));
  return length < needed ? needed : undefined;
}
