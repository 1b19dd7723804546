import {
  Access,
  AccessInputError,
  changesBetween,
  check,
  readStacks,
  type Check,
  type Filter,
  type Stack,
} from "../../access";
import { EXIT } from "../exit-codes";
import { processIo, type Io } from "../ops/io";
import { chooseVault, onVault, platformOf, type Session, type VaultOptions } from "../ops/session";
import { deliver, type Output } from "../run-program";
import { Asking } from "./asking";
import { compareWithVault } from "./compare";
import { mountsOf, readVault } from "./read-vault";
import { readerPolicy } from "./reader-policy";
import { differencesText, hasFindings, LIVE_REPORTS, type LiveResult } from "./report";

/** The words of `npm run access -- live`. */
export interface LiveOptions extends Filter, VaultOptions {
  readonly dir: string;
  readonly format: string;
  readonly out?: string;
  /** Show the policy of a token for this, and do nothing else. */
  readonly policy?: boolean;
}

/**
 * Reads a running Vault, and reports who can do what there, what the proofs say of it and how it differs from its
 * stacks. Exits with 1 where it does, or where a proof fails that the stacks hold.
 *
 * Throws an AccessInputError for stacks of another platform, and what the way to a Vault and its login throw.
 */
export async function live(output: Output, options: LiveOptions, narrow: (access: Access) => void): Promise<void> {
  const io: Io = { ...processIo(), ...output };
  const platform = platformOf(io);
  const vault = chooseVault(platform, options.vault);
  const stacks = stacksOfVault(options.dir, platform.name, vault.name);
  if (options.policy) return deliver(io, readerPolicy(mountsOf(stacks)), options.out);
  const result = await onVault(io, platform, options, (session) => resultOf(io, session, stacks, options.dir));
  narrow(result.access);
  deliver(io, LIVE_REPORTS[options.format]!(result, options), options.out);
  if (options.format === "csv" || options.format === "html") io.err(differencesText(result));
  if (hasFindings(result)) io.exit(EXIT.failed);
}

/** The stacks that are about a Vault, and those that are about none. */
function stacksOfVault(dir: string, platform: string, vault: string): Stack[] {
  const all = readStacks(dir);
  const its = all.filter(({ metadata }) => (metadata.vault ?? vault) === vault && metadata.platform === platform);
  if (its.some(({ metadata }) => metadata.kind === "access")) return its;
  const found = all.filter(({ metadata: { kind } }) => kind === "access").map(({ name }) => name);
  throw new AccessInputError(
    `${dir}: given no access stack of Vault ${vault} in platform ${platform}, but ${found.join(", ") || "none"}; ` +
      "accepted: what npm start writes for the same config (PLATFORM). Run npm start first.",
  );
}

async function resultOf(
  io: Io,
  { vault, client }: Session,
  stacks: readonly Stack[],
  dir: string,
): Promise<LiveResult> {
  const ask = new Asking(io, client);
  const { objects, notUnderstood, madeByLogins } = await readVault(ask, mountsOf(stacks));
  const compared = compareWithVault(stacks, objects, ask);
  const unknown = ask.refused.map((request) => ({
    where: `Vault ${vault.name}`,
    why: `the token may not ${request}: what is there is unknown`,
  }));
  const base = new Access(stacks);
  const access = new Access(compared.stacks, [...notUnderstood, ...compared.notUnderstood, ...unknown]);
  const [before, after] = [check(base), check(access)];
  // What is of a kind that no stack could say, and the config calls meant with its reason, is no difference to it.
  const meant = new Set(
    after.waived.flatMap(({ finding: { proof, subject } }) => (proof === "supported" ? subject : [])),
  );
  return {
    vault: vault.name,
    address: client.address,
    dir,
    access,
    before,
    after,
    broken: brokenBy(before, after),
    changes: changesBetween(base, access),
    differences: compared.differences.filter(({ state, where }) => state !== "only in Vault" || !meant.has(where)),
    unread: ask.refused,
    requests: ask.requests,
    madeByLogins,
  };
}

/** Failures of the second that the first has not. */
function brokenBy(before: Check, after: Check): Check["failures"] {
  const text = ({ proof, subject, object }: Check["failures"][number]) => `${proof} ${subject} ${object}`;
  const known = new Set(before.failures.map(text));
  return after.failures.filter((finding) => !known.has(text(finding)));
}
