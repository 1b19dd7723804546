/**
 * Thrown where what was given cannot be judged at all; the message says where, what was given, what is accepted and
 * what to do.
 */
export class AccessInputError extends Error {
  override readonly name = "AccessInputError";
}
