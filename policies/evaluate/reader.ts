import { describe, refuse, Scanner, type Member, type Token, type Value } from "./syntax";

/** What HCL and JSON have in common: one token ahead, and values. */
export abstract class Reader {
  private readonly scanner: Scanner;
  /** The next token. */
  protected token: Token;

  constructor(
    text: string,
    comments: boolean,
    private readonly hint: string,
  ) {
    this.scanner = new Scanner(text, comments);
    this.token = this.scanner.next();
  }

  /** The members of an object after its `{`, and its `}`. */
  protected abstract members(open: Token): Member[];

  /** The items of a list after its `[`, and its `]`. */
  protected abstract items(): Value[];

  protected take(): Token {
    const taken = this.token;
    if (taken.kind !== "end") this.token = this.scanner.next();
    return taken;
  }

  /** Takes the next token if it is of this kind. */
  protected skip(kind: Token["kind"]): boolean {
    return this.token.kind === kind && this.take() !== undefined;
  }

  protected value(): Value {
    const token = this.take();
    const { kind, text, at } = token;
    if (kind === "string" || kind === "number") return { kind, text, at };
    if (isBoolean(token)) return { kind: "boolean", text, at };
    if (kind === "{") return { kind: "object", members: this.members(token), at };
    if (kind === "[") return { kind: "list", items: this.items(), at };
    return refuse(at, describe(token), "a quoted text, a number, true, false, [ or {", this.hint);
  }
}

/** Whether a token is `true` or `false`. */
export function isBoolean({ kind, text }: Token): boolean {
  return kind === "word" && (text === "true" || text === "false");
}
