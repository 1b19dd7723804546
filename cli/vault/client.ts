import { readFileSync } from "node:fs";
import { Duration } from "../../model/duration";
import { UsageError } from "../ops/errors";
import { kindOf, VaultError, type FailedRequest } from "./errors";
import { toResponse, type Envelope, type SealStatus, type VaultResponse, type WrapInfo } from "./responses";
import { repeated, type RetryOptions } from "./retry";
import { SecretValue, toRequestBody, withoutTokens } from "./secret-value";
import { FileBody, Transport, TransportError, type HttpAnswer } from "./transport";

/** How a Vault is reached. */
export interface VaultClientOptions {
  /** E.g. `https://vault.example.com:8200`. */
  readonly address: string;
  /** @default no token is sent: enough for health, seal status, init, unseal and logins. */
  readonly token?: SecretValue;
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
  /** What stands after the path's question mark, of a GET; @default nothing. */
  readonly query?: Readonly<Record<string, string>>;
  /** Milliseconds that Vault may take at the least; @default the client's. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;

const JSON_TYPES: Readonly<Record<string, string>> = {
  POST: "application/json",
  PATCH: "application/merge-patch+json",
};

/**
 * Vault's HTTP API. Paths are Vault's, without `/v1/`, not encoded. Every method throws a `VaultError` unless Vault
 * answers with 2xx; other errors are mistakes in the calling code. Nothing is logged. Reads are repeated on 429, 5xx
 * and failed connections; a write is sent once, whatever happens.
 */
export class VaultClient {
  /** The server's address, without a slash at its end. */
  readonly address: string;
  /** What is sent from now on, unless a request says otherwise; undefined: none. */
  token: SecretValue | undefined;
  /** When the server's certificate ends; undefined without TLS, and before the first answer. */
  certificateEnd: Date | undefined;
  private readonly transport: Transport;
  private readonly timeoutMs: number;

  /**
   * Throws a UsageError for an address that is not an http(s) URL or holds a user name, and for a CA file that cannot
   * be read.
   */
  constructor(private readonly options: VaultClientOptions) {
    const address = parseAddress(options.address);
    this.address = address.href.replace(/\/$/, "");
    this.token = options.token;
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.transport = new Transport(address, this.timeoutMs, {
      ca: options.caFile ? readCa(options.caFile) : undefined,
      servername: options.serverName,
    });
  }

  /**
   * A client without a token for an address, with the settings that the vault program reads: VAULT_CACERT,
   * VAULT_NAMESPACE, VAULT_TLS_SERVER_NAME, VAULT_CLIENT_TIMEOUT (seconds or a duration). Throws as the constructor.
   */
  static at(address: string, env: Readonly<Record<string, string | undefined>>): VaultClient {
    return new VaultClient({
      address,
      namespace: env.VAULT_NAMESPACE,
      caFile: env.VAULT_CACERT,
      serverName: env.VAULT_TLS_SERVER_NAME || undefined,
      timeoutMs: parseTimeout(env.VAULT_CLIENT_TIMEOUT),
    });
  }

  /**
   * GET: the answer's data. Throws kind `notFound` if there is nothing. Not for paths that make something on each read,
   * such as `database/creds/…`: it may be repeated.
   */
  async read<T>(path: string, options?: RequestOptions): Promise<T> {
    return (await this.request<T>("GET", path, undefined, options)).data;
  }

  /** As `read`, but undefined where a mount has nothing at that path. Throws still if nothing is mounted there. */
  readIfPresent<T>(path: string, options?: RequestOptions): Promise<T | undefined> {
    return this.read<T>(path, options).catch(undefinedIfAbsent);
  }

  /** The keys below a path, folders with a slash at their end; empty if there are none. */
  async list(path: string): Promise<readonly string[]> {
    const found = await this.request<{ keys?: string[] } | undefined>("LIST", path).catch(undefinedIfAbsent);
    return found?.data?.keys ?? [];
  }

