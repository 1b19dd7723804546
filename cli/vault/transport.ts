import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from "node:https";
import type { TLSSocket } from "node:tls";

/** An answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The last day of the server's certificate, as TLS says it; undefined without TLS. */
  readonly validTo: string | undefined;
}

/** No answer. `sort` says whether time ran out or the connection failed. */
export class TransportError extends Error {
  constructor(
    readonly sort: "timeout" | "connection",
    message: string,
  ) {
    super(message);
  }
}

/**
 * Plain HTTP requests by Node's own client: global fetch takes no CA. Connections are kept, and do not keep the process
 * alive.
 */
export class Transport {
  private readonly agent: HttpAgent;

  /**
   * @param address the server's URL; a path in it stays in front of every request's
   * @param timeoutMs milliseconds from sending to the answer's end
   * @param options of every request, such as `ca`, `servername` and `agent`; @default none, and an agent of its own
   */
  constructor(
    private readonly address: URL,
    private readonly timeoutMs: number,
    private readonly options: RequestOptions = {},
  ) {
    const Agent = address.protocol === "https:" ? HttpsAgent : HttpAgent;
    this.agent = (options.agent as HttpAgent | undefined) ?? new Agent({ keepAlive: true });
  }

  /** Sends one request, once. `path` is encoded. Throws a TransportError when there is no answer. */
  send(method: string, path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<HttpAnswer> {
    const { address, timeoutMs, options, agent } = this;
    const send = address.protocol === "https:" ? httpsRequest : httpRequest;
    const url = new URL(address.pathname.replace(/\/$/, "") + path, address);
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const outgoing = send(url, {
        ...options,
        method,
        agent,
        headers: { ...(options.headers as Record<string, string>), ...headers, ...length },
      });
      let outOfTime = false;
      const timer = setTimeout(() => {
        outOfTime = true;
        outgoing.destroy(new Error("out of time"));
      }, timeoutMs);
      const fail = (error: Error): void => {
        clearTimeout(timer);
        reject(
          outOfTime
            ? new TransportError("timeout", `${timeoutMs} ms`)
            : new TransportError("connection", describe(error)),
        );
      };
      outgoing.once("error", fail);
      outgoing.once("response", (incoming) => {
        const validTo = (incoming.socket as Partial<TLSSocket>).getPeerCertificate?.().valid_to;
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.once("error", fail);
        incoming.once("end", () => {
          clearTimeout(timer);
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString("utf8"),
            validTo,
          });
        });
      });
      outgoing.end(body);
    });
  }

  /** Closes the kept connections. */
  close(): void {
    this.agent.destroy();
  }
}

// With several addresses for a name (::1 and 127.0.0.1) Node throws an AggregateError whose own message is empty.
function describe(error: Error & { code?: string; errors?: readonly Error[] }): string {
  return error.message || error.errors?.map((inner) => inner.message).join(", ") || error.code || "no connection";
}
