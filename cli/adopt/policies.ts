import { Acl, DEFAULT_POLICY, newAccess, readPolicy, type NewAccess } from "../../policies/evaluate";
import { PolicyError } from "../../policies/write";
import type { Found } from "./found";

/** The policies of a Vault by name, with their texts. */
export class PolicyTexts {
  private readonly texts: ReadonlyMap<string, string>;

  constructor({ now }: Found) {
    this.texts = new Map([
      ["default", DEFAULT_POLICY],
      ...now.objects
        .filter(({ type }) => type === "vault_policy")
        .map(({ values }) => [String(values.name).toLowerCase(), String(values.policy)] as const),
    ]);
  }

  has(name: string): boolean {
    return this.texts.has(name.toLowerCase());
  }

  /** Of those that there are: a name without a policy gives nothing. */
  of(names: readonly string[]): string[] {
    return names.flatMap((name) => this.texts.get(name.toLowerCase()) ?? []);
  }

  /** What a policy lets its holder do; why that cannot be judged, where it is a text. */
  read(name: string): Acl | string {
    const [text] = this.of([name]);
    return text === undefined
      ? "there is no such policy"
      : judged(() => Acl.of([{ name, policy: readPolicy(text, `policy ${name}`) }]));
  }
}

/** What the second texts let through and the first do not; why that cannot be judged, where it is a text. */
export function gained(before: readonly string[], after: readonly string[]): readonly NewAccess[] | string {
  return judged(() => newAccess(before, after));
}

function judged<T>(judge: () => T): T | string {
  try {
    return judge();
  } catch (error) {
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
}
