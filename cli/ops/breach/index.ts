import type { Command } from "commander";
import type { Platform, Tenant } from "../../../model";
import { counted } from "../../counted";
import type { VaultClient } from "../../vault";
import { checkFiles } from "../../audit-log";
import { notAccepted, repeated } from "../arguments";
import { UsageError } from "../errors";
import type { Io } from "../io";
import { rotate } from "../databases";
import { rotatedBy } from "../databases/rotate";
import { addressOption, onVault, platformOf, type Session, type VaultOptions } from "../session";
import { disable } from "../users/lock-out";
import { generatePassword, setPassword } from "../users/password";
import { declaredOn } from "../users/people";
import { revokeFound, revokeTokens } from "../users/tokens";
import { checklist } from "./checklist";
import { hasPassword, planForShare, planForUser, planForWorkloads, type BreachPlan } from "./plan";
import { EVERYTHING, reachOf } from "./reach";
import { chooseSuspect, type Suspect, type SuspectOptions } from "./suspect";
import { readTaken, withTaken } from "./taken";
import { lookAtUser, type UserFindings } from "./user-facts";
import { lookAtWorkloads, tokensOfRoles, type RoleFacts } from "./vault-facts";

const HELP = `
Prints, as a Markdown checklist, what that identity could read and change (by the config and by what Vault gives it: its
user, entity, groups and tokens), how it is cut off, and the values to change in order: protected environments first.
What could not be read is said as not known. With --audit-log (plain or .gz, several times for several files, in any
order) it also says which sets were read, when and from where, and begins with those. Without --confirm nothing is
changed. Run it again after a failure: it does what is left. docs/runbooks/breach.md tells the whole.

Examples:
  npm run ops -- breach --user mei.tanaka
  npm run ops -- breach --user mei.tanaka --confirm > breach.md
  npm run ops -- breach --user mei.tanaka --audit-log audit.log --audit-log audit.log.1.gz
  npm run ops -- breach --workload payments/prod-eu
  npm run ops -- breach --app payments --vault prod
  npm run ops -- breach --unseal-share`;

interface Flags {
  readonly dryRun?: boolean;
  readonly confirm?: boolean;
  readonly auditLog?: readonly string[];
}

/** `ops breach`. */
export function addBreach(program: Command, io: Io): void {
  addressOption(program.command("breach"))
    .option("--user <name>", "a person's password or token")
    .option("--app <name>", "an app: its workloads in every environment")
    .option("--environment <name>", "an environment: all its workloads")
    .option("--workload <app/env>", "one app in one environment")
    .option("--unseal-share", "a share of the unseal key (or a recovery key)")
    .option("--vault <name>", "the Vault, where it is on several")
    .option("--audit-log <file>", "a file of an audit device, plain or gzip; may be given several times", repeated)
    .option("--dry-run", "only print the checklist; this is the default")
    .option("--confirm", "cut the identity off, then print the checklist")
    .description("After a leak: what could be read, cut it off, and the checklist of what to change")
    .addHelpText("after", HELP)
    .action(async ({ dryRun, confirm = false, auditLog, ...options }: SuspectOptions & VaultOptions & Flags) => {
      if (dryRun && confirm)
        throw new UsageError("--dry-run, --confirm: given both; accepted: one of them, or none, which is --dry-run.");
      const platform = platformOf(io);
      const suspect = chooseSuspect(platform, options);
      const { vault } = suspect;
      const show = (plan: BreachPlan): void =>
        io.out(checklist(plan, { platform: platform.name, at: io.now(), done: confirm }));
      checkFiles(auditLog ?? []);
      if (suspect.kind === "unseal share") {
        if (auditLog) throw new UsageError("--audit-log: it does not tell who used a share; accepted: not beside it.");
        if (confirm) io.err("--confirm does nothing here: rekeying needs several people, vault operator rekey");
        return show(planForShare(vault, reachOf(platform, vault, EVERYTHING)));
      }
      // After the cut: a large log takes a minute.
      const showTaken = async (plan: BreachPlan, entities: readonly string[]): Promise<void> => {
        const now = io.now();
        const taken = auditLog && (await readTaken(platform, suspect, entities, auditLog, now));
        show(withTaken(platform, plan, taken, now.getTime()));
      };
      const cutOff = (who: string, count: number): void =>
        io.err(`${who} is cut off from Vault ${vault}; ${counted(count, "token")} revoked`);
      await onVault(io, platform, { ...options, vault }, async (session) => {
        const { client } = session;
        if (suspect.kind === "user") {
          const { name } = suspect;
          const found = await lookAtUser(io, session, name);
          if ([...found.logins, ...found.entities, ...found.unknown].length === 0) refuseUnknown(platform, suspect);
          if (confirm) cutOff(name, await cutUser(io, client, name, found));
          const ids = found.entities.map(({ id }) => id);
          return showTaken(planForUser(platform, vault, name, found), ids);
        }
        const { title, tenants, elsewhere } = suspect;
        const found = await lookAtWorkloads(io, session, tenants);
        if (confirm) {
          cutOff(title, await cutWorkloads(io, client, found.roles));
          await cutDatabases(io, session, tenants);
        }
        return showTaken(planForWorkloads(platform, vault, title, elsewhere, found), []);
      });
    });
}

