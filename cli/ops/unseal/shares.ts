import { SecretValue, VaultError } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";

/** What a server answers to a share. */
interface ShareAnswer<T> {
  /** Shares that it has now. */
  readonly progress: number;
  /** What it came to; undefined while shares are missing. */
  readonly done?: T;
}

/** Something that takes key shares: unsealing, the making of a root token. */
interface ShareTaker<T> {
  /** What the shares are for, as in `to unseal http://127.0.0.1:8200`. */
  readonly purpose: string;
  /** `key share`, or `recovery share` of a Vault that unseals itself; @default "key share". */
  readonly kind?: string;
  /** Shares that it takes. */
  readonly required: number;
  /** Shares that it has already, from whoever began; @default 0. */
  readonly progress?: number;
  /** How often shares that do not fit are asked for again before it is given up; @default without end. */
  readonly attempts?: number;
  /** Hands one over. Throws a VaultError of kind `badRequest` or `server` for a share that Vault does not take. */
  send(share: SecretValue): Promise<ShareAnswer<T>>;
  /** Begins again without the shares that it has. */
  restart(): Promise<unknown>;
}

/**
 * The key shares of one run, in memory only: those that people gave, asked for one by one by hidden prompt, or those
 * that this run has just made. What was taken once is not asked for again, so that the second server of an HA Vault
 * needs no question.
 */
export class Shares {
  constructor(
    private readonly io: Io,
    private known: readonly SecretValue[] = [],
  ) {}

  /**
   * Gives shares until it is done, and returns what it came to. A share that is none, that was given before, or that
   * does not fit the others is said and asked for again. Throws a UsageError without a terminal when a share must be
   * asked for, and VaultErrors that no other share would help.
   */
  async giveTo<T>(taker: ShareTaker<T>): Promise<T> {
    const kind = taker.kind ?? "key share";
    let progress = taker.progress ?? 0;
    let given: SecretValue[] = [];
    let attempts = 1;
    // Known shares would be sent twice where somebody has begun.
    const known = progress === 0 ? [...this.known] : [];
    for (;;) {
      const asked = known.length === 0;
      const share = known.shift() ?? (await this.ask(`${kind} ${progress + 1} of ${taker.required}, ${taker.purpose}`));
      if (asked && !looksLikeShare(share)) {
        this.io.err(
          `that is no ${kind}: it is 32 or 33 bytes, in base64 or hexadecimal. It was not sent; once more, please.`,
        );
        continue;
      }
      try {
        const answer = await taker.send(share);
        if (answer.done !== undefined) {
          if (given.length + 1 >= taker.required) this.known = [...given, share];
          return answer.done;
        }
        if (answer.progress <= progress && asked) this.io.err(`that ${kind} was given before; another one, please.`);
        else {
          given.push(share);
          if (asked) this.io.err(`${answer.progress} of ${taker.required} taken.`);
        }
        progress = answer.progress;
      } catch (error) {
        if (!(error instanceof VaultError) || (error.kind !== "badRequest" && error.kind !== "server")) throw error;
        if (!this.io.terminal || attempts++ === taker.attempts)
          throw new OpsError(`${taker.purpose}: the ${kind}s do not fit. ${error.message}`);
        // Only the last share lets Vault see whether they fit, and not which of them does not.
        this.io.err(
          progress + 1 >= taker.required
            ? `Vault did not take the ${kind}s: at least one of the ${taker.required} is wrong, ` +
                `from another Vault, or from before a rekey; which one cannot be told. All are asked for again.`
            : `Vault did not take that ${kind} (${error.errors.join("; ") || error.kind}). All are asked for again.`,
        );
        await taker.restart();
        [progress, given] = [0, []];
        known.length = 0;
        this.known = [];
      }
    }
  }

  private async ask(question: string): Promise<SecretValue> {
    const text = await this.io.askSecret(question.charAt(0).toUpperCase() + question.slice(1));
    return new SecretValue(text.unsafeReveal().trim());
  }
}

/**
 * Vault's shares: the 32 bytes of a key, and a byte more when it was split; base64 or hexadecimal. Source: answers of
 * Vault 1.21.
 */
function looksLikeShare(share: SecretValue): boolean {
  return /^([0-9a-fA-F]{64}|[0-9a-fA-F]{66}|[A-Za-z0-9+/_-]{43}=?|[A-Za-z0-9+/_-]{44})$/.test(share.unsafeReveal());
}
