/** What a line of an audit device is about; the rest of it is as Vault 1.21 writes it. */
export interface LineFacts {
  readonly type?: "request" | "response";
  /** @default 2026-06-01T12:00:00.123456789Z */
  readonly time?: string;
  /** @default d1b28bdf-1dc3-4115-8920-e6edd9e523df */
  readonly id?: string;
  readonly display?: string;
  readonly entity?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly operation?: string;
  readonly path?: string;
  readonly address?: string;
  readonly error?: string;
  /** Of a response; @default the values of a set, where it reads data. */
  readonly response?: Readonly<Record<string, unknown>>;
  readonly namespace?: Readonly<Record<string, string>>;
}

const HASH = `hmac-sha256:${"bfc32f3edfb97834015595989f0d2466".repeat(2)}`;
const VALUES = { data: { data: { DB_PASSWORD: HASH }, metadata: { version: 1 } }, mount_type: "kv" };

/** A line without its end, with keys in Vault's order. */
export function line(facts: LineFacts = {}): string {
  const { type = "response", time = "2026-06-01T12:00:00.123456789Z", operation = "read", error } = facts;
  const { path = "kvv2/data/sample/sample-node-api/sample-node-api-dev", address = "10.0.0.1" } = facts;
  const { display = "userpass-sample-node-api-user", metadata = { username: display.replace(/^userpass-/, "") } } =
    facts;
  const entity = facts.entity ?? `entity-of-${display}`;
  const response = facts.response ?? (operation === "read" && /\/data\//.test(path) ? VALUES : { mount_type: "kv" });
  return JSON.stringify({
    auth: {
      accessor: HASH,
      client_token: HASH,
      display_name: display,
      ...(entity && { entity_id: entity }),
      metadata,
      policies: ["default", "p"],
      policy_results: { allowed: error === undefined, granting_policies: [{ type: "" }] },
      token_type: "service",
    },
    ...(error && { error }),
    request: {
      client_token: HASH,
      headers: { "user-agent": ["Go-http-client/1.1"] },
      id: facts.id ?? "d1b28bdf-1dc3-4115-8920-e6edd9e523df",
      mount_point: "kvv2/",
      namespace: facts.namespace ?? { id: "root" },
      operation,
      path,
      remote_address: address,
      remote_port: 33578,
    },
    ...(type === "response" && { response }),
    time,
    type,
  });
}
