/**
 * FULL_TRACES=1: traces name the source's own lines, and cdktf says of a value that cannot be resolved where it was
 * made.
 */
export const FULL_TRACES = Boolean(process.env.FULL_TRACES);
