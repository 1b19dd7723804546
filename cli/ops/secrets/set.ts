import type { Command } from "commander";
import { KvClient, type SecretValue } from "../../vault";
import { refuseSecretArguments } from "../arguments";
import { OpsError, UsageError } from "../errors";
import type { Io } from "../io";
import { addressOption, onVault, platformOf, type VaultOptions } from "../session";
import { currentSubkeys, refuseRetired } from "./current";
import { tellPinned } from "./pinned";
import { selectKeys, selectSet } from "./select";

const HELP = `
The value is asked for without being shown, or read from standard input (a line break at its end is not part of it).
A paste may have several lines; a terminal that does not say where a paste ends is refused those: use --stdin.
Several keys are asked for in turn and written as one version, for which pods restart once. The other keys stay as they
are; if somebody else changes the set at the same moment, nothing is written and this says so.

Examples:
  npm run ops -- secrets set sample-node-api dev PRIVATE_NODE_API_DB_PASSWORD
  npm run ops -- secrets set sample-node-api dev PRIVATE_NODE_API_DB_USERNAME PRIVATE_NODE_API_DB_PASSWORD
  openssl rand -base64 33 | npm run ops -- secrets set sample-node-api dev PRIVATE_NODE_API_DB_PASSWORD --stdin`;

/** `ops secrets set APP ENV KEY…`. */
export function addSet(secrets: Command, io: Io): void {
  addressOption(refuseSecretArguments(secrets.command("set"), "A value"))
    .argument("<app>", "the app, or the shared set")
    .argument("<env>", "the environment")
    .argument("<key...>", "declared keys, one or more")
    .option("--stdin", "read the value from standard input")
    .description("Set the values of some keys, and leave the others")
    .addHelpText("after", HELP)
    .action(
      async (
        app: string,
        environment: string,
        given: readonly string[],
        options: Omit<VaultOptions, "vault"> & { stdin?: boolean },
      ) => {
        const platform = platformOf(io);
        const tenant = selectSet(platform, app, environment);
        const keys = selectKeys(tenant, given);
        refuseRetired(tenant);
        if (options.stdin && keys.length > 1)
          throw new UsageError(`--stdin: given with ${keys.length} keys; accepted: one key, whose value it is.`);
        // Standard input first: a prompt for a login, where there is no token, could not be asked on it any more.
        const piped = options.stdin ? await io.readSecretInput() : undefined;
        await onVault(io, platform, { ...options, vault: tenant.vault }, async ({ client }) => {
          const kv = new KvClient(client);
          // Before the question, so that a change while a person types is noticed.
          const { version: cas } = await currentSubkeys(kv, tenant);
          const values: { [key: string]: SecretValue } = {};
          for (const key of keys) {
            const value = piped ?? (await io.askSecret(`Value of ${key} of ${app} in ${environment}`));
            refuseValue(value, platform.placeholder);
            values[key] = value;
          }
          const version = await kv.patch(tenant.path, values, cas);
          for (const [key, value] of Object.entries(values))
            if (/^\s|\s$/.test(value.unsafeReveal()))
              io.err(`warning: the value of ${key} begins or ends with white space; set it again if that is not meant`);
          const what = `${keys.join(", ")} of ${app} in ${environment} ${keys.length > 1 ? "are" : "is"}`;
          io.out(`${what} set: version ${version} of ${tenant.path.toString()}.`);
          tellPinned(io, platform, tenant, version);
        });
      },
    );
}

function refuseValue(value: SecretValue, placeholder: string): void {
  const text = value.unsafeReveal();
  if (text === "") throw new OpsError("the value is empty; nothing was changed. Accepted: any other text.");
  if (text === placeholder)
    throw new OpsError(
      `the value is the placeholder ${JSON.stringify(placeholder)}, which means that nobody has set ` +
        `one; nothing was changed.`,
    );
}
