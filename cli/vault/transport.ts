import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from "node:https";
import { createReadStream, statSync } from "node:fs";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { TLSSocket } from "node:tls";

/** An answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The last day of the server's certificate, as TLS says it; undefined without TLS. */
  readonly validTo: string | undefined;
}

/** A file that is sent as it is. */
export class FileBody {
  constructor(readonly file: string) {}
}

/** No answer: time ran out, or the connection failed. */
export class TransportError extends Error {
  constructor(
    readonly kind: "timeout" | "unreachable",
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

  /**
   * Sends one request, once, and waits `timeoutMs` milliseconds for the end of the answer (@default the transport's).
   * `path` is encoded. Throws a TransportError when there is no answer.
   */
  async send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string | FileBody,
    timeoutMs = this.timeoutMs,
  ): Promise<HttpAnswer> {
    const { address, options, agent } = this;
    const send = address.protocol === "https:" ? httpsRequest : httpRequest;
    const url = new URL(address.pathname.replace(/\/$/, "") + path, address);
    const length = body === undefined ? {} : { "content-length": lengthOf(body) };
    const all = { ...(options.headers as Record<string, string>), ...headers, ...length };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
        const request = send(url, { ...options, method, agent, headers: all, signal }, resolve).once("error", reject);
        if (body instanceof FileBody) pipeline(createReadStream(body.file), request).catch(reject);
        else request.end(body);
      });
      return {
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        validTo: (incoming.socket as Partial<TLSSocket>).getPeerCertificate?.().valid_to,
        text: await text(incoming),
      };
    } catch (error) {
      throw signal.aborted
        ? new TransportError("timeout", `${timeoutMs} ms`)
        : new TransportError("unreachable", describe(error as Error));
    }
  }

  /** Closes the kept connections. */
  close(): void {
    this.agent.destroy();
  }
}

function lengthOf(body: string | FileBody): number {
  return body instanceof FileBody ? statSync(body.file).size : Buffer.byteLength(body);
}

// With several addresses for a name (::1 and 127.0.0.1) Node throws an AggregateError whose own message is empty.
function describe(error: Error & { code?: string; errors?: readonly Error[] }): string {
  return error.message || error.errors?.map((inner) => inner.message).join(", ") || error.code || "no connection";
}
