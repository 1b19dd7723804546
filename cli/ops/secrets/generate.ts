import { randomInt } from "node:crypto";
import type { Command } from "commander";
import type { Generated, SecretSet } from "../../../model";
import { KvClient, SecretValue } from "../../vault";
import { OpsError, UsageError } from "../errors";
import type { Io } from "../io";
import { addressOption, onVault, platformOf, type VaultOptions } from "../session";
import { currentSubkeys, refuseRetired } from "./current";
import { tellPinned } from "./pinned";
import { selectKey, selectSet } from "./select";

const ABOUT = `
Each value is made on this machine, character by character from its cryptographic source, as the config says under
\`generated\`, and written by check-and-set: if somebody else changes the set at the same moment, nothing is written and
this says so. No value is read, and none is shown but with --show, on a screen of its own that leaves nothing behind.
The token needs read on subkeys/ and patch on data/: write-only access is enough.`;

const EXAMPLES = {
  generate: `
Keys that are there are left alone, whoever set them: \`secrets rotate\` makes new values.

Examples:
  npm run ops -- secrets generate storefront dev
  npm run ops -- secrets generate storefront dev SESSION_KEY`,
  rotate: `
The old value is gone from the current version: change it where it opens something in the same go.

Examples:
  npm run ops -- secrets rotate storefront prod-eu
  npm run ops -- secrets rotate storefront prod-eu SESSION_KEY --show`,
};

interface Options extends Omit<VaultOptions, "vault"> {
  readonly show?: boolean;
}

/** `ops secrets generate APP ENV [KEY…]`: the first values. */
export function addGenerate(secrets: Command, io: Io): void {
  addMaking(
    secrets,
    io,
    "generate",
    "Make the values of generated keys that are not there yet",
    (tenant, keys, there) => {
      const named = keys.filter((key) => there.includes(key));
      const missing = [...tenant.generated.keys()].filter((key) => !there.includes(key));
      if (named.length > 0)
        throw new OpsError(
          `${named.join(", ")} of ${where(tenant)} has a value, if only the placeholder; nothing was changed. ` +
            `npm run ops -- secrets rotate ${tenant.app} ${tenant.environment} ${named.join(" ")} makes a new one.`,
        );
      return keys.length > 0 ? keys : missing;
    },
  );
}

/** `ops secrets rotate APP ENV [KEY…]`: new values. */
export function addRotate(secrets: Command, io: Io): void {
  addMaking(secrets, io, "rotate", "Make new values of generated keys, of all or of those named", (tenant, keys) =>
    keys.length > 0 ? keys : [...tenant.generated.keys()],
  );
}

/** A command that makes values of the keys that `choose` takes of those named (none: it decides) and those there. */
function addMaking(
  secrets: Command,
  io: Io,
  name: keyof typeof EXAMPLES,
  description: string,
  choose: (tenant: SecretSet, named: readonly string[], there: readonly string[]) => readonly string[],
): void {
  addressOption(secrets.command(name))
    .argument("<app>", "the app, or the shared set")
    .argument("<env>", "the environment")
    .argument("[keys...]", "generated keys")
    .option("--show", "show the values once, on a terminal")
    .description(description)
    .addHelpText("after", ABOUT + EXAMPLES[name])
    .action(async (app: string, environment: string, given: readonly string[], options: Options) => {
      const platform = platformOf(io);
      const tenant = selectSet(platform, app, environment);
      const keys = [...new Set(given)].map((key) => selectGenerated(tenant, key));
      refuseRetired(tenant);
      if (tenant.generated.size === 0) throw new UsageError(`APP: given "${app}"; accepted: one with generated keys.`);
      // Before anything is written: a value that nobody could see would be made for nothing.
      if (options.show && !io.terminal)
        throw new UsageError("--show: given without a terminal; accepted: only on one.");
      await onVault(io, platform, { ...options, vault: tenant.vault }, async ({ client }) => {
        const kv = new KvClient(client);
        const { keys: there, version: cas } = await currentSubkeys(kv, tenant);
        const made = new Map(
          choose(tenant, keys, there).map((key) => [key, madeValue(tenant.generated.get(key)!)] as const),
        );
        if (made.size === 0) return io.out(`Every generated key of ${where(tenant)} has a value; nothing was changed.`);
        const version = await kv.patch(tenant.path, Object.fromEntries(made), cas);
        io.out(
          `${[...made.keys()].join(", ")} of ${where(tenant)} made: version ${version} of ${tenant.path.toString()}.`,
        );
        tellPinned(io, platform, tenant, version);
        if (options.show)
          await io.showOnce([...made].map(([key, value]) => `${key} of ${where(tenant)}: ${value.unsafeReveal()}`));
      });
    });
}

function where({ app, environment }: SecretSet): string {
  return `${app} in ${environment}`;
}

/** A declared key whose value a command makes. Throws a UsageError for any other. */
function selectGenerated(tenant: SecretSet, given: string): string {
  const key = selectKey(tenant, given);
  if (tenant.generated.has(key)) return key;
  const accepted = [...tenant.generated.keys()].join(", ") || "none: it has none";
  throw new UsageError(
    `KEY: given "${key}", which a person sets; accepted: a generated key of ${where(tenant)} (${accepted}). ` +
      `npm run ops -- secrets set ${tenant.app} ${tenant.environment} ${key} sets it.`,
  );
}

/** A value of a key, each character chosen by itself and with equal chances. */
export function madeValue({ length, alphabet }: Generated): SecretValue {
  return new SecretValue(Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join(""));
}
