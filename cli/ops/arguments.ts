import type { Command } from "commander";
import { didYouMean } from "../../model";
import { UsageError } from "./errors";

/**
 * Has a command refuse words beyond those that it has, without repeating them: what stands there is most likely the
 * secret that the command asks for. `what` is e.g. `A value`. Running it throws a UsageError then. A command that takes
 * any number of words looks at each itself.
 */
export function refuseSecretArguments(command: Command, what: string): Command {
  return command.allowExcessArguments().hook("preAction", (_, { args, registeredArguments }) => {
    if (args.length <= registeredArguments.length || registeredArguments.at(-1)?.variadic) return;
    const words = registeredArguments.map((argument) => argument.name().toUpperCase());
    throw new UsageError(
      `${command.name()}: given ${args.length} words; accepted: ${words.join(" ") || "none"}. ` +
        `${what} has no place on a command line, where the shell's history and every process list ` +
        `show it: it is asked for without being shown. If one stood there, change it now.`,
    );
  });
}

/** For an option that may be given several times: all that was given. */
export function repeated(given: string, before: readonly string[] = []): string[] {
  return [...before, given];
}

/** What is said of a name that is none: what was given, what is accepted, and the nearest. */
export function notAccepted(where: string, given: string, accepted: readonly string[], which = ""): string {
  const names = accepted.join(", ") || "none: there is none";
  return [`${where}: given ${JSON.stringify(given)}; accepted: ${which}${names}.`, didYouMean(given, accepted)]
    .filter(Boolean)
    .join(" ");
}

/**
 * The member of `accepted` that was given: names, or what has them. `where` is the argument or option, e.g. `--app`.
 * Throws a UsageError, with the nearest name, if there is none.
 */
export function oneOf(where: string, given: string, accepted: readonly (string | { readonly name: string })[]): string {
  const names = accepted.map((each) => (typeof each === "string" ? each : each.name));
  if (!names.includes(given)) throw new UsageError(notAccepted(where, given, names));
  return given;
}
