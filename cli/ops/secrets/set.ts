import type { Command } from "commander";
import { KvClient, type SecretValue } from "../../vault";
import { refuseSecretArguments } from "../arguments";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { addressOption, onVault, platformOf, type VaultOptions } from "../session";
import { currentSubkeys, refuseRetired } from "./current";
import { selectKey, selectSet } from "./select";

const HELP = `
The value is asked for without being shown, or read from standard input (a line break at its end is not part of it).
A paste may have several lines; a terminal that does not say where a paste ends is refused those: use --stdin.
The other keys stay as they are; if somebody else changes the set at the same moment, nothing is written and this says
so.

Examples:
  npm run ops -- secrets set sample-node-api dev PRIVATE_NODE_API_DB_PASSWORD
  openssl rand -base64 33 | npm run ops -- secrets set sample-node-api dev PRIVATE_NODE_API_DB_PASSWORD --stdin`;

/** `ops secrets set APP ENV KEY`. */
export function addSet(secrets: Command, io: Io): void {
  addressOption(refuseSecretArguments(secrets.command("set"), "A value"))
    .argument("<app>", "the app, or the shared set")
    .argument("<env>", "the environment")
    .argument("<key>", "one declared key")
    .option("--stdin", "read the value from standard input")
    .description("Set the value of one key, and leave the others")
    .addHelpText("after", HELP)
    .action(
      async (
        app: string,
        environment: string,
        given: string,
        options: Omit<VaultOptions, "vault"> & { stdin?: boolean },
      ) => {
        const platform = platformOf(io);
        const tenant = selectSet(platform, app, environment);
        const key = selectKey(tenant, given);
        refuseRetired(tenant);
        // Standard input first: a prompt for a login, where there is no token, could not be asked on it any more.
        const piped = options.stdin ? await io.readSecretInput() : undefined;
        await onVault(io, platform, { ...options, vault: tenant.vault }, async ({ client }) => {
          const kv = new KvClient(client);
          // Before the question, so that a change while a person types is noticed.
          const { version: cas } = await currentSubkeys(kv, tenant);
          const value = piped ?? (await io.askSecret(`Value of ${key} of ${app} in ${environment}`));
          refuseValue(value, platform.placeholder);
          const version = await kv.patch(tenant.path, { [key]: value }, cas);
          if (/^\s|\s$/.test(value.unsafeReveal()))
            io.err(`warning: the value of ${key} begins or ends with white space; set it again if that is not meant`);
          io.out(`${key} of ${app} in ${environment} is set: version ${version} of ${tenant.path.toString()}.`);
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
