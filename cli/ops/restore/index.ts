import type { Command } from "commander";
import { counted } from "../../counted";
import type { VaultClient } from "../../vault";
import { refuseSecretArguments } from "../arguments";
import { EXIT, OpsError, UsageError } from "../errors";
import type { Io } from "../io";
import { asksForToken, generateRoot } from "../root-token/generate-root";
import type { SetFacts } from "../secrets/facts";
import { minuteText } from "../secrets/status";
import { addressOption, onVault, platformOf, vaultOption, type Session, type VaultOptions } from "../session";
import { describeSnapshot } from "../snapshot/describe";
import { currentOf, setsOf } from "../snapshot/facts";
import { initialiseEmpty, replaceStorage } from "../snapshot/load";
import { withThrowAway, type ThrowAway } from "../snapshot/throw-away";
import { unsealServer, waitUntilLeading } from "../unseal/unseal";

const HELP = `
The Vault may be new: it need not be initialised. One that is takes a root token in VAULT_TOKEN (npm run ops --
root-token create), and is refused if a secret set of the config has newer values in it than in the snapshot,
unless --discard-newer says so; what else it holds is not compared. So is a snapshot of another cluster (a Vault that
was initialised anew is another) where it holds a set of the config, unless --other-cluster says so. Before anything is
sent, the snapshot is opened in a throw-away Vault on this machine (npm run ops -- backup verify --help): its shares
are asked for once, and open the restored Vault as well. docs/runbooks/restore.md tells what comes before and after.

Exit codes: 0 restored, and every secret set is as in the snapshot; 1 failed; 3 restored, and something is to look at.

Examples:
  npm run ops -- restore vault.snap
  npm run ops -- restore vault.snap --vault prod --address https://vault-0.example.com:8200`;

interface Options extends VaultOptions {
  readonly discardNewer?: boolean;
  readonly otherCluster?: boolean;
}

/** `ops restore FILE`. */
export function addRestore(program: Command, io: Io): void {
  addressOption(vaultOption(refuseSecretArguments(program.command("restore"), "A key share")))
    .argument("<file>", "a snapshot, as vault operator raft snapshot save writes it")
    .option("--discard-newer", "though secret sets have newer values than the snapshot")
    .option("--other-cluster", "though the snapshot is of another Vault than the one that is replaced")
    .description("Put a snapshot in the place of all that a Vault stores, and unseal it")
    .addHelpText("after", HELP)
    .action(async (file: string, options: Options) => {
      if (!io.terminal)
        throw new UsageError("restore asks before it replaces anything, and there is no terminal; run it in one.");
      const isInitialised = async (client: VaultClient): Promise<boolean> => (await target(client)).initialized;
      await onVault(io, platformOf(io), options, (session) => restore(io, session, file, options), isInitialised);
    });
}

/** The status of a Vault that can take a snapshot. Throws an OpsError for one that cannot, with what to do. */
async function target(client: VaultClient): ReturnType<VaultClient["sealStatus"]> {
  const status = await client.sealStatus();
  const { address } = client;
  if (status.storage_type !== "raft")
    throw new OpsError(
      `${address}: its storage is ${status.storage_type}; a snapshot goes into integrated storage (raft) alone, ` +
        'which the config\'s mode: "ha" installs. Nothing was changed.',
    );
  if (status.initialized && status.sealed)
    throw new OpsError(
      `${address}: sealed. Unseal it first (npm run ops -- unseal), or, where its shares are lost, give it empty ` +
        "storage. Nothing was changed.",
    );
  return status;
}

async function restore(
  io: Io,
  session: Session,
  file: string,
  { discardNewer = false, otherCluster = false }: Options,
): Promise<void> {
  const { client, platform, vault } = session;
  const { initialized, cluster_id: cluster } = await client.sealStatus();
  if (initialized) await mayRestore(client);
  const holds = async () => (initialized ? setsOf(io, client, platform, vault, true) : []);
  const held = await holds();
  await withThrowAway(io, file, vault, async (throwAway) => {
    const { snapshot, shares } = throwAway;
    throwAway.client.token = await generateRoot(io, throwAway.client, shares);
    const kept = await setsOf(io, throwAway.client, platform, vault, true);
    const newer = held.filter((each, index) => isLost(each, kept[index]));
    const name = `Vault ${vault.name} at ${client.address}`;
    if (kept.length > 0 && kept.every((each) => !currentOf(each)))
      throw new OpsError(
        `${file}: it holds none of the ${counted(kept.length, "secret set")} that the config has in Vault ` +
          `${vault.name}; it may be another Vault's, or of another platform (PLATFORM). Nothing was changed.`,
      );
    if (held.some(currentOf) && throwAway.clusterId !== cluster && !otherCluster)
      throw new OpsError(
        `${file}: of another cluster (${throwAway.clusterId}) than ${name} (${cluster}), which holds ` +
          `${versions(held)}. Nothing was changed. --other-cluster says that this is meant.`,
      );
    if (newer.length > 0 && !discardNewer)
      throw new OpsError(
        `${name}: ${counted(newer.length, "secret set")} newer than in the snapshot: ` +
          `${newer.map(({ tenant }) => tenant.path.toString()).join(", ")}. Nothing was changed. One set alone: ` +
          "npm run ops -- secrets recover. To lose what is newer: --discard-newer.",
      );
    io.err(describeSnapshot(snapshot, io.now()));
    io.err(`in it: ${versions(kept)}`);
    io.err(initialized ? `${name} holds: ${versions(held)}` : `${name} is new, and holds nothing`);
    io.err("All that it stores is replaced: values, people and their passwords, policies, tokens.");
    if ((await io.ask(`Type the Vault's name (${vault.name}) to restore it`)).trim() !== vault.name) {
      io.exit(EXIT.failed);
      return io.err("that is not its name; nothing was changed.");
    }
    const since = (await holds()).filter((each, index) => isLost(each, held[index]));
    if (since.length > 0 && !discardNewer)
      throw new OpsError(
        `${name}: written meanwhile: ${since.map(({ tenant }) => tenant.path.toString()).join(", ")}. Nothing was ` +
          "changed; run this again.",
      );
    await replace(io, client, name, throwAway, initialized);
    io.out(`${name}: restored and unsealed.`);
    await check(io, session, throwAway, kept);
    io.err(
      "next: npm run ops -- unseal for its other servers, npm run up for what is around it, npm run diff for what " +
        "the stacks have newer, npm run ops -- status. People log in with their passwords of that time.",
    );
  });
}

