import { isBoolean, Reader } from "./reader";
import { describe, refuse, type Member, type Value } from "./syntax";

/**
 * Reads the part of HCL (version 1, which Vault uses) that policies are written in: blocks with at most one label,
 * attributes, lists, objects, quoted texts, numbers, booleans, comments. As in HCL 1, commas between members are
 * optional and line breaks mean nothing.
 * @throws PolicyError with line and column for everything else.
 */
export function readHcl(text: string): Member[] {
  return new HclReader(text, true, "put texts in double quotes").document();
}

class HclReader extends Reader {
  document(): Member[] {
    return this.until("end");
  }

  protected members(): Member[] {
    return this.until("}");
  }

  private until(end: "}" | "end"): Member[] {
    const out: Member[] = [];
    while (!this.skip(end)) {
      out.push(this.member());
      this.skip(",");
    }
    return out;
  }

  private member(): Member {
    const key = this.take();
    // `true` and `false` are values to HCL wherever they stand.
    const isKey = key.kind === "string" || (key.kind === "word" && !isBoolean(key));
    if (!isKey)
      refuse(key.at, describe(key), "a name, or the end of the block", 'a rule is path "…" { capabilities = […] }');
    const label = this.token.kind === "string" ? this.take() : undefined;
    if (this.token.kind === "{") return { key: key.text, ...(label && { label }), value: this.value(), at: key.at };
    const sign = this.take();
    if (sign.kind !== "=" || label !== undefined) {
      const hint =
        sign.kind === "word" ? "put the label in double quotes" : `write ${key.text} = …, or ${key.text} { … }`;
      refuse(sign.at, describe(sign), label ? "{" : "= or {", hint);
    }
    return { key: key.text, value: this.value(), at: key.at };
  }

  protected items(): Value[] {
    const out: Value[] = [];
    while (!this.skip("]")) {
      out.push(this.value());
      const { kind, at } = this.token;
      if (!this.skip(",") && kind !== "]")
        refuse(at, describe(this.token), ", or ]", "separate the members of a list with commas");
    }
    return out;
  }
}
