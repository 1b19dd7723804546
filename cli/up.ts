import { shareOptions, type ShareOptions } from "./ops/init";
import { processIo, type Io } from "./ops/io";
import { Duration } from "../model";
import { UsageError } from "./ops/errors";
import { loadPlatform } from "./platform-file";
import { newProgram, runProgram } from "./run-program";
import { bringUp } from "./up/bring-up";
import { CONTINUES } from "./up/steps";

/** `npm run up` with its words: from an empty cluster to synced secrets. */
export async function runUp(words: readonly string[], io: Io): Promise<void> {
  const program = newProgram("npm run up --", io)
    .argument("[environments...]", "names of environments; none means all that can be reached")
    .option("--sync-timeout <duration>", "how long to wait for values to reach their Secrets, e.g. 90s or 5m", "3m")
    .option("--pod-timeout <duration>", "how long to wait for the pods of a new server, e.g. 10m", "5m")
    .option("--no-wait", "do not wait for values to reach their Secrets")
    .option("--keep-root-token", "leave the root token that VAULT_TOKEN gave")
    .description(
      "Bring up Vault, who may do what in it, the operator, and environments, until their secrets " +
        "are synced. Run it again after any interruption: it continues",
    );
  shareOptions(program)
    .addHelpText(
      "after",
      `
Asks for nothing but key shares, where a Vault is new or sealed, and the password of platform-admin. With VAULT_ADDR
it sets up the Vault that is there, and installs none; a Vault that is only inside a cluster is reached by a
port-forward of its own. A plan that would delete something is not applied.

Examples:
  npm run up
  npm run up -- local
  npm run up -- local --out-dir /media/usb/shares
  VAULT_ADDR=https://vault.example.com:8200 npm run up -- dev qa`,
    )
    .action(
      async (
        environments: string[],
        options: ShareOptions & { syncTimeout: string; podTimeout: string; wait: boolean; keepRootToken?: boolean },
      ) => {
        const [syncTimeoutMs, podTimeoutMs] = [
          milliseconds("--sync-timeout", options.syncTimeout),
          milliseconds("--pod-timeout", options.podTimeout),
        ];
        await bringUp(io, loadPlatform(io.env.PLATFORM || undefined), {
          ...options,
          environments,
          syncTimeoutMs: options.wait ? syncTimeoutMs : 0,
          podTimeoutMs,
        });
      },
    );
  await runProgram(program, words, io, CONTINUES);
}

function milliseconds(option: string, text: string): number {
  const duration = Duration.parse(text);
  if (!duration) throw new UsageError(`${option}: given ${JSON.stringify(text)}; accepted: ${Duration.ACCEPTED}.`);
  return duration.seconds * 1000;
}

if (require.main === module) void runUp(process.argv.slice(2), processIo());
