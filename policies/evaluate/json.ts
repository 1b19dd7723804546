import { describe, refuse, Scanner, type Member, type Position, type Token, type Value } from "./syntax";

/**
 * Reads a JSON object with the place of every key. `JSON.parse` would lose places and repeated keys; Vault keeps the
 * latter. Stricter than Vault's own reader, which overlooks a text after the object, drops booleans from lists and
 * takes nested lists apart.
 * @throws PolicyError with line and column for everything that is not JSON, and for `null`, booleans in lists and lists
 * in lists.
 */
export function readJson(text: string): Member[] {
  const reader = new JsonReader(text);
  return reader.document();
}

class JsonReader {
  private readonly scanner: Scanner;

  constructor(text: string) {
    this.scanner = new Scanner(text, false);
  }

  document(): Member[] {
    const members = this.members(this.expect("{", "a JSON policy is one object"));
    this.expect("end", "Vault would overlook what stands here; remove it");
    return members;
  }

  private expect(kind: Token["kind"], hint: string): Token {
    const token = this.scanner.next();
    return token.kind === kind
      ? token
      : refuse(token.at, describe(token), kind === "end" ? "the end of the text" : kind, hint);
  }

  private members(open: Token): Member[] {
    const out: Member[] = [];
    let token = this.scanner.next();
    if (token.kind === "}") return out;
    for (;;) {
      if (token.kind !== "string")
        refuse(token.at, describe(token), "a name in double quotes", "JSON has no comments and no comma before }");
      this.expect(":", `write ${JSON.stringify(token.text)}: …`);
      out.push({ key: token.text, value: this.value(this.scanner.next()), at: token.at });
      const sign = this.scanner.next();
      if (sign.kind === "}") return out;
      if (sign.kind !== ",")
        refuse(sign.at, describe(sign), ", or }", `close the object that begins in line ${open.at.line}`);
      token = this.scanner.next();
    }
  }

  private value(token: Token): Value {
    if (token.kind === "string" || token.kind === "number") return { kind: token.kind, text: token.text, at: token.at };
    if (token.kind === "word" && (token.text === "true" || token.text === "false"))
      return { kind: "boolean", text: token.text, at: token.at };
    if (token.kind === "{") return { kind: "object", members: this.members(token), at: token.at };
    if (token.kind === "[") return this.list(token.at);
    return refuse(
      token.at,
      describe(token),
      "a quoted text, a number, true, false, [ or {",
      "put texts in double quotes; leave out what is null",
    );
  }

  private list(at: Position): Value {
    const items: Value[] = [];
    let token = this.scanner.next();
    if (token.kind === "]") return { kind: "list", items, at };
    for (;;) {
      const item = this.value(token);
      if (item.kind === "boolean" || item.kind === "list") {
        refuse(
          item.at,
          item.kind === "list" ? "a list in a list" : item.text,
          "texts, numbers and objects",
          "write the policy in HCL: Vault misreads this in JSON",
        );
      }
      items.push(item);
      const sign = this.scanner.next();
      if (sign.kind === "]") return { kind: "list", items, at };
      if (sign.kind !== ",") refuse(sign.at, describe(sign), ", or ]", "separate the members of a list with commas");
      token = this.scanner.next();
    }
  }
}
