import type { Command } from "commander";
import { didYouMean } from "../../model";
import { UsageError } from "./errors";

/**
 * Refuses words beyond those that a command has, without repeating them: what stands there is most likely the secret
 * that the command asks for. The command must allow excess arguments, or commander would answer first. `what` is e.g.
 * `A value`.
 *
 * Throws a UsageError.
 */
export function refuseSecretArguments(command: Command, what: string): void {
  if (command.args.length <= command.registeredArguments.length) return;
  const words = command.registeredArguments.map((argument) => argument.name().toUpperCase());
  throw new UsageError(
    `${command.name()}: given ${command.args.length} words; accepted: ` +
      `${words.length === 0 ? "none" : words.join(" ")}. ` +
      `${what} has no place on a command line, where the shell's history and every process list ` +
      `show it: it is asked for without being shown. If one stood there, change it now.`,
  );
}

/**
 * The member of `accepted` that was given. `where` is the argument or option, e.g. `--app`. Throws a UsageError, with
 * the nearest name, if there is none.
 */
export function oneOf(where: string, given: string, accepted: readonly string[]): string {
  if (accepted.includes(given)) return given;
  throw new UsageError(
    [
      `${where}: given ${JSON.stringify(given)}; accepted: ${accepted.join(", ") || "none: the config has none"}.`,
      didYouMean(given, accepted),
    ]
      .filter(Boolean)
      .join(" "),
  );
}
