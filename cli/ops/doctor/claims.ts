/** What a service account's token says of itself. Never the token: its signature is not among these. */
export interface Claims {
  readonly issuer: string;
  /** `system:serviceaccount:<namespace>:<name>` */
  readonly subject: string;
  readonly audiences: readonly string[];
  /** ISO 8601, UTC. */
  readonly expires: string;
}

/**
 * Reads the claims of a JSON Web Token without checking its signature, which is Vault's to check. Undefined if the text
 * is none.
 */
export function claimsOf(jwt: string): Claims | undefined {
  const [, payload, signature] = jwt.split(".");
  if (!payload || !signature) return undefined;
  try {
    const {
      iss = "",
      sub = "",
      aud = [],
      exp = 0,
    } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as {
      iss?: string;
      sub?: string;
      aud?: string | string[];
      exp?: number;
    };
    return { issuer: iss, subject: sub, audiences: [aud].flat(), expires: new Date(exp * 1000).toISOString() };
  } catch {
    return undefined;
  }
}

/** Claims in few words. */
export function claimsInWords({ issuer, subject, audiences, expires }: Claims): string {
  return (
    `its token says: subject ${subject}, audience ${audiences.join(", ") || "none"}, issuer ` +
    `${issuer}, until ${expires}`
  );
}
