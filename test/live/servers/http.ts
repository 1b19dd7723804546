import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** A server's answer, whatever its status. */
export interface Answer<T = unknown> {
  readonly status: number;
  /** The JSON body; undefined if there is none or it is not JSON. */
  readonly body: T;
  /** The body as it came. */
  readonly text: string;
}

/** One request of `JsonHttp`. */
export interface JsonRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; @default no body. */
  readonly body?: unknown;
  /** Milliseconds until it fails; @default 30000. */
  readonly timeoutMs?: number;
}

/**
 * JSON over HTTP or HTTPS to one address, connections kept. The harness has its own: what stands in `cli/` is what the
 * live tests test. Global fetch is not used because it takes neither a CA nor a client certificate.
 */
export class JsonHttp {
  private readonly agent: HttpAgent;

  constructor(
    /** `http://…` or `https://…`, without a path. */
    readonly address: string,
    tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } = {},
  ) {
    this.agent = address.startsWith("https:")
      ? new HttpsAgent({ keepAlive: true, ...tls })
      : new HttpAgent({ keepAlive: true });
  }

  /** Sends one request. Throws only when there is no answer. */
  send<T>(
    method: string,
    path: string,
    { headers = {}, body, timeoutMs = 30_000 }: JsonRequest = {},
  ): Promise<Answer<T>> {
    const send = this.address.startsWith("https:") ? httpsRequest : httpRequest;
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const length: Record<string, string | number> = payload
      ? { "content-type": "application/json", "content-length": Buffer.byteLength(payload) }
      : {};
    return new Promise((resolve, reject) => {
      const outgoing = send(
        new URL(path, this.address),
        { method, agent: this.agent, headers: { ...length, ...headers } },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk)).once("error", reject);
          incoming.once("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            resolve({ status: incoming.statusCode ?? 0, body: parse(text) as T, text });
          });
        },
      );
      outgoing.setTimeout(timeoutMs, () =>
        outgoing.destroy(new Error(`${method} ${this.address}${path}: no answer in ${timeoutMs} ms`)),
      );
      outgoing.once("error", reject).end(payload);
    });
  }

  /** Closes the kept connections. */
  close(): void {
    this.agent.destroy();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
