import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A request that the stub got. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One answer; a function may do as it likes with the response (break it off, never end it). */
export type StubAnswer =
  | {
      readonly status: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Record<string, string>;
    }
  | ((response: ServerResponse) => void);

/**
 * A server in the place of Vault, which gives the answers in order (the last one from then on) and remembers what it
 * was asked.
 */
export class StubServer {
  readonly requests: SeenRequest[] = [];
  private answers: StubAnswer[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      this.requests.push({
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      const answer = (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) ?? { status: 204 };
      if (typeof answer === "function") return answer(response);
      const text = answer.text ?? (answer.json === undefined ? "" : JSON.stringify(answer.json));
      return response
        .writeHead(answer.status, {
          "content-type": answer.json === undefined ? "text/html" : "application/json",
          ...answer.headers,
        })
        .end(text);
    });
  });

  /** Starts it on a free loopback port. */
  async start(): Promise<this> {
    this.server.on("connection", (socket: Socket) => this.sockets.add(socket));
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  /** `http://127.0.0.1:<port>` */
  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what it was asked and answers so from now on. */
  answer(...answers: StubAnswer[]): void {
    this.requests.length = 0;
    this.answers = answers;
  }

  /** Stops it, open connections too. */
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
