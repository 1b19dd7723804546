import { readFileSync } from "node:fs";
import { Duration } from "../../model/duration";
import { kindOf, VaultError, type FailedRequest } from "./errors";
import {
  toResponse,
  type Envelope,
  type SealStatus,
  type VaultHealth,
  type VaultResponse,
  type WrapInfo,
} from "./responses";
import { retryAfterSeconds, RetryPolicy, type RetryOptions } from "./retry";
import { SecretValue, toRequestBody, withoutTokens } from "./secret-value";
import { Transport, TransportError, type HttpAnswer } from "./transport";

/**
 * Where the token comes from, asked before each request, so that a renewed one is used; undefined sends none. It must
 * keep the token in memory only.
 */
export type TokenProvider = () => SecretValue | undefined | Promise<SecretValue | undefined>;

/** How a Vault is reached. */
export interface VaultClientOptions {
  /** E.g. `https://vault.example.com:8200`. */
  readonly address: string;
  /** @default no token is sent: enough for health, seal status, init, unseal and logins. */
  readonly token?: TokenProvider;
  /** Vault's own namespaces (Enterprise, HCP), sent as X-Vault-Namespace; @default none. */
  readonly namespace?: string;
  /** File of the CA certificates to trust, PEM; @default those that Node trusts. */
  readonly caFile?: string;
  /** The name to expect in the server's certificate; @default the address's. */
  readonly serverName?: string;
  /** Milliseconds for one attempt, from sending to the answer's end; @default 10000. */
  readonly timeoutMs?: number;
  /** How reads are repeated; @default twice, after about 0.2 and 0.4 s. */
  readonly retry?: RetryOptions;
}

/** Options of one request. */
export interface RequestOptions {
  /** Have Vault keep the answer and return a single-use token for it, valid this long; @default the answer itself. */
  readonly wrapTtl?: Duration;
  /** Another token for this request, or `null` for none; @default the client's. */
  readonly token?: SecretValue | null;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Vault's HTTP API. Paths are Vault's, without `/v1/`, not encoded. Every method throws a `VaultError` unless Vault
 * answers with 2xx; other errors are mistakes in the calling code. Nothing is logged. Reads are repeated on 429, 5xx
 * and failed connections; a write is sent once, whatever happens.
 */
export class VaultClient {
  /** The server's address, without a slash at its end. */
  readonly address: string;
  private readonly transport: Transport;
  private readonly retry: RetryPolicy;

  /**
   * Throws a TypeError for an address that is not an http(s) URL or holds a user name, and an error of `node:fs` for a
   * CA file that cannot be read.
   */
  constructor(private readonly options: VaultClientOptions) {
    const address = parseAddress(options.address);
    this.address = address.href.replace(/\/$/, "");
    this.retry = new RetryPolicy(options.retry);
    const ca = options.caFile ? readFileSync(options.caFile, "utf8") : undefined;
    this.transport = new Transport({
      address,
      ca,
      serverName: options.serverName,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    });
  }

  /**
   * A client from the variables that the vault program reads: VAULT_ADDR (@default `https://127.0.0.1:8200`, as there),
   * VAULT_CACERT, VAULT_NAMESPACE, VAULT_TLS_SERVER_NAME, VAULT_CLIENT_TIMEOUT (seconds or a duration). VAULT_TOKEN is
   * the token, if `token` is not given.
   */
  static fromEnvironment(
    env: Readonly<Record<string, string | undefined>> = process.env,
    token?: TokenProvider,
  ): VaultClient {
    const fromVariable = env.VAULT_TOKEN ? new SecretValue(env.VAULT_TOKEN) : undefined;
    return new VaultClient({
      address: env.VAULT_ADDR || "https://127.0.0.1:8200",
      token: token ?? (() => fromVariable),
      namespace: env.VAULT_NAMESPACE || undefined,
      caFile: env.VAULT_CACERT || undefined,
      serverName: env.VAULT_TLS_SERVER_NAME || undefined,
      timeoutMs: parseTimeout(env.VAULT_CLIENT_TIMEOUT),
    });
  }

