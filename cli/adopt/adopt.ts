import { existsSync, writeFileSync } from "node:fs";
import { ConfigError, resolvePlatform, type PlatformConfig } from "../../model";
import { Asking } from "../access-live/asking";
import { EXIT } from "../exit-codes";
import { OpsError, UsageError } from "../ops/errors";
import type { Io } from "../ops/io";
import { withToken } from "../ops/session";
import { VaultClient } from "../vault";
import { configFile, configOf, withPeople, type Server } from "./config";
import { readFound, readSet, type Found } from "./found";
import { localMounts, otherObjects, otherSecrets, sortSets, takenNames } from "./left";
import { peopleOf, type People } from "./people";
import { choosePlatform } from "./places";
import { changedSettings } from "./settings";
import { reportText, type Adopted } from "./report";

/** The words of `npm run adopt`. */
export interface AdoptOptions {
  /** The Vault's address; @default VAULT_ADDR */
  readonly vault?: string;
  readonly mount?: string;
  readonly name?: string;
  readonly out: string;
}

/**
 * Reads a Vault, and writes the config that describes it. It changes nothing in the Vault and reads no value. Ends with
 * 3 where something is left, or could not be read.
 *
 * Throws a UsageError for a file that is there already, an OpsError where no config can describe this Vault or the
 * token may not read enough to say so, and VaultErrors; then nothing is written.
 */
export async function adopt(io: Io, { vault, mount, name, out }: AdoptOptions): Promise<void> {
  const address = vault ?? io.env.VAULT_ADDR;
  if (!address)
    throw new UsageError(
      "--vault: given nothing, nor VAULT_ADDR; accepted: a URL such as https://vault.example.com:8200.",
    );
  if (existsSync(out))
    throw new UsageError(
      `--out: given ${JSON.stringify(out)}, which is there; accepted: a file that is not. Nothing was read.`,
    );
  const client = VaultClient.at(address, io.env);
  try {
    const { version } = await client.sealStatus();
    const server = { address: client.address, version };
    const adopted = await withToken(io, client, address, () =>
      adoptedFrom(new Asking(io, client), server, mount, name),
    );
    // `wx`: one that came in the meantime is not overwritten either.
    writeFileSync(out, await configFile(adopted.config, out), { flag: "wx" });
    io.out(reportText(adopted, out));
    if (adopted.left.length + adopted.refused.length > 0) io.exit(EXIT.findings);
  } finally {
    client.close();
  }
}

async function adoptedFrom(ask: Asking, server: Server, mount?: string, name?: string): Promise<Adopted> {
  const found = await readFound(ask, mount);
  refuseBlind(ask, WHO, mount);
  const taken = takenNames(found);
  if (taken.length > 0)
    throw new OpsError(
      `this Vault has what every platform makes: ${taken.join(", ")}. If this product set it up, its config is what ` +
        "describes it; else rename these first. Nothing was written.",
    );
  const chosen = choosePlatform(found.mounts, mount, name);
  const local = localMounts(found, chosen.mount);
  if (local.length > 0)
    throw new OpsError(
      `${local.join(" and ")} would be replaced at the first apply, and all in it lost: made with -local, which ` +
        "Terraform cannot take over. Make another without it, and move what is in it. Nothing was written.",
    );
  const places = await ask.each(
    chosen.places,
    "reading names of keys",
    async (place) => [place, await readSet(ask, place)] as const,
  );
  refuseBlind(ask, new RegExp(`^\\w+ ${chosen.mount}/(metadata/\\*|subkeys/\\*|config)$`), chosen.mount);
  const { sets, left } = sortSets(found, places);
  if (sets.length === 0)
    throw new OpsError(
      ["no secret can be adopted. Nothing was written.", ...left.map(({ what, why }) => `  ${what}: ${why}`)].join(
        "\n",
      ),
    );
  const config = configOf(found, server, chosen, sets);
  const people = peopleIn(found, config, chosen.platform);
  return {
    config: withPeople(config, people),
    people,
    left: [
      ...changedSettings(found, chosen.mount),
      ...left,
      ...otherSecrets(found, chosen),
      ...otherObjects(found, people),
    ],
    refused: ask.refused,
    requests: ask.requests,
  };
}

function peopleIn(found: Found, config: PlatformConfig, platform: string): People {
  try {
    const { root } = resolvePlatform(config).vaults[0]!;
    const apps = Object.entries(config.apps).map(
      ([app, { environments }]) => [app, Object.keys(environments!)] as const,
    );
    return peopleOf(found, { root, apps: new Map(apps) }, config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new OpsError(
      `what is in this Vault makes no config of platform ${platform}. Nothing was written. ${error.message}`,
    );
  }
}

/** What must be known of who may do what: unseen, somebody would be made a second time, or a group written over. */
const WHO =
  /^\w+ (sys\/(mounts|auth|policies\/acl)(\/\+)?|identity\/(entity|group)\/id(\/\+)?|auth\/userpass\/users(\/\+)?)$/;

function refuseBlind(ask: Asking, needed: RegExp, mount = "kvv2"): void {
  const refused = ask.refused.filter((request) => needed.test(request));
  if (refused.length > 0)
    throw new OpsError(
      `the token may not ${refused.join(", nor ")}: a config without what is there would not be safe. Nothing was ` +
        `written. npm run adopt -- --policy --mount ${mount} shows the policy that it needs.`,
    );
}
