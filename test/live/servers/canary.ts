import { randomBytes } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where a canary was found. */
export interface CanaryHit {
  /** The label given to `Canary.value`. */
  readonly label: string;
  /** The file, or the name given to `searchText`. */
  readonly where: string;
  readonly form: "plain" | "base64";
}

/**
 * Values that no other text holds, to put in the place of secrets and look for afterwards. Each is found plain and
 * inside any longer base64 text (at each of its three alignments; base64url too). What is compressed, encrypted or
 * hashed is not found.
 */
export class Canary {
  private readonly labels = new Map<string, string>();

  /** A new value, 128 random bits, e.g. `canary-0f3c…`. It is never printed: hits name the label. */
  value(label: string): string {
    const value = `canary-${randomBytes(16).toString("hex")}`;
    this.labels.set(value, label);
    return value;
  }

  /**
   * Looks also for a value that was made elsewhere (a password, a token). At least 12 characters, or chance would find
   * it in base64.
   */
  watch(label: string, value: string): void {
    if (value.length < 12)
      throw new RangeError(`${label}: a canary of ${value.length} characters; accepted: at least 12`);
    this.labels.set(value, label);
  }

  /** The canaries in a text. `where` names it in the hits. */
  searchText(where: string, text: string): CanaryHit[] {
    const hits: CanaryHit[] = [];
    for (const [value, label] of this.labels) {
      if (text.includes(value)) hits.push({ label, where, form: "plain" });
      if (base64Forms(value).some((form) => text.includes(form))) hits.push({ label, where, form: "base64" });
    }
    return hits;
  }

  /**
   * The canaries in files, and in all files below folders (hidden ones too, links not followed). Throws if a path is
   * not there.
   */
  searchFiles(...paths: readonly string[]): CanaryHit[] {
    return paths.flatMap((path) => {
      const entry = lstatSync(path);
      if (entry.isDirectory()) return this.searchFiles(...readdirSync(path).map((name) => join(path, name)));
      return entry.isFile() ? this.searchText(path, readFileSync(path, "utf8")) : [];
    });
  }
}

/**
 * The parts of a value's base64 text that do not depend on what stands around it, one for each of the three places it
 * may start in a group of three bytes. They hold no `+` or `/` for a hexadecimal canary; for other values the base64url
 * form is added.
 */
export function base64Forms(value: string): string[] {
  const forms = [0, 1, 2].map((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
    const encoded = bytes.toString("base64");
    // The first characters mix in what stands before, the last what stands after (or padding).
    return encoded.slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
  });
  return [...new Set(forms.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]))];
}
