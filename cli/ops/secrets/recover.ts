import type { Command } from "commander";
import type { Platform, SecretSet } from "../../../model";
import { counted } from "../../counted";
import { KvClient, VaultError, type SecretValue, type VaultClient } from "../../vault";
import { refuseSecretArguments } from "../arguments";
import { OpsError, UsageError } from "../errors";
import type { Io } from "../io";
import { present } from "../present";
import { generateRoot } from "../root-token/generate-root";
import { addressOption, loginAs, onVault, platformOf, type Session, type VaultOptions } from "../session";
import { describeSnapshot } from "../snapshot/describe";
import { withThrowAway, type ThrowAway } from "../snapshot/throw-away";
import { tellPinned } from "./pinned";
import { selectKey, selectSet } from "./select";
import { minuteText } from "./status";

const HELP = `
The snapshot is opened in a throw-away Vault on this machine (the vault program: VAULT_BIN, else on PATH), by the key
shares of that time, asked for and not shown, or by the seal of the config. You log in there with your password of that
time, so that you read what you could read then; --by-shares makes a root token there instead, for who could not.
Values go from there into the Vault, and are not shown. Keys that the snapshot does not have stay as they are; so do
all other sets. If somebody changes the set meanwhile, nothing is written and this says so.

Examples:
  npm run ops -- secrets recover sample-node-api dev --from vault.snap
  npm run ops -- secrets recover sample-node-api dev --from vault.snap --key PRIVATE_NODE_API_DB_PASSWORD`;

interface Options extends Omit<VaultOptions, "vault"> {
  readonly from: string;
  readonly key?: string;
  readonly byShares?: boolean;
  readonly otherCluster?: boolean;
}

/** `ops secrets recover APP ENV --from SNAPSHOT`. */
export function addRecover(secrets: Command, io: Io): void {
  addressOption(refuseSecretArguments(secrets.command("recover"), "A value"))
    .argument("<app>", "the app, or the shared set")
    .argument("<env>", "the environment")
    .requiredOption("--from <snapshot>", "a file, as vault operator raft snapshot save writes it")
    .option("--key <key>", "this declared key alone")
    .option("--by-shares", "read the snapshot with a root token from shares, instead of logging in to it")
    .option("--other-cluster", "the snapshot is of another Vault than the one that is written to")
    .description("Write one set, or one key of it, back as a snapshot has it; nothing else is touched")
    .addHelpText("after", HELP)
    .action(async (app: string, environment: string, options: Options) => {
      const platform = platformOf(io);
      const tenant = selectSet(platform, app, environment);
      const key = options.key === undefined ? undefined : selectKey(tenant, options.key);
      if (!io.terminal)
        throw new UsageError(
          "secrets recover asks before it writes, and there is no terminal to ask on; run it in one.",
        );
      await onVault(io, platform, { ...options, vault: tenant.vault }, (session) =>
        recover(io, session, tenant, key, options),
      );
    });
}

/** What the set is now. */
interface Present {
  /** For the check-and-set: 0 where there is no version. */
  readonly version: number;
  /** Key names; undefined where there is no version that can be patched. */
  readonly keys: readonly string[] | undefined;
  /** When the current version was written; ISO 8601, UTC. */
  readonly written?: string;
  /** In words. */
  readonly state: string;
}

async function recover(
  io: Io,
  session: Session,
  tenant: SecretSet,
  key: string | undefined,
  options: Options,
): Promise<void> {
  const { client, platform, vault } = session;
  // Before any question, so that a change while people type is noticed.
  const now = await lookAt(client, tenant);
  if (key !== undefined && !now.keys)
    throw new OpsError(
      `${tenant.path.toString()}: ${now.state}, so there is nothing to put the one key ${key} into; nothing was ` +
        "changed. Recover the whole set (without --key), or take a deletion back first.",
    );
  const { cluster_id: cluster } = await client.sealStatus();
  const found = await withThrowAway(io, options.from, vault, async (throwAway) => {
    if (throwAway.clusterId !== cluster && !options.otherCluster)
      throw new OpsError(
        `${options.from}: of another cluster (${throwAway.clusterId}) than Vault ${vault.name} (${cluster}); nothing ` +
          "was changed. --other-cluster says that this is meant, such as of a Vault that was set up anew.",
      );
    throwAway.client.token = options.byShares
      ? await generateRoot(io, throwAway.client, throwAway.shares)
      : await loginAsThen(io, client, throwAway);
    return valuesOf(io, throwAway, tenant, platform, key);
  });
  if (now.keys && now.version === found.version && now.written === found.written) {
    io.out(
      `${tenant.path.toString()}: still version ${found.version}, as in the snapshot; there is nothing to recover.`,
    );
    return;
  }
  const unset = now.keys ? [] : withoutValue(tenant, found);
  for (const line of describe(tenant, now, found, unset)) io.err(line);
  const count = counted(found.values.size, "key");
  if (!(await io.confirm(`Write ${count} of ${tenant.app} in ${tenant.environment} as in the snapshot?`))) {
    io.out("left as it is; nothing was changed.");
    return;
  }
  const kv = new KvClient(client);
  const placeholders = unset.map((name) => [name, platform.placeholder] as const);
  const [values, { version: cas }] = [Object.fromEntries([...placeholders, ...found.values]), now];
  const version = await (now.keys ? kv.patch(tenant.path, values, cas) : kv.put(tenant.path, values, cas));
  io.out(
    `${count} of ${tenant.app} in ${tenant.environment} ${found.values.size === 1 ? "is" : "are"} as in the ` +
      `snapshot: version ${version} of ${tenant.path.toString()}.`,
  );
  tellPinned(io, platform, tenant, version);
}

