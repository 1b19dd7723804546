import { processIo, type Io } from "./ops/io";
import { loadPlatform } from "./platform-file";
import { newProgram, runProgram } from "./run-program";
import { CONTINUES } from "./up/steps";
import { takeDown } from "./up/take-down";

/** `npm run down` with its words: takes away what `npm run up` brought. */
export async function runDown(words: readonly string[], io: Io): Promise<void> {
  const program = newProgram("npm run down --", io)
    .argument(
      "[environments...]",
      "names of environments; none means all, with the operators, who may do what, and servers that up installed",
    )
    .option(
      "--delete-secrets",
      "delete the values too, every version, of the sets that Terraform placed; the name must be typed in",
    )
    .option("--yes", "do not ask whether it is meant (secrets are never deleted without a name typed in)")
    .description("Take environments away, or all. Values of secrets stay, and a protected environment refuses")
    .addHelpText(
      "after",
      `
Values stay in Vault, and Terraform's state goes on knowing them, so that npm run up finds them again. A server that
npm run up installed is taken away without its volumes; with --delete-secrets its namespace and all that is in it go
(the config must say unsafeDestroy). Of a Vault that stays, --delete-secrets takes the secret sets that Terraform's
state says were placed; it names them, and those that it leaves, before it asks.

Examples:
  npm run down -- dev
  npm run down
  npm run down -- --delete-secrets
  npm run down -- dev --delete-secrets`,
    )
    .action(
      async (
        environments: string[],
        { deleteSecrets = false, yes = false }: { deleteSecrets?: boolean; yes?: boolean },
      ) => {
        await takeDown(io, loadPlatform(io.env.PLATFORM || undefined), { environments, deleteSecrets, yes });
      },
    );
  await runProgram(program, words, io, CONTINUES);
}

if (require.main === module) void runDown(process.argv.slice(2), processIo());