  /**
   * GET. Throws kind `notFound` if there is nothing. Not for paths that make something on each read, such as
   * `database/creds/…`: it may be repeated.
   */
  async read<T>(path: string, options: RequestOptions = {}): Promise<VaultResponse<T>> {
    return toResponse<T>(await this.request("GET", path, undefined, options));
  }

  /** As `read`, but undefined where a mount has nothing at that path. Throws still if nothing is mounted there. */
  async readIfPresent<T>(path: string, options: RequestOptions = {}): Promise<VaultResponse<T> | undefined> {
    return this.read<T>(path, options).catch(undefinedIfAbsent);
  }

  /** The keys below a path, folders with a slash at their end; empty if there are none. */
  async list(path: string, options: RequestOptions = {}): Promise<readonly string[]> {
    const envelope = await this.request("LIST", path, undefined, options).catch(undefinedIfAbsent);
    return toResponse<{ keys?: string[] } | undefined>(envelope).data?.keys ?? [];
  }

  /** POST: Vault's create and update. Secret values in `body` are revealed in the request alone. */
  async write<T = unknown>(path: string, body: unknown = {}, options: RequestOptions = {}): Promise<VaultResponse<T>> {
    return toResponse<T>(await this.request("POST", path, body, options));
  }

  /** PATCH as a JSON merge patch: keys not named stay, keys that are null go. */
  async patch<T = unknown>(path: string, body: unknown, options: RequestOptions = {}): Promise<VaultResponse<T>> {
    return toResponse<T>(await this.request("PATCH", path, body, options));
  }

  /** DELETE; `body` for the few paths that want one, e.g. the nonce of a rekey. */
  async delete(path: string, options: RequestOptions = {}, body?: unknown): Promise<void> {
    await this.request("DELETE", path, body, options);
  }

  /** The server's state; answers also when it is sealed, new or a standby. Without a token. */
  async health(): Promise<VaultHealth> {
    const asOk = ["standbycode", "sealedcode", "uninitcode", "performancestandbycode", "drsecondarycode"]
      .map((code) => `${code}=200`)
      .join("&");
    return (await this.request("GET", "sys/health", undefined, { token: null }, asOk)) as unknown as VaultHealth;
  }

  /** Whether it is sealed, and how many key shares are still wanted. Without a token. */
  async sealStatus(): Promise<SealStatus> {
    return (await this.request("GET", "sys/seal-status", undefined, { token: null })) as unknown as SealStatus;
  }

  /** Has Vault keep `data` for whoever brings the single-use token that is returned (`sys/wrapping/wrap`). */
  async wrap(data: unknown, ttl: Duration): Promise<WrapInfo> {
    const { wrapInfo } = await this.write("sys/wrapping/wrap", data, { wrapTtl: ttl });
    if (!wrapInfo) throw new TypeError("sys/wrapping/wrap answered without wrap_info");
    return wrapInfo;
  }

  /**
   * Takes what was wrapped, once. Throws kind `badRequest` if the token has been used, has expired or was never made.
   */
  async unwrap<T>(token: SecretValue): Promise<SecretValue<T>> {
    return new SecretValue((await this.write<T>("sys/wrapping/unwrap", {}, { token })).data);
  }

  /** Closes the kept connections. Not needed before the process ends. */
  close(): void {
    this.transport.close();
  }

