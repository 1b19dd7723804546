import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** Where requests go. */
export interface TransportOptions {
  /** The server's URL; a path in it stays in front of every request's. */
  readonly address: URL;
  /** PEM text of the CAs to trust; @default those that Node trusts. */
  readonly ca?: string;
  /** The name to expect in the certificate; @default the address's. */
  readonly serverName?: string;
  /** Milliseconds from sending to the answer's end. */
  readonly timeoutMs: number;
}

/** An answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
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

  constructor(private readonly options: TransportOptions) {
    const { address, ca, serverName } = options;
    this.agent =
      address.protocol === "https:"
        ? new HttpsAgent({ keepAlive: true, ca, servername: serverName })
        : new HttpAgent({ keepAlive: true });
  }

  /**
   * Sends one request, once. `path` begins with `/v1/` and is encoded. Throws a TransportError when there is no answer.
   */
  send(method: string, path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<HttpAnswer> {
    const { address, timeoutMs } = this.options;
    const send = address.protocol === "https:" ? httpsRequest : httpRequest;
    const url = new URL(address.pathname.replace(/\/$/, "") + path, address);
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const outgoing = send(url, { method, agent: this.agent, headers: { ...headers, ...length } });
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
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.once("error", fail);
        incoming.once("end", () => {
          clearTimeout(timer);
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString("utf8"),
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
