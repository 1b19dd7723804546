import type { Command } from "commander";
import { didYouMean, type Platform } from "../../../model";
import { loadPlatform } from "../../platform-file";
import { EXIT, UsageError } from "../errors";
import type { Io } from "../io";
import { withSession } from "../session";
import { tokenCount } from "../users/tokens";
import { checklist } from "./checklist";
import { cutUser, cutWorkloads } from "./cut";
import { planForShare, planForUser, planForWorkloads } from "./plan";
import { everything } from "./reach";
import { chooseSuspect, type Suspect, type SuspectOptions } from "./suspect";
import { lookAtUser, lookAtWorkloads } from "./vault-facts";

const HELP = `
Prints, as a Markdown checklist, what that identity could read and change (by the config and by the policies that Vault has), how it is cut off, and the
values to change in order: protected environments first. Without --confirm nothing is changed. Run it again after a failure: it does what is left.
docs/runbooks/breach.md tells the whole.

Examples:
  npm run ops -- breach --user mei.tanaka
  npm run ops -- breach --user mei.tanaka --confirm > breach.md
  npm run ops -- breach --workload payments/prod-eu
  npm run ops -- breach --app payments --vault prod
  npm run ops -- breach --unseal-share`;

/** `ops breach`. */
export function addBreach(program: Command, io: Io): void {
  program
    .command("breach")
    .option("--user <name>", "a person's password or token")
    .option("--app <name>", "an app: its workloads in every environment")
    .option("--environment <name>", "an environment: all its workloads")
    .option("--workload <app/env>", "one app in one environment")
    .option("--unseal-share", "a share of the unseal key (or a recovery key)")
    .option("--vault <name>", "the Vault, where it is on several")
    .option("--dry-run", "only print the checklist; this is the default")
    .option("--confirm", "cut the identity off, then print the checklist")
    .description("After a leak: what could be read, cut it off, and the checklist of what to change")
    .addHelpText("after", HELP)
    .action(async ({ dryRun, confirm, ...options }: SuspectOptions & { dryRun?: boolean; confirm?: boolean }) => {
      if (dryRun && confirm)
        throw new UsageError("--dry-run, --confirm: given both; accepted: one of them, or none, which is --dry-run.");
      const platform = loadPlatform(io.env.PLATFORM || undefined);
      const suspect = chooseSuspect(platform, options);
      const print = (plan: Parameters<typeof checklist>[0], done: boolean) => {
        io.out(
          checklist(plan, { platform: platform.name, at: io.now(), done, rekey: suspect.kind === "unseal share" }),
        );
        io.exit(EXIT.ok);
      };
      if (suspect.kind === "unseal share") {
        if (confirm) io.err("--confirm does nothing here: rekeying needs several people, npm run ops -- rekey");
        return print(planForShare(suspect.vault, everything(platform, suspect.vault)), false);
      }
      await withSession(io, platform, { vault: suspect.vault }, async ({ client }) => {
        if (suspect.kind === "user") {
          const findings = await lookAtUser(io, client, platform, suspect.vault, suspect.name);
          if (!findings.exists && !findings.entity) refuseUnknown(platform, suspect);
          const count = confirm ? await cutUser(io, client, suspect.name, findings) : undefined;
          if (count !== undefined)
            io.err(`${suspect.name} is cut off from Vault ${suspect.vault}; ${tokenCount(count)} revoked`);
          return print(planForUser(platform, suspect.vault, suspect.name, findings), Boolean(confirm));
        }
        const { title, vault, tenants, elsewhere } = suspect;
        const findings = await lookAtWorkloads(io, client, platform, vault, tenants);
        const count = confirm ? await cutWorkloads(io, client, findings.roles) : undefined;
        if (count !== undefined) io.err(`${title} is cut off from Vault ${vault}; ${tokenCount(count)} revoked`);
        return print(planForWorkloads(platform, vault, title, elsewhere, findings), Boolean(confirm));
      });
    });
}

/**
 * Throws a UsageError for somebody whom neither Vault nor the config knows. Who is in the config alone cannot have
 * leaked anything here yet.
 */
function refuseUnknown(platform: Platform, { name, vault }: Extract<Suspect, { kind: "user" }>): never {
  const names = platform.users.filter((user) => user.vaults.includes(vault)).map((user) => user.name);
  throw new UsageError(
    [
      `--user: given ${JSON.stringify(name)}, whom Vault ${vault} does not have; accepted: one of ` +
        `its users (npm run ops -- users list).`,
      didYouMean(name, names),
    ]
      .filter(Boolean)
      .join(" "),
  );
}
