/** What a JSON Web Token says of itself. Never the token: its signature is not among these. */
export interface Claims {
  readonly issuer: string;
  /** Of a service account `system:serviceaccount:<namespace>:<name>`. */
  readonly subject: string;
  readonly audiences: readonly string[];
  /** ISO 8601, UTC. */
  readonly expires: string;
}

/**
 * Reads the claims of a JSON Web Token without checking its signature: who takes the token does that. Undefined if the
 * text is none.
 */
export function claimsOf(jwt: string): Claims | undefined {
  try {
    type Payload = { iss?: string; sub?: string; aud?: unknown; exp?: number } | null;
    const payload = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8")) as Payload;
    const { iss = "", sub = "", aud, exp = 0 } = payload ?? {};
    const audiences = [aud].flat().filter((each) => typeof each === "string");
    return { issuer: iss, subject: sub, audiences, expires: new Date(exp * 1000).toISOString() };
  } catch {
    return undefined;
  }
}