/**
 * Throws a UsageError for somebody whom Vault does not know. Who is in the config alone cannot have
 * leaked anything here yet.
 */
function refuseUnknown(platform: Platform, { name, vault }: Extract<Suspect, { kind: "user" }>): never {
  const names = declaredOn(platform, vault).map((user) => user.name);
  throw new UsageError(
    notAccepted("--user", name, names, `a user of Vault ${vault} (npm run ops -- users list), such as `),
  );
}

/**
 * Cuts a person off: entities disabled, passwords replaced by ones that nobody knows, tokens revoked. Each step may be
 * done again: a second run finishes what a failed one left. Returns how many tokens there were. Throws VaultErrors, and
 * an OpsError when the person is who runs this.
 */
async function cutUser(
  io: Io,
  client: VaultClient,
  name: string,
  { entities, logins, belongs }: UserFindings,
): Promise<number> {
  await disable(client, entities);
  for (const { mount } of logins.filter(hasPassword))
    await setPassword(client, name, generatePassword(), { mount: mount.path });
  // Looked for once more: a token may have been made between the first look and the closing of the door.
  return revokeFound(io, client, belongs);
}

/**
 * Has Vault change what workloads know of databases: the administrators' passwords, those of static roles, and dynamic
 * credentials end, also those whose tokens have. May be done again. Throws VaultErrors.
 */
async function cutDatabases(io: Io, { client, platform, vault }: Session, tenants: readonly Tenant[]): Promise<void> {
  const since = io.now();
  // Standard output is the checklist's.
  const said = { ...io, out: (line: string) => io.err(line) };
  const names = new Set(tenants.flatMap(({ databases }) => databases.map(({ role }) => role)));
  for (const { connection, roles } of rotatedBy(platform, { vault: vault.name })) {
    const theirs = roles.filter(({ role }) => names.has(role));
    if (theirs.length > 0)
      await rotate(said, client, { connection, roles: theirs }, { since, revoke: true, root: true });
  }
}

/**
 * Cuts workloads off: roles deleted, then the tokens of these roles revoked. Each step may be done again. Returns how
 * many tokens there were. Throws VaultErrors.
 */
async function cutWorkloads(io: Io, client: VaultClient, roles: readonly RoleFacts[]): Promise<number> {
  for (const { path, exists } of roles) if (exists) await client.delete(path);
  // Looked for once more: a token may have been made between the first look and the closing of the door.
  const tokens = await tokensOfRoles(io, client, roles);
  await revokeTokens(io, client, tokens);
  return tokens.length;
}