  /** POST: Vault's create and update. Secret values in `body` are revealed in the request alone. */
  write<T = unknown>(path: string, body: unknown = {}, options?: RequestOptions): Promise<VaultResponse<T>> {
    return this.request("POST", path, body, options);
  }

  /** POST of a file as it is, such as a snapshot. `timeoutMs`: milliseconds that sending and the answer may take. */
  async upload(path: string, file: string, timeoutMs: number): Promise<void> {
    await this.request("POST", path, new FileBody(file), { timeoutMs });
  }

  /** PATCH as a JSON merge patch: keys not named stay, keys that are null go. */
  patch<T = unknown>(path: string, body: unknown): Promise<VaultResponse<T>> {
    return this.request("PATCH", path, body);
  }

  /** DELETE. */
  async delete(path: string, options?: RequestOptions): Promise<void> {
    await this.request("DELETE", path, undefined, options);
  }

  /** Whether it is sealed, and how many key shares are still wanted. Without a token. */
  sealStatus(): Promise<SealStatus> {
    return this.read("sys/seal-status", { token: null });
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

  private async request<T>(
    method: string,
    path: string,
    body?: unknown,
    { wrapTtl, token = this.token, query, timeoutMs = 0 }: RequestOptions = {},
  ): Promise<VaultResponse<T>> {
    const headers: Record<string, string> = { "x-vault-request": "true" };
    if (token) headers["x-vault-token"] = token.unsafeReveal();
    if (this.options.namespace) headers["x-vault-namespace"] = this.options.namespace;
    if (wrapTtl) headers["x-vault-wrap-ttl"] = `${wrapTtl.seconds}s`;
    if (body !== undefined)
      headers["content-type"] = body instanceof FileBody ? "application/octet-stream" : JSON_TYPES[method]!;
    // `?list=true` rather than the LIST method, which some proxies refuse.
    const asked = method === "LIST" ? { list: "true" } : query;
    const url = `/v1/${encodePath(path)}${asked ? `?${new URLSearchParams(asked).toString()}` : ""}`;
    const payload = body === undefined || body instanceof FileBody ? body : toRequestBody(body);
    const mayRepeat = (method === "GET" || method === "LIST") && !wrapTtl;
    const failed: FailedRequest = { method, path, address: this.address, hadToken: Boolean(token) };
    return repeated(mayRepeat ? this.options.retry : { retries: 0 }, async (attempt) => {
      const request = { ...failed, attempts: attempt };
      const answer = await this.transport
        .send(method === "LIST" ? "GET" : method, url, headers, payload, Math.max(timeoutMs, this.timeoutMs))
        .catch((error: unknown) => {
          if (!(error instanceof TransportError)) throw error;
          throw new VaultError(error.kind, request, { reason: error.message });
        });
      this.certificateEnd ??= answer.validTo ? new Date(answer.validTo) : undefined;
      return toResponse<T>(understand(request, answer));
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
    // Vault says seconds; a proxy that says a date is asked again as if it said nothing.
    retryAfter: /^\d+$/.test(headers["retry-after"] ?? "") ? Number(headers["retry-after"]) : undefined,
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
function undefinedIfAbsent(error: unknown): undefined {
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

function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(
      `VAULT_CACERT: given ${JSON.stringify(file)}; accepted: a readable file of PEM certificates ` +
        `(${String((error as NodeJS.ErrnoException).code)}).`,
    );
  }
}

function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    // The text is not repeated: a password may be in it.
    throw new UsageError(
      "VAULT_ADDR is not accepted; accepted: a URL such as https://vault.example.com:8200, without " +
        "a user name, query or fragment.",
    );
  }
  return url;
}

function parseTimeout(text: string | undefined): number | undefined {
  if (!text) return undefined;
  const duration = Duration.parse(/^\d+$/.test(text) ? `${text}s` : text);
  if (!duration)
    throw new UsageError(
      `VAULT_CLIENT_TIMEOUT: given ${JSON.stringify(text)}; accepted: seconds, or ${Duration.ACCEPTED}.`,
    );
  return duration.seconds * 1000;
}
