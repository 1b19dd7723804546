import { readFileSync } from "node:fs";
import { join } from "node:path";
import { APP_NAMESPACE } from "./acme";
import { until, type Cluster } from "./cluster";

/** Runs a line in the cluster's network; `stdin` is its input, `token` Vault's. */
type Shell = (line: string, stdin?: string, token?: string) => Promise<string>;

const PAGE = readFileSync(join(__dirname, "../../docs/runbooks/restore.md"), "utf8");
/** The page's commands that read a snapshot out of the backup's volume. */
const READ = [...(/^```sh\n([^]*?)^```/m.exec(PAGE)?.[1] ?? "").matchAll(/^kubectl (?:[^]*?^END$|.*$)/gm)].map(
  ([command]) => command,
);
const KEY = "DB_PASSWORD";

/** Reads the newest snapshot into a file, as docs/runbooks/restore.md has it. */
export async function readSnapshot(shell: Shell, file: string, image: string): Promise<void> {
  let newest = "";
  for (const command of READ) {
    const line = command.replace("IMAGE", image).replace("FILE > vault.snap", `${newest} > ${file}`);
    const said = await shell(line);
    newest =
      said
        .match(/^vault-\S+\.snap$/gm)
        ?.sort()
        .at(-1) ?? newest;
  }
  expect(newest).not.toBe("");
}

/** Sets a value of the one app, as somebody with this token types it. */
export async function setValue(shell: Shell, token: string, value: string): Promise<void> {
  await shell(`vault kv patch -mount=apps acme/storefront/storefront-dev ${KEY}=-`, value, token);
}

/** Waits until the operator has put the value into the app's Secret. */
export async function arrives(cluster: Cluster, value: string): Promise<void> {
  const path = ["-n", APP_NAMESPACE, "get", "secret", "storefront-dev-secrets", "-o", `jsonpath={.data.${KEY}}`];
  const seen = async () => Buffer.from(await cluster.kubectl(...path), "base64").toString("utf8");
  await until(`${KEY} in its Secret`, seen, (text) => text === value, 120_000);
}
