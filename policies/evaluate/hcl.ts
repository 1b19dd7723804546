import { describe, refuse, Scanner, type Member, type Position, type Token, type Value } from "./syntax";

/**
 * Reads the part of HCL (version 1, which Vault uses) that policies are written in: blocks with at most one label,
 * attributes, lists, objects, quoted texts, numbers, booleans, comments. As in HCL 1, commas between members are
 * optional and line breaks mean nothing.
 * @throws PolicyError with line and column for everything else.
 */
export function readHcl(text: string): Member[] {
  const reader = new HclReader(text);
  return reader.members("end");
}

class HclReader {
  private readonly scanner: Scanner;
  private token: Token;

  constructor(text: string) {
    this.scanner = new Scanner(text, true);
    this.token = this.scanner.next();
  }

  members(end: "}" | "end"): Member[] {
    const out: Member[] = [];
    while (this.token.kind !== end) {
      out.push(this.member());
      this.comma();
    }
    return out;
  }

  private comma(): boolean {
    if (this.token.kind !== ",") return false;
    this.take();
    return true;
  }

  private take(): Token {
    const taken = this.token;
    this.token = this.scanner.next();
    return taken;
  }

  private member(): Member {
    const key = this.take();
    // `true` and `false` are values to HCL wherever they stand.
    const isKey = key.kind === "string" || (key.kind === "word" && !isBoolean(key));
    if (!isKey)
      refuse(key.at, describe(key), "a name, or the end of the block", 'a rule is path "…" { capabilities = […] }');
    const label = this.token.kind === "string" ? this.take() : undefined;
    const sign = this.take();
    if (sign.kind === "{") return { key: key.text, ...(label && { label }), value: this.object(sign.at), at: key.at };
    if (sign.kind !== "=" || label !== undefined) {
      const hint =
        sign.kind === "word" ? "put the label in double quotes" : `write ${key.text} = …, or ${key.text} { … }`;
      refuse(sign.at, describe(sign), label ? "{" : "= or {", hint);
    }
    return { key: key.text, value: this.value(), at: key.at };
  }

  private value(): Value {
    const token = this.take();
    if (token.kind === "string" || token.kind === "number") return { kind: token.kind, text: token.text, at: token.at };
    if (token.kind === "word" && isBoolean(token)) return { kind: "boolean", text: token.text, at: token.at };
    if (token.kind === "{") return this.object(token.at);
    if (token.kind === "[") return this.list(token.at);
    return refuse(
      token.at,
      describe(token),
      "a quoted text, a number, true, false, [ or {",
      "put texts in double quotes",
    );
  }

  private object(at: Position): Value {
    const members = this.members("}");
    this.take();
    return { kind: "object", members, at };
  }

  private list(at: Position): Value {
    const items: Value[] = [];
    while (this.token.kind !== "]") {
      items.push(this.value());
      if (this.comma()) continue;
      const after: Token = this.token;
      if (after.kind !== "]") refuse(after.at, describe(after), ", or ]", "separate the members of a list with commas");
    }
    this.take();
    return { kind: "list", items, at };
  }
}

function isBoolean(token: Token): boolean {
  return token.text === "true" || token.text === "false";
}
