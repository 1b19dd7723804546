import { readStacks } from "../../access";
import { Asking } from "../../cli/access-live/asking";
import { compareWithVault, type Difference } from "../../cli/access-live/compare";
import { mountsOf, readVault } from "../../cli/access-live/read-vault";
import { SecretValue, VaultClient } from "../../cli/vault";
import { scriptedIo } from "../cli/up/scripted-io";
import type { VaultServer } from "./servers";

/**
 * How a running Vault, read with its root token, differs from the stacks of Vault `main` that were applied to it; the
 * root token aside. Throws where something could not be read.
 * @param kinds what to look at; @default all
 */
export async function differencesOf(
  server: VaultServer,
  outdir: string,
  kinds = ["access", "environment"],
): Promise<Difference[]> {
  const stacks = readStacks(outdir).filter(({ metadata: { vault, kind } }) => vault === "main" && kinds.includes(kind));
  const client = VaultClient.at(server.address, {});
  client.token = new SecretValue(server.rootToken);
  const ask = new Asking(scriptedIo({}), client);
  const { objects } = await readVault(ask, mountsOf(stacks));
  const { differences } = compareWithVault(stacks, objects, ask);
  client.close();
  if (ask.refused.length > 0) throw new Error(`not read: ${ask.refused.join(", ")}`);
  return differences.filter(({ where }) => !where.includes("auth-token-accessors-"));
}
