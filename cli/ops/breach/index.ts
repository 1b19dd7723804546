import type { Command } from "commander";
import type { Platform } from "../../../model";
import { counted } from "../../counted";
import { notAccepted } from "../arguments";
import { UsageError } from "../errors";
import type { Io } from "../io";
import { addressOption, onVault, platformOf, type VaultOptions } from "../session";
import { checklist } from "./checklist";
import { cutUser, cutWorkloads } from "./cut";
import { planForShare, planForUser, planForWorkloads, type BreachPlan } from "./plan";
import { EVERYTHING, reachOf } from "./reach";
import { chooseSuspect, type Suspect, type SuspectOptions } from "./suspect";
import { declaredOn } from "../users/people";
import { lookAtUser, lookAtWorkloads } from "./vault-facts";

const HELP = `
Prints, as a Markdown checklist, what that identity could read and change (by the config and by the policies that Vault
has), how it is cut off, and the values to change in order: protected environments first. Without --confirm nothing is
changed. Run it again after a failure: it does what is left. docs/runbooks/breach.md tells the whole.

Examples:
  npm run ops -- breach --user mei.tanaka
  npm run ops -- breach --user mei.tanaka --confirm > breach.md
  npm run ops -- breach --workload payments/prod-eu
  npm run ops -- breach --app payments --vault prod
  npm run ops -- breach --unseal-share`;

/** `ops breach`. */
export function addBreach(program: Command, io: Io): void {
  addressOption(program.command("breach"))
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
    .action(
      async ({
        dryRun,
        confirm = false,
        ...options
      }: SuspectOptions & VaultOptions & { dryRun?: boolean; confirm?: boolean }) => {
        if (dryRun && confirm)
          throw new UsageError("--dry-run, --confirm: given both; accepted: one of them, or none, which is --dry-run.");
        const platform = platformOf(io);
        const suspect = chooseSuspect(platform, options);
        const { vault } = suspect;
        const show = (plan: BreachPlan): void =>
          io.out(checklist(plan, { platform: platform.name, at: io.now(), done: confirm }));
        if (suspect.kind === "unseal share") {
          if (confirm) io.err("--confirm does nothing here: rekeying needs several people, vault operator rekey");
          return show(planForShare(vault, reachOf(platform, vault, EVERYTHING)));
        }
        const cutOff = (who: string, count: number): void =>
          io.err(`${who} is cut off from Vault ${vault}; ${counted(count, "token")} revoked`);
        await onVault(io, platform, { ...options, vault }, async (session) => {
          const { client } = session;
          if (suspect.kind === "user") {
            const { name } = suspect;
            const found = await lookAtUser(io, session, name);
            if (!found.exists && !found.entity) refuseUnknown(platform, suspect);
            if (confirm) cutOff(name, await cutUser(io, client, name, found));
            return show(planForUser(platform, vault, name, found));
          }
          const { title, tenants, elsewhere } = suspect;
          const found = await lookAtWorkloads(io, session, tenants);
          if (confirm) cutOff(title, await cutWorkloads(io, client, found.roles));
          return show(planForWorkloads(platform, vault, title, elsewhere, found));
        });
      },
    );
}

/**
 * Throws a UsageError for somebody whom neither Vault nor the config knows. Who is in the config alone cannot have
 * leaked anything here yet.
 */
function refuseUnknown(platform: Platform, { name, vault }: Extract<Suspect, { kind: "user" }>): never {
  const names = declaredOn(platform, vault).map((user) => user.name);
  throw new UsageError(
    notAccepted("--user", name, names, `a user of Vault ${vault} (npm run ops -- users list), such as `),
  );
}
