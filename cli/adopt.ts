import { adopt, type AdoptOptions } from "./adopt/adopt";
import { adoptPolicy } from "./adopt/reader-policy";
import { processIo, type Io } from "./ops/io";
import { newProgram, runProgram } from "./run-program";

/** Runs a command line, without node's own two words. */
export async function runAdopt(words: readonly string[], io: Io): Promise<void> {
  const program = newProgram("adopt", io)
    .description(
      "Reads a Vault that was set up without this product, writes the config that describes it, and says what it " +
        "does not describe. The token is VAULT_TOKEN, else what vault login left, else a login here.",
    )
    .option("--vault <url>", "where the Vault is; else VAULT_ADDR")
    .option("--mount <path>", "the kv-v2 mount, where several have secrets at <platform>/<app>/<app>-<environment>")
    .option("--name <platform>", "the folder in the mount, where several do")
    .option("--out <file>", "the config to write, which must not be there", "config/adopted.ts")
    .option("--policy", "show the policy that a token for this needs (of --mount, else kvv2), and do nothing else")
    .action(async ({ policy, ...options }: AdoptOptions & { readonly policy?: boolean }) => {
      if (policy) io.out(adoptPolicy(options.mount ?? "kvv2").trimEnd());
      else await adopt(io, options);
    });
  await runProgram(program, words, io, "stopped; nothing was changed.");
}

if (require.main === module) void runAdopt(process.argv.slice(2), processIo());
