import { PolicyError } from "../write";

/** A place in a text; both count from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A value of HCL or JSON, with the place where it begins. */
export type Value =
  | { readonly kind: "string" | "number" | "boolean"; readonly text: string; readonly at: Position }
  | { readonly kind: "list"; readonly items: readonly Value[]; readonly at: Position }
  | { readonly kind: "object"; readonly members: readonly Member[]; readonly at: Position };

/** One `key = value`, `key { … }` or `key "label" { … }`. */
export interface Member {
  readonly key: string;
  /** What stands between the key and its block. @default no label, as always in JSON */
  readonly label?: { readonly text: string; readonly at: Position };
  readonly value: Value;
  readonly at: Position;
}

/** A token: punctuation, words and numbers as they stand, a string decoded. */
export interface Token {
  readonly kind: "string" | "number" | "word" | "end" | "{" | "}" | "[" | "]" | "=" | "," | ":";
  readonly text: string;
  readonly at: Position;
}

/** Says that a text cannot be read: always thrown, with line and column. @throws PolicyError */
export function refuse(at: Position, given: string, accepted: string, hint: string): never {
  throw new PolicyError({ where: place(at), given, accepted, hint });
}

/** A position as it stands in messages: `line 3, column 5`. */
export function place(at: Position): string {
  return `line ${at.line}, column ${at.column}`;
}

/** A token as it stands in messages. */
export function describe(token: Token): string {
  if (token.kind === "end") return "the end of the text";
  return token.kind === "string" ? JSON.stringify(token.text) : `\`${token.text}\``;
}

const escapes: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", n: "\n", t: "\t" };
const word = /[A-Za-z_][A-Za-z0-9_.-]*/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?![0-9A-Za-z_.])/y;
// HCL's scanner refuses U+0000 and U+E123 anywhere; a lone surrogate cannot be sent to Vault.
const unreadable = /[\u0000\ue123]|[\ud800-\udfff]/u;

/**
 * Splits what HCL and JSON have in common into tokens. Comments are HCL's (a line from `#` or `//`, and blocks), so
 * only with `comments`.
 */
export class Scanner {
  private offset = 0;
  private line = 1;
  private lineStart = 0;

  /** @throws PolicyError for characters that no policy may hold. */
  constructor(
    private readonly text: string,
    private readonly comments: boolean,
  ) {
    const bad = unreadable.exec(text);
    if (bad === null) return;
    const before = text.slice(0, bad.index).split("\n");
    const at = { line: before.length, column: (before.at(-1) ?? "").length + 1 };
    refuse(
      at,
      JSON.stringify(bad[0]),
      "a text in valid Unicode without U+0000 and U+E123",
      "remove the character: Vault refuses it",
    );
  }

  /**
   * The next token. @throws PolicyError for what neither HCL nor JSON has, and for what this reader leaves out of them.
   */
  next(): Token {
    this.skip();
    const at = this.here();
    const char = this.text[this.offset];
    if (char === undefined) return { kind: "end", text: "", at };
    if (char === '"') return { kind: "string", text: this.string(at), at };
    if ("{}[]=,:".includes(char)) {
      this.offset++;
      return { kind: char as Token["kind"], text: char, at };
    }
    for (const [kind, pattern] of [
      ["word", word],
      ["number", number],
    ] as const) {
      pattern.lastIndex = this.offset;
      const found = pattern.exec(this.text);
      if (found === null) continue;
      this.offset = pattern.lastIndex;
      return { kind, text: found[0], at };
    }
    const hint =
      char === "<"
        ? "write a here-document as a quoted string"
        : "quote texts with double quotes; write numbers in plain decimals";
    return refuse(at, JSON.stringify(char), "a quoted text, a number, a word, or one of { } [ ] = ,", hint);
  }

  private here(): Position {
    return { line: this.line, column: this.offset - this.lineStart + 1 };
  }

  // Only \n ends a line, and with it a comment: to HCL a lone \r is a space.
  private skip(): void {
    for (;;) {
      const char = this.text[this.offset];
      if (char === "\n") this.newline(this.offset++);
      else if (char === " " || char === "\t" || char === "\r") this.offset++;
      else if (!this.comments || !this.comment()) return;
    }
  }

  private newline(offset: number): void {
    this.line++;
    this.lineStart = offset + 1;
  }

  private comment(): boolean {
    const { text } = this;
    if (text[this.offset] === "#" || text.startsWith("//", this.offset)) {
      const end = text.indexOf("\n", this.offset);
      this.offset = end === -1 ? text.length : end;
      return true;
    }
    if (!text.startsWith("/*", this.offset)) return false;
    const end = text.indexOf("*/", this.offset + 2);
    if (end === -1) refuse(this.here(), "/*", "a comment that ends", "close it with */");
    for (let i = this.offset; i < end; i++) if (text[i] === "\n") this.newline(i);
    this.offset = end + 2;
    return true;
  }

  private string(start: Position): string {
    let out = "";
    this.offset++;
    for (;;) {
      const at = this.here();
      const char = this.text[this.offset];
      if (char === undefined || char === "\n")
        refuse(start, "a text that is not closed", "a text in double quotes on one line", 'close it with "');
      this.offset++;
      if (char === '"') return out;
      if (char < " ") refuse(at, JSON.stringify(char), "a text without control characters", "write \\t for a tab");
      if ((char === "$" || char === "%") && this.text[this.offset] === "{") {
        refuse(
          at,
          `${char}{`,
          "a text without ${ and %{",
          "HCL and Terraform give them a meaning of their own; write the name out",
        );
      }
      if (char !== "\\") {
        out += char;
        continue;
      }
      const escaped = escapes[this.text[this.offset++] ?? ""];
      if (escaped === undefined)
        refuse(at, "a backslash", 'the escapes \\" \\\\ \\n \\t', "write the character itself");
      out += escaped;
    }
  }
}
