import { withoutTokens } from "./secret-value";

/** The kinds of failures, as a message's first words say them. */
const TITLES = {
  sealed: "Vault is sealed", // and new servers that are not initialised yet: Vault says the same of both
  standby: "this node is a standby", // another node is the active one, and this one did not forward
  unreachable: "Vault cannot be reached", // no connection, or a TLS failure
  timeout: "no answer in time",
  forbidden: "permission denied",
  notFound: "not found",
  rateLimited: "too many requests",
  badRequest: "Vault refused the request",
  casMismatch: "somebody else changed it in the meantime",
  server: "Vault failed", // 5xx, or an answer that is not Vault's
};

/** What went wrong, so that a command can decide what to do. */
export type VaultErrorKind = keyof typeof TITLES;

/** The request that failed: never its body or headers. */
export interface FailedRequest {
  readonly method: string;
  /** Without `/v1/`. */
  readonly path: string;
  readonly address: string;
  /** Whether a token was sent. */
  readonly hadToken: boolean;
  /** Times it was sent; @default 1. */
  readonly attempts?: number;
}

/** What came back, if anything did. */
interface FailedAnswer {
  readonly status?: number;
  /** Vault's `errors`. */
  readonly errors?: readonly string[];
  /** Seconds, from Retry-After. */
  readonly retryAfter?: number;
  /** In place of an answer: what failed, e.g. `connect ECONNREFUSED 127.0.0.1:8200`. */
  readonly reason?: string;
  /** The `data` of a 404: kv-v2 has a deleted version's facts there, never its values. Not in the message. */
  readonly data?: unknown;
}

/**
 * A request to Vault that failed. The message says where, what Vault said, and what to do next; it holds no token and
 * nothing that was sent.
 */
export class VaultError extends Error {
  override readonly name = "VaultError";
  /** What Vault said, without anything that looks like a token. */
  readonly errors: readonly string[];
  /** What the reader can do about it, in one sentence. */
  readonly nextStep: string;
  /** Seconds that the server asked to wait; undefined if it did not. */
  readonly retryAfter: number | undefined;
  /** See `FailedAnswer.data`. */
  readonly data: unknown;

  /** Whether the token is a good one that lacks the right; a token that Vault does not know is forbidden too. */
  get isDenied(): boolean {
    return this.kind === "forbidden" && !BAD_TOKEN.test(this.errors.join(" "));
  }

  constructor(
    readonly kind: VaultErrorKind,
    { method, path, address, hadToken, attempts = 1 }: FailedRequest,
    answer: FailedAnswer = {},
  ) {
    // What is printed with the error, its fields too, goes through `withoutTokens` first.
    const request = { method, path: withoutTokens(path), address, hadToken };
    const errors = (answer.errors ?? []).map(tidy).filter(Boolean);
    const nextStep = withoutTokens(nextStepFor(kind, request, { ...answer, errors }));
    const tries = attempts > 1 ? `, ${attempts} times` : "";
    const said = errors.length ? ` Vault said: ${errors.join("; ")}.` : "";
    super(
      `${method} ${request.path} at ${address}: ${TITLES[kind]}${details(answer)}${tries}.${said} Next: ${nextStep}`,
    );
    this.errors = errors;
    this.nextStep = nextStep;
    this.retryAfter = answer.retryAfter;
    this.data = answer.data;
  }
}

const BAD_TOKEN = /invalid token|bad token/i;

/**
 * What a status and Vault's `errors` mean. Source: Vault's API documentation, "HTTP status codes", and answers of Vault
 * 1.21.1.
 */
export function kindOf(status: number, errors: readonly string[]): VaultErrorKind {
  const text = errors.join(" ");
  if (status === 503 && /sealed|not initialized/i.test(text)) return "sealed";
  if (status === 307 || status === 472 || status === 473 || /standby|local node not active|no active/i.test(text))
    return "standby";
  if (status === 400 && /check-and-set parameter did not match/.test(text)) return "casMismatch";
  if (status === 401 || status === 403) return "forbidden";
  if (status === 404) return "notFound";
  if (status === 429) return "rateLimited";
  return status >= 400 && status < 500 ? "badRequest" : "server";
}

