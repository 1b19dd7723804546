import { Reader } from "./reader";
import { describe, refuse, type Member, type Token, type Value } from "./syntax";

/**
 * Reads a JSON object with the place of every key. `JSON.parse` would lose places and repeated keys; Vault keeps the
 * latter. Stricter than Vault's own reader, which overlooks a text after the object, drops booleans from lists and
 * takes nested lists apart.
 * @throws PolicyError with line and column for everything that is not JSON, and for `null`, booleans in lists and lists
 * in lists.
 */
export function readJson(text: string): Member[] {
  return new JsonReader(text, false, "put texts in double quotes; leave out what is null").document();
}

class JsonReader extends Reader {
  document(): Member[] {
    const members = this.members(this.expect("{", "{", "a JSON policy is one object"));
    this.expect("end", "the end of the text", "Vault would overlook what stands here; remove it");
    return members;
  }

  private expect(kind: Token["kind"], accepted: string, hint: string): Token {
    return this.token.kind === kind ? this.take() : refuse(this.token.at, describe(this.token), accepted, hint);
  }

  protected members(open: Token): Member[] {
    return this.separated("}", `close the object that begins in line ${open.at.line}`, () => {
      const { text: key, at } = this.expect(
        "string",
        "a name in double quotes",
        "JSON has no comments and no comma before }",
      );
      this.expect(":", ":", `write ${JSON.stringify(key)}: …`);
      return { key, value: this.value(), at };
    });
  }

  protected items(): Value[] {
    return this.separated("]", "separate the members of a list with commas", () => {
      const item = this.value();
      if (item.kind !== "boolean" && item.kind !== "list") return item;
      return refuse(
        item.at,
        item.kind === "list" ? "a list in a list" : item.text,
        "texts, numbers and objects",
        "write the policy in HCL: Vault misreads this in JSON",
      );
    });
  }

  private separated<T>(end: "}" | "]", hint: string, read: () => T): T[] {
    const out: T[] = [];
    if (this.skip(end)) return out;
    do out.push(read());
    while (this.skip(","));
    this.expect(end, `, or ${end}`, hint);
    return out;
  }
}
