import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What goes wrong in place of an answer. `lost`: Vault does it, and the connection breaks before the answer. */
export type Fault = "sealed" | "forbidden" | "rate limited" | "server error" | "lost";

/** How Vault says it. Retry-After: 0, so that repeated reads cost no time. */
const ANSWERS: {
  readonly [F in Exclude<Fault, "lost">]: { readonly status: number; readonly errors: readonly string[] };
} = {
  sealed: { status: 503, errors: ["Vault is sealed"] },
  forbidden: { status: 403, errors: ["1 error occurred:\n\t* permission denied\n\n"] },
  "rate limited": { status: 429, errors: ['request path "x": rate limit quota exceeded'] },
  "server error": { status: 500, errors: ["internal error"] },
};

/** Stands in front of a Vault and lets it fail from a request on. */
export class FaultProxy {
  /** Requests since the last `failFrom`, as `METHOD /v1/path`. */
  seen: string[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly agent = new Agent({ keepAlive: true });
  private first = Infinity;
  private last = Infinity;
  private fault: Fault = "server error";
  private called?: { readonly number: number; readonly done: () => void };
  private readonly server = createServer((incoming, outgoing) => this.handle(incoming, outgoing));

  constructor(private readonly target: string) {}

  /** Starts it on a free loopback port. */
  async start(): Promise<this> {
    this.server.on("connection", (socket: Socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  /** `http://127.0.0.1:<port>` */
  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Fails the request of that number, counted from 1 and from now, up to `last` (@default for good). */
  failFrom(first: number, fault: Fault, last = Infinity): void {
    this.seen = [];
    this.first = first;
    this.last = last;
    this.fault = fault;
  }

  /** Calls `done` when Vault has answered the request of that number, before the answer is passed on. */
  callAt(number: number, done: () => void): void {
    this.heal();
    this.called = { number, done };
  }

  /** Lets everything through again. */
  heal(): void {
    this.called = undefined;
    this.failFrom(Infinity, this.fault);
  }

  /** Stops it, open connections too. */
  async stop(): Promise<void> {
    this.agent.destroy();
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    this.seen.push(`${incoming.method} ${incoming.url}`);
    const number = this.seen.length;
    const fails = this.seen.length >= this.first && this.seen.length <= this.last;
    if (fails && this.fault !== "lost") {
      const { status, errors } = ANSWERS[this.fault];
      incoming
        .resume()
        .once("end", () =>
          outgoing
            .writeHead(status, { "content-type": "application/json", "retry-after": "0" })
            .end(JSON.stringify({ errors })),
        );
      return;
    }
    const forward = request(
      `${this.target}${incoming.url}`,
      { method: incoming.method, headers: incoming.headers, agent: this.agent },
      (answer) => {
        if (this.called?.number === number) this.called.done();
        if (fails) return answer.resume().once("end", () => outgoing.destroy());
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        return answer.pipe(outgoing);
      },
    );
    forward.once("error", () => outgoing.destroy());
    incoming.pipe(forward);
  }
}
