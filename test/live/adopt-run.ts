import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PlatformConfig } from "../../model";
import { temporaryFolder, type VaultServer } from "./servers";

const ROOT = join(__dirname, "../..");
const TSX = require.resolve("tsx");
const run = promisify(execFile);

/** How a process ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program of the project as a process of its own. `words`: the file and what follows. */
export async function program(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const settings = { cwd: ROOT, env: { PATH: process.env.PATH ?? "", HOME: temporaryFolder("home"), ...env } };
  return run(process.execPath, ["--import", TSX, ...words], settings)
    .then(({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }))
    .catch(({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      out: stdout,
      err: stderr,
    }));
}

/** Runs `npm run adopt` on a Vault; `out` is the file that it writes. */
export async function adopt(
  server: VaultServer,
  token: string,
  words: readonly string[] = [],
  out = join(temporaryFolder("adopted"), "adopted.ts"),
): Promise<Ended & { readonly file: string }> {
  const all = ["cli/adopt.ts", "--vault", server.address, "--out", out, ...words];
  return { ...(await program(all, { VAULT_TOKEN: token })), file: out };
}

/** The config in a file that `adopt` wrote. */
export async function configIn(file: string): Promise<PlatformConfig> {
  const code = `console.log(JSON.stringify(require(${JSON.stringify(file)}).default))`;
  const { out, err } = await program(["--eval", code]);
  if (err !== "") throw new Error(err);
  return JSON.parse(out) as PlatformConfig;
}

/** A token that reads what `adopt --policy` says, and nothing else. */
export async function readerToken(server: VaultServer, mount = "kvv2"): Promise<string> {
  const { out } = await program(["cli/adopt.ts", "--policy", "--mount", mount]);
  await server.ok("PUT", "sys/policies/acl/access-reader", { body: { policy: out } });
  const body = { policies: ["access-reader"], no_default_policy: true, no_parent: true };
  const { auth } = await server.ok<{ auth: { client_token: string } }>("POST", "auth/token/create", { body });
  return auth.client_token;
}

interface Named {
  readonly data: Record<string, unknown> & { readonly keys: readonly string[] };
}

/** All that a Vault has of logins, people, policies, mounts and secrets, to be compared with a later one. */
export async function everything(server: VaultServer, secrets: Iterable<string>): Promise<Record<string, unknown>> {
  const said: Record<string, unknown> = {};
  const read = async (path: string) => {
    const { status, body } = await server.request<Named>("GET", path);
    said[path] = status === 200 ? body.data : status;
  };
  for (const path of ["sys/mounts", "sys/auth", "sys/audit"]) await read(path);
  for (const list of ["sys/policies/acl", "auth/userpass/users", "auth/kubernetes/role", "identity/entity/id"])
    for (const name of (await server.request<Named>("LIST", list)).body.data?.keys ?? []) await read(`${list}/${name}`);
  for (const name of (await server.request<Named>("LIST", "identity/group/id")).body.data?.keys ?? [])
    await read(`identity/group/id/${name}`);
  for (const path of secrets) for (const kind of ["data", "metadata"]) await read(`kvv2/${kind}/${path}`);
  return said;
}

/** A login of a user; its token. */
export async function login(server: VaultServer, user: string, password: string): Promise<string> {
  const answer = await server.ok<{ auth: { client_token: string } }>("POST", `auth/userpass/login/${user}`, {
    token: "",
    body: { password },
  });
  return answer.auth.client_token;
}

/** What a token may do on each of some paths, as Vault says it. */
export async function cells(server: VaultServer, token: string, paths: readonly string[]): Promise<Set<string>> {
  const { data } = await server.ok<{ data: Record<string, readonly string[]> }>("POST", "sys/capabilities", {
    body: { token, paths },
  });
  return new Set(
    paths.flatMap((path) => data[path]!.filter((each) => each !== "deny").map((each) => `${each} ${path}`)),
  );
}