async function lookAt(client: VaultClient, { path }: SecretSet): Promise<Present> {
  const kv = new KvClient(client);
  const metadata = await kv.metadata(path);
  if (!metadata?.current_version) return { version: 0, keys: undefined, state: "there is no such set" };
  const { current_version: version, versions } = metadata;
  const current = versions.find((each) => each.version === version);
  const subkeys = await kv.subkeys(path);
  const state = current?.destroyed ? "destroyed" : subkeys && !subkeys.deleted ? "there" : "deleted";
  return {
    version,
    keys: state === "there" ? subkeys!.keys : undefined,
    written: current?.created_time,
    state: `version ${version} is ${state}`,
  };
}

/** Logs in to the snapshot as who works on the Vault, or as who they say they are. */
async function loginAsThen(io: Io, live: VaultClient, { client, snapshot }: ThrowAway): Promise<SecretValue> {
  const { meta } = await live
    .read<{ readonly meta?: { readonly username?: string } | null }>("auth/token/lookup-self")
    .catch(() => ({ meta: null }));
  const user = meta?.username ?? (await io.ask("User name in the snapshot")).trim().toLowerCase();
  if (!/^[\w.-]+$/.test(user)) throw new UsageError("user name: accepted: letters, digits, dots and dashes.");
  const then = minuteText(snapshot.takenAt.toISOString());
  const password = await io.askSecret(`Password of ${user} as it was on ${then} UTC`);
  return loginAs(io, client, user, password).catch((error: unknown) => {
    if (!(error instanceof VaultError) || error.kind !== "badRequest") throw error;
    throw new OpsError(
      `${snapshot.file}: ${user} cannot log in to it: the password of ${then} was another one, or there was no such ` +
        "user. Nothing was changed. With --by-shares it is read by key shares instead.",
    );
  });
}

/** What a snapshot has of a set. */
interface Found {
  readonly version: number;
  readonly written: string | undefined;
  readonly values: ReadonlyMap<string, SecretValue>;
  /** The snapshot in one line. */
  readonly from: string;
  /** Keys that had the placeholder: nobody had set them. */
  readonly neverSet: readonly string[];
}

/** Throws an OpsError where the snapshot has no such set, no readable version of it, or not the one key. */
async function valuesOf(
  io: Io,
  { client, snapshot }: ThrowAway,
  tenant: SecretSet,
  { placeholder }: Platform,
  key: string | undefined,
): Promise<Found> {
  const then = await lookAt(client, tenant);
  const where = `${snapshot.file}: of ${tenant.path.toString()}`;
  const unchanged = "Nothing was changed. Take a snapshot of another time.";
  if (!then.keys) throw new OpsError(`${where} ${then.state}. ${unchanged}`);
  const all = [...(await new KvClient(client).values(tenant.path))].filter(([name]) => name === (key ?? name));
  if (all.length === 0) throw new OpsError(`${where} version ${then.version} has no key ${key}. ${unchanged}`);
  const notText = all.filter(([, value]) => typeof value.unsafeReveal() !== "string").map(([name]) => name);
  if (notText.length > 0)
    throw new OpsError(`${where} these are no texts, which this does not write: ${notText.join(", ")}. ${unchanged}`);
  const texts = all as readonly (readonly [string, SecretValue])[];
  const isSet = ([, value]: readonly [string, SecretValue]): boolean => value.unsafeReveal() !== placeholder;
  const values = new Map(texts.filter(isSet));
  if (values.size === 0)
    throw new OpsError(`${where} version ${then.version} has the placeholder alone: nobody had set it. ${unchanged}`);
  const neverSet = texts.filter((each) => !isSet(each)).map(([name]) => name);
  return { version: then.version, written: then.written, values, from: describeSnapshot(snapshot, io.now()), neverSet };
}

/**
 * The declared keys of which a set that is written anew would have nothing: a pod that names one could not start. A
 * generated one is left to `secrets generate`.
 */
function withoutValue({ keys, generated, secretSet }: SecretSet, { values }: Found): readonly string[] {
  return secretSet === "retired" ? [] : keys.filter((key) => !values.has(key) && !generated.has(key));
}

/** What writing would do: key names and versions, no value. `unset`: keys that get the placeholder. */
function describe(
  tenant: SecretSet,
  { state, keys = [], version }: Present,
  found: Found,
  unset: readonly string[],
): string[] {
  const written = found.written ? ` of ${minuteText(found.written)} UTC` : "";
  const stay = keys.filter((key) => !found.values.has(key));
  const leftOut = found.neverSet.filter((key) => !unset.includes(key));
  return present(
    found.from,
    `${tenant.path.toString()}: ${state}; version ${version + 1} would have, as in version ${found.version}${written}:`,
    ...[...found.values.keys()].map((key) => `  ${key}${keys.includes(key) ? "" : " (is not there now)"}`),
    stay.length > 0 && `as it is now: ${stay.join(", ")}`,
    leftOut.length > 0 && `left out, as nobody had set it then: ${leftOut.join(", ")}`,
    unset.length > 0 && `with the placeholder, as nobody had set it then: ${unset.join(", ")}`,
    state.endsWith("deleted") &&
      `what was deleted is not lost: vault kv undelete -mount=${tenant.path.mount} -versions=${version} ` +
        `${tenant.path.path} brings version ${version} back`,
  );
}
