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

  /** What the policies together let their holder do; why that cannot be judged, where it is a text. */
  read(names: readonly string[]): Acl | string {
    return judged(() => {
      const known = names.filter((name) => this.has(name));
      return Acl.of(known.map((name) => ({ name, policy: readPolicy(this.of([name])[0]!, `policy ${name}`) })));
    });
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
