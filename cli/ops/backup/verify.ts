import type { Command } from "commander";
import type { Duration } from "../../../model";
import { refuseSecretArguments } from "../arguments";
import { durationOption } from "../duration-option";
import { EXIT } from "../errors";
import { print, type Io } from "../io";
import { generateRoot } from "../root-token/generate-root";
import { ageText } from "../secrets/status";
import { chooseVault, platformOf, vaultOption } from "../session";
import { readSnapshot, type Snapshot } from "../snapshot/archive";
import { ageOf, describeSnapshot } from "../snapshot/describe";
import { setsOf } from "../snapshot/facts";
import { withThrowAway } from "../snapshot/throw-away";

const HELP = `
The snapshot is restored into a throw-away Vault on this machine (the vault program: VAULT_BIN, else on PATH) and opened
there by the key shares of that time, asked for and not shown, or by the seal of the config. Nothing is sent to a Vault
of the platform, and no value is read. Of a transit seal SEAL_VAULT_TOKEN has the token.

Exit codes: 0 all of that holds; 1 damaged, not opened, or it cannot be read; 3 restored, and a secret set of the config
is not in it, or could not be looked for, or it is older than --max-age. A job that has no recovery shares says so by
--no-sets: then that it opens is enough.

Examples:
  npm run ops -- backup verify vault.snap
  npm run ops -- backup verify vault.snap --vault prod --max-age 26h
  npm run ops -- backup verify vault.snap --no-sets
  npm run ops -- backup verify vault.snap --structure-only`;

interface Options {
  readonly vault?: string;
  readonly maxAge: Duration;
  readonly structureOnly?: boolean;
  /** False with --no-sets. */
  readonly sets: boolean;
  readonly json?: boolean;
}

/** `ops backup verify FILE`. */
export function addVerify(backup: Command, io: Io): void {
  vaultOption(refuseSecretArguments(backup.command("verify"), "A key share"))
    .argument("<file>", "a snapshot, as vault operator raft snapshot save writes it")
    .addOption(durationOption("--max-age <duration>", "an older one is a finding", "36500d"))
    .option("--structure-only", "without the vault program and shares: only whether the file is whole")
    .option("--no-sets", "that it opens is enough: whether each secret set is in it is not looked at")
    .option("--json", "print it as JSON")
    .description("Restore a snapshot into a throw-away Vault, and see that every secret set is in it")
    .addHelpText("after", HELP)
    .action(async (file: string, options: Options) => {
      const report = options.structureOnly ? await structure(file) : await restored(io, file, options);
      const { snapshot } = report;
      const now = io.now();
      const tooOld = ageOf(snapshot, now) > options.maxAge.seconds;
      const { sets, missing, proven, notProven } = report;
      const result = { ...snapshot, ageSeconds: ageOf(snapshot, now), tooOld, sets, missing, proven, notProven };
      print(io, options.json, result, () => [
        describeSnapshot(snapshot, now),
        ...proven.map((each) => `proven: ${each}`),
        ...notProven.map((each) => `NOT proven: ${each}`),
        ...missing.map((each) => `look at ${each}`),
        ...(tooOld ? [`look at its age: older than ${ageText(options.maxAge.seconds)}`] : []),
      ]);
      const unasked = notProven.length > 0 && options.sets && !options.structureOnly;
      if (missing.length > 0 || tooOld || unasked) io.exit(EXIT.findings);
    });
}

/** What a snapshot was seen to be. This is part of what `--json` prints. */
interface Report {
  readonly snapshot: Snapshot;
  /** Secret sets of the config that were looked for; null: none was. */
  readonly sets: number | null;
  /** Those that are not in it, or have no readable version, with what is amiss. */
  readonly missing: readonly string[];
  readonly proven: readonly string[];
  readonly notProven: readonly string[];
}

const WHOLE = "whole: each part has the checksum that was taken with it";

async function structure(file: string): Promise<Report> {
  const notProven = [
    "that it can be opened: no key share or seal was tried, so it may be another cluster's",
    "that any secret set is in it: nothing was restored",
  ];
  return { snapshot: await readSnapshot(file), sets: null, missing: [], proven: [WHOLE], notProven };
}

async function restored(io: Io, file: string, options: Options): Promise<Report> {
  const platform = platformOf(io);
  const vault = chooseVault(platform, options.vault);
  return withThrowAway(io, file, vault, async (throwAway) => {
    const { client, snapshot } = throwAway;
    const { version } = await client.sealStatus();
    const opened = snapshot.seal.type === "shamir" ? "its key shares" : `its seal (${snapshot.seal.type})`;
    const proven = [WHOLE, `restored into a throw-away Vault ${version}, and opened by ${opened}`];
    // A Vault that unseals itself asked no shares, and a job has nobody to ask for recovery shares.
    const nobody = snapshot.seal.type !== "shamir" && !io.terminal;
    if (nobody || !options.sets) {
      const why = options.sets ? "that takes recovery shares, and there is no terminal to ask on" : "--no-sets";
      return { snapshot, sets: null, missing: [], proven, notProven: [`that each secret set is in it: ${why}`] };
    }
    // It ends with the throw-away Vault.
    client.token = await generateRoot(io, client, throwAway.shares);
    const facts = await setsOf(io, client, platform, vault);
    const missing = facts.flatMap(({ tenant, metadata, subkeys }) => {
      const amiss = !metadata ? "not in it" : !subkeys || subkeys.deleted ? "its current version is deleted" : "";
      return amiss ? [`${tenant.path.toString()}: ${amiss}`] : [];
    });
    const found = facts.length - missing.length;
    const sets = `${found} of ${facts.length} secret sets of Vault ${vault.name} are in it, and decrypt`;
    return { snapshot, sets: facts.length, missing, proven: [...proven, sets], notProven: [] };
  });
}