/**
 * Whether a value that a person may have set would go: a newer version than the snapshot's. The first version of a set
 * that a stack placed is its placeholder.
 */
function isLost(held: SetFacts, kept: SetFacts | undefined): boolean {
  const [newer, older] = [currentOf(held), kept && currentOf(kept)];
  if (!newer || (newer.version === 1 && held.tenant.secretSet === "managed")) return false;
  return inNanoseconds(newer.created_time) > inNanoseconds(older?.created_time ?? "");
}

/** A time of Vault's, which leaves zeros at its end out, so that texts compare as times. */
function inNanoseconds(time: string): string {
  return time.replace(/(?:\.(\d+))?Z$/, (_, fraction: string = "") => `.${fraction.padEnd(9, "0")}Z`);
}

/** Throws an OpsError where the token may not restore, before anything is asked. */
async function mayRestore(client: VaultClient): Promise<void> {
  const path = "sys/storage/raft/snapshot-force";
  type Answer = { readonly capabilities: readonly string[] };
  const { capabilities } = (await client.write<Answer>("sys/capabilities-self", { paths: [path] })).data;
  if (capabilities.includes("root")) return;
  throw new OpsError(
    `${client.address}: this token is not root's; accepted in VAULT_TOKEN: a root token, which npm run ops -- ` +
      "root-token create makes from key shares. Nothing was changed.",
  );
}

/** Sends the snapshot and unseals the Vault with the shares that opened it on this machine. */
async function replace(
  io: Io,
  client: VaultClient,
  name: string,
  { snapshot, shares }: ThrowAway,
  initialized: boolean,
): Promise<void> {
  let asksFor: number | undefined;
  try {
    if (!initialized) await initialiseEmpty(io, name, client, snapshot);
    const { sealed, t } = await replaceStorage(client, snapshot.file);
    if (sealed && t !== snapshot.seal.threshold) asksFor = t;
    else {
      if (sealed) await unsealServer(io, name, client, shares);
      await waitUntilLeading(name, client);
    }
  } catch (error) {
    if (!(error instanceof Error) || (error.name !== "OpsError" && error.name !== "VaultError")) throw error;
    throw new OpsError(
      `${name}: NOT known to be restored. ${error.message} The server's log says why: a full disk, say, or audit ` +
        "devices of the snapshot that cannot write on this server." +
        (initialized ? "" : " It was new: with empty storage this can be run again."),
    );
  }
  if (asksFor !== undefined)
    throw new OpsError(
      `${name}: restored, but the running server asks for ${asksFor} shares, as before: restart it (delete its pod), ` +
        "then npm run ops -- unseal, and npm run ops -- secrets status.",
    );
}

/** Compares each set with the snapshot's, by a root token from the same shares that is revoked at once. */
async function check(
  io: Io,
  { client, platform, vault }: Session,
  { shares }: ThrowAway,
  kept: readonly SetFacts[],
): Promise<void> {
  if (asksForToken((await client.sealStatus()).version)) {
    io.exit(EXIT.findings);
    return io.out("NOT proven: that each secret set is as in the snapshot; log in, and npm run ops -- secrets status");
  }
  client.token = await generateRoot(io, client, shares);
  try {
    const version = (facts: SetFacts | undefined): string => JSON.stringify(facts && currentOf(facts));
    const there = await setsOf(io, client, platform, vault, true);
    const others = there.filter((each, index) => version(each) !== version(kept[index]));
    io.out(`${there.length - others.length} of ${there.length} secret sets are as in the snapshot`);
    for (const { tenant } of others) io.out(`look at ${tenant.path.toString()}: not as in the snapshot`);
    if (others.length > 0) io.exit(EXIT.findings);
  } finally {
    await client.write("auth/token/revoke-self");
    client.token = undefined;
  }
}

/** How many sets there are, and when the newest was written. */
function versions(facts: readonly SetFacts[]): string {
  const written = facts.flatMap((each) => currentOf(each)?.created_time ?? []).sort();
  const newest = written.at(-1);
  return `${written.length} of ${facts.length} secret sets${newest ? `, the newest of ${minuteText(newest)} UTC` : ""}`;
}
