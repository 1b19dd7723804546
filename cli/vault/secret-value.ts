import { inspect } from "node:util";

const HIDDEN = "[secret]";

/**
 * A value that must not be seen: a token, a password, a key share, an answer that holds one. Printing, inspecting,
 * concatenating and JSON all show `[secret]`; what is inside comes out by `unsafeReveal` alone, and in the body or
 * header of a request to Vault (`VaultClient` reveals it there). Held in memory only. It does not protect against who
 * can read the process's memory.
 */
export class SecretValue<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value. Not for messages, logs, arguments or files. */
  unsafeReveal(): T {
    return this.#value;
  }

  /** `[secret]` */
  toString(): string {
    return HIDDEN;
  }

  /** `[secret]` */
  toJSON(): string {
    return HIDDEN;
  }

  /** `[secret]` */
  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** `body` as JSON for a request, with every `SecretValue` in it revealed: the one place where that happens. */
export function toRequestBody(body: unknown): string {
  return JSON.stringify(body, function (this: Record<string, unknown>, key: string, value: unknown) {
    const before = this[key]; // `value` has been through toJSON
    return before instanceof SecretValue ? before.unsafeReveal() : value;
  });
}

/**
 * A text without what looks like a Vault token: `hvs.`, `hvb.` and `hvr.`, and the `s.`, `b.` and `r.` of servers
 * before 1.10. Vault's own messages hold none; a proxy's, or a mistake in a path, might.
 */
export function withoutTokens(text: string): string {
  return text.replace(/\bhv[sbr]\.[\w.-]+/g, "[token]").replace(/\b[sbr]\.[A-Za-z0-9]{24,}/g, "[token]");
}