/** Vault's capabilities are called as the methods, but for these. */
const CAPABILITY: Readonly<Record<string, string>> = { GET: "read", POST: "create or update" };

function nextStepFor(
  kind: VaultErrorKind,
  request: FailedRequest,
  { errors = [], retryAfter, reason = "" }: FailedAnswer,
): string {
  const text = errors.join(" ");
  switch (kind) {
    case "sealed":
      return "npm run ops -- unseal (a new server: npm run ops -- init), then run this again";
    case "standby":
      return "point VAULT_ADDR at the active node, or at the service in front of all nodes";
    case "unreachable":
      return unreachable(request.address, reason);
    case "timeout":
      return request.method === "GET" || request.method === "LIST"
        ? "see whether the server is busy or paused; VAULT_CLIENT_TIMEOUT gives it more seconds"
        : "it may or may not have taken effect: look before running this again; " +
            "VAULT_CLIENT_TIMEOUT gives the server more seconds";
    case "forbidden":
      if (BAD_TOKEN.test(text)) return "the token is not valid any more: log in again";
      if (!request.hadToken) return "no token was sent: log in, or set VAULT_TOKEN";
      return (
        `use a token whose policies grant ${CAPABILITY[request.method] ?? request.method.toLowerCase()} on ` +
        `${request.path}; npm run access shows who has it`
      );
    case "notFound":
      return /no handler for route|unsupported path/i.test(text)
        ? `nothing is mounted there: check the path, or apply the stack that makes the mount ` +
            `${request.path.split("/")[0]}`
        : "check the path; nothing is stored there, or its last version was deleted";
    case "rateLimited":
      return (
        `wait ${retryAfter === undefined ? "a little" : `${retryAfter} s`} and run this again; ` +
        `a quota in Vault sets the limit (sys/quotas/rate-limit)`
      );
    case "badRequest":
      return /HTTP request to an HTTPS server/i.test(text)
        ? "the server speaks HTTPS: set VAULT_ADDR to https://…"
        : "correct what Vault names; if it names nothing, compare the server's version with the docs";
    case "casMismatch":
      return "nothing was written: read the current version, then run this again";
    case "server":
      return reason
        ? "check that VAULT_ADDR is a Vault, and what proxy stands in front of it"
        : "look into the server's log; if it is starting or under load, run this again";
  }
}

function unreachable(address: string, reason: string): string {
  if (/wrong version number|packet length too long|EPROTO/i.test(reason))
    return "the server seems to speak plain HTTP: set VAULT_ADDR to http://…, or turn on TLS there";
  if (/altnames|hostname/i.test(reason))
    return "the certificate is for another name: use that name in VAULT_ADDR, or set VAULT_TLS_SERVER_NAME to it";
  if (/certificate|CERT|self.signed|issuer/i.test(reason))
    return (
      "set VAULT_CACERT to the file of the CA that signed the server's certificate, and check " +
      "that it has not expired"
    );
  return `check VAULT_ADDR (now ${address}), that the server runs, and that it can be reached from here`;
}

function details({ status, reason }: FailedAnswer): string {
  const parts = [status === undefined ? "" : `HTTP ${status}`, reason ? withoutTokens(reason) : ""].filter(Boolean);
  return parts.length ? ` (${parts.join(", ")})` : "";
}

// Vault's lists of errors come as "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n".
function tidy(error: string): string {
  const text = error
    .replace(/^\d+ errors? occurred:/, "")
    .replace(/\s*\n\s*\*\s*/g, ", ")
    .replace(/\s+/g, " ");
  return withoutTokens(text).replace(/^[\s,]+|[\s.]+$/g, "");
}