  private async request(
    method: string,
    path: string,
    body: unknown,
    { wrapTtl, token }: RequestOptions,
    query = "",
  ): Promise<Envelope | undefined> {
    const sent = token === undefined ? await this.options.token?.() : token;
    const headers: Record<string, string> = { "x-vault-request": "true" };
    if (sent) headers["x-vault-token"] = sent.unsafeReveal();
    if (this.options.namespace) headers["x-vault-namespace"] = this.options.namespace;
    if (wrapTtl) headers["x-vault-wrap-ttl"] = `${wrapTtl.seconds}s`;
    if (body !== undefined)
      headers["content-type"] = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    // `?list=true` rather than the LIST method, which some proxies refuse.
    const search = [query, method === "LIST" ? "list=true" : ""].filter(Boolean).join("&");
    const url = `/v1/${encodePath(path)}${search && `?${search}`}`;
    const payload = body === undefined ? undefined : toRequestBody(body);
    const mayRepeat = (method === "GET" || method === "LIST") && !wrapTtl;
    const failed: FailedRequest = { method, path, address: this.address, hadToken: Boolean(sent) };
    return this.retry.run(mayRepeat, async (attempt) => {
      const request = { ...failed, attempts: attempt };
      const answer = await this.transport
        .send(method === "LIST" ? "GET" : method, url, headers, payload)
        .catch((error: unknown) => {
          if (!(error instanceof TransportError)) throw error;
          throw new VaultError(error.sort === "timeout" ? "timeout" : "unreachable", request, {
            reason: error.message,
          });
        });
      return understand(request, answer);
    });
  }
}

// A 2xx with a JSON body or none is Vault's. A failure is Vault's if it has `errors` or `data`; else a proxy or another
// server answered, whose 404 must not pass for "nothing is stored there". (Vault itself answers 404 with no body to a
// PATCH of what is not there.)
function understand(request: FailedRequest, { status, headers, text }: HttpAnswer): Envelope | undefined {
  const envelope = parseEnvelope(text);
  const foreign = `the answer is ${headers["content-type"] ?? "of no content type"}, not Vault's JSON`;
  if (status >= 200 && status < 300) {
    if (envelope || !text.trim()) return envelope;
    throw new VaultError("server", request, { status, reason: foreign });
  }
  const plain = /^Client sent an HTTP request/.test(text) ? [text.trim()] : []; // how a TLS listener answers plain HTTP
  const errors = Array.isArray(envelope?.errors) ? envelope.errors.map(String) : plain;
  const isVaults =
    Array.isArray(envelope?.errors) ||
    envelope?.data !== undefined ||
    plain.length > 0 ||
    (request.method === "PATCH" && !text);
  const kind = status === 404 && !isVaults ? "server" : kindOf(status, errors);
  const data = status === 404 ? envelope?.data : undefined;
  throw new VaultError(kind, request, {
    status,
    errors,
    data,
    reason: isVaults ? undefined : foreign,
    retryAfter: retryAfterSeconds(headers["retry-after"]),
  });
}

function parseEnvelope(text: string): Envelope | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed !== null && typeof parsed === "object" ? (parsed as Envelope) : undefined;
  } catch {
    return undefined;
  }
}

/** For `catch`: undefined for the 404 by which a mount says that it has nothing there; anything else is thrown on. */
export function undefinedIfAbsent(error: unknown): undefined {
  if (error instanceof VaultError && error.kind === "notFound" && error.errors.length === 0) return undefined;
  throw error;
}

// Each segment by itself: a path from a config or a person must not become a query or another path.
function encodePath(path: string): string {
  const segments = path.replace(/^\/+/, "").split("/");
  if (segments.some((segment) => segment === "." || segment === ".."))
    throw new TypeError(
      `given path ${JSON.stringify(withoutTokens(path))}; accepted: one without . and .. as segments`,
    );
  return segments.map(encodeURIComponent).join("/");
}

function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    // The text is not repeated: a password may be in it.
    throw new TypeError(
      "VAULT_ADDR is not accepted; accepted: a URL such as https://vault.example.com:8200, without " +
        "a user name, query or fragment",
    );
  }
  return url;
}

function parseTimeout(text: string | undefined): number | undefined {
  if (!text) return undefined;
  const duration = Duration.parse(/^\d+$/.test(text) ? `${text}s` : text);
  if (!duration)
    throw new TypeError(
      `VAULT_CLIENT_TIMEOUT: given ${JSON.stringify(text)}; accepted: seconds, or ${Duration.ACCEPTED}`,
    );
  return duration.seconds * 1000;
}
