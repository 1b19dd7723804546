import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import type { Acknowledged, LoadTarget } from "./load";

/**
 * A program of its own, started in the cluster's network by load.ts: `write` writes until it is ended, and prints each
 * acknowledged write as a line of JSON; `read FILE` reads those back, and prints the paths of what is not there.
 */
const target = JSON.parse(process.env.LOAD ?? "") as LoadTarget;
const CLIENTS = 4;
const ca = readFileSync(target.caFile);
/** Milliseconds for one answer: a server that is gone says nothing. */
const TIMEOUT_MS = 2_000;
/** Milliseconds between two writes of a client, and before it tries again. */
const PAUSE_MS = 100;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A client keeps its connection, and takes another one after a failure. */
class Client {
  private agent = new Agent({ keepAlive: true, maxSockets: 1 });

  async send(method: string, path: string, body?: object): Promise<Answer> {
    try {
      return await this.once(method, path, body);
    } catch (error) {
      this.agent.destroy();
      this.agent = new Agent({ keepAlive: true, maxSockets: 1 });
      throw error;
    }
  }

  private once(method: string, path: string, body?: object): Promise<Answer> {
    const { host, port, servername } = target;
    const options = { host, port, servername, ca, agent: this.agent, method, path: `/v1/${path}` };
    const headers = { "x-vault-token": process.env.VAULT_TOKEN ?? "" };
    return new Promise((resolve, reject) => {
      const outgoing = request({ ...options, headers }, (incoming) => {
        let text = "";
        incoming.on("data", (chunk: Buffer) => (text += chunk.toString())).once("error", reject);
        incoming.once("end", () => resolve({ status: incoming.statusCode ?? 0, text }));
      });
      const late = setTimeout(() => outgoing.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
      outgoing.once("close", () => clearTimeout(late));
      outgoing.once("error", reject).end(body && JSON.stringify(body));
    });
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

/** Every write is of a path of its own: one that nobody acknowledged is not tried again. */
async function write(name: number): Promise<never> {
  const client = new Client();
  for (let count = 1; ; count++) {
    const path = `${target.prefix}/${name}-${count}`;
    const answer = await client.send("POST", path, { data: { path } }).catch(({ message }: Error) => message);
    const acknowledged = typeof answer !== "string" && answer.status === 200;
    const said = typeof answer === "string" ? answer : `${answer.status} ${answer.text.trim()}`;
    const line = { at: Date.now(), client: name, ...(acknowledged ? { path } : { failed: said.slice(0, 300) }) };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    await pause();
  }
}

async function read(file: string): Promise<void> {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  const left = lines.map((line) => JSON.parse(line) as Partial<Acknowledged>).flatMap(({ path }) => path ?? []);
  const readAll = async () => {
    const client = new Client();
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      const { status, text } = await client.send("GET", path);
      const value = status === 200 ? (JSON.parse(text) as { data: { data: { path: string } } }).data.data.path : text;
      if (value !== path) process.stdout.write(`${path}\n`);
    }
  };
  await Promise.all(Array.from({ length: 2 * CLIENTS }, readAll));
}

const [mode, file = ""] = process.argv.slice(2);
if (mode === "read") void read(file);
else for (let name = 1; name <= CLIENTS; name++) void write(name);
