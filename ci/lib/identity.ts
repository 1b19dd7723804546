import { writeFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { claimsOf } from "../../cli/jwt";
import type { Env } from "../../cli/terraform";
import { SecretValue, VaultClient } from "../../cli/vault";
import { addressVariable, named, type PipelinePurpose, type Platform, type Vault } from "../../model";
import { OpsError, UsageError } from "../../cli/ops/errors";

/** Who a job is: what Terraform's environment gets, and how it ends. */
export interface JobIdentity {
  /** For the child's environment alone; never on a command line, in a file of the workspace or in an output. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * The stack's Vault, as Terraform reaches it, with the job's token; undefined where the stack has none. Throws a
   * UsageError for an address or a CA file that cannot be used.
   */
  vault(): VaultClient | undefined;
  /** Revokes the token. Says nothing when that fails: it lives for minutes. */
  end(): Promise<void>;
}

/**
 * The CI's own token for an audience: GitHub's by its request URL; any other CI's in CI_ID_TOKEN_<HOLDER> (VAULT, AWS,
 * or the cluster), or in CI_ID_TOKEN. A token from a variable is given to nobody whom its `aud` does not name. Throws a
 * UsageError where there is none.
 */
export async function idToken(audience: string, holder: string, env: Env = process.env): Promise<string> {
  const variable = `CI_ID_TOKEN_${holder}`;
  const given = env[variable] || env.CI_ID_TOKEN;
  if (given) {
    const audiences = claimsOf(given)?.audiences ?? [];
    if (audiences.includes(audience)) return given;
    throw new UsageError(
      `${env[variable] ? variable : "CI_ID_TOKEN"}: given ` +
        `${audiences.length > 0 ? `a token for ${audiences.join(", ")}` : "what is no JWT with an audience"}; ` +
        `accepted: one whose \`aud\` is ${audience}. Set ${variable} to a token that the CI makes for that audience.`,
    );
  }
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
  if (!url || !token)
    throw new UsageError(
      `the job's identity for ${audience}: given none; accepted: a job with \`permissions: id-token: write\`, a ` +
        `token in ${variable}${holder === "VAULT" ? " or CI_ID_TOKEN, or a Vault token in VAULT_TOKEN" : ""}.`,
    );
  return requestToken(url, token, audience, env);
}

/** Asks GitHub. No answer is quoted: a half one may hold half a token. */
async function requestToken(url: string, token: string, audience: string, env: Env): Promise<string> {
  let said: string;
  try {
    const asked = new URL(url);
    asked.searchParams.set("audience", audience);
    const answer = await fetch(asked, {
      headers: { authorization: `Bearer ${token}` },
      redirect: "error",
      signal: AbortSignal.timeout(10_000),
    });
    const { value } = answer.ok ? ((await answer.json()) as { value?: unknown }) : {};
    if (typeof value === "string" && value) {
      mask(value, env);
      return value;
    }
    said = `the CI answers ${answer.status}${answer.ok ? " without a token" : ""}`;
  } catch (error) {
    const late = (error as Error).name === "TimeoutError";
    said = late ? "the CI does not answer within 10 s" : "the CI gives no answer that can be read";
  }
  throw new OpsError(
    `the job's identity for ${audience}: ${said}; accepted: a job with \`permissions: id-token: ` +
      `write\`. Run the job again; if it stays so, look at ACTIONS_ID_TOKEN_REQUEST_URL.`,
  );
}

/**
 * Logs in as the stack's job, with new tokens each time it is called: they live for minutes. A VAULT_TOKEN that is
 * there is used as it is: a person's, or another CI's. `folder` is the run's private one. Throws a UsageError, an
 * OpsError or a VaultError; nothing is left to revoke then.
 */
export async function jobIdentity(
  platform: Platform,
  stack: string,
  purpose: PipelinePurpose,
  folder: string,
  env: Env = process.env,
): Promise<JobIdentity> {
  const { pipelines } = platform;
  const identity = pipelines?.identities.find((each) => each.stack === stack && each.purpose === purpose);
  const made: Record<string, string> = {
    ...vaultCertificate(platform, stack, folder, env),
    ...(identity?.cluster && (await kubeconfig(platform, identity.cluster, folder, env))),
    ...(await stateIdentity(folder, env)),
  };
  const { vault } = named(platform.stacks, stack);
  const vaultWith = (token: SecretValue | undefined) =>
    vault === undefined ? undefined : vaultClient(named(platform.vaults, vault), made.VAULT_CACERT, env, token);
  if (!identity?.vault || !pipelines || env.VAULT_TOKEN) {
    const token = env.VAULT_TOKEN ? new SecretValue(env.VAULT_TOKEN) : undefined;
    return { env: made, vault: () => vaultWith(token), end: async () => {} };
  }
  const client = vaultWith(undefined)!;
  const jwt = new SecretValue(await idToken(pipelines.audience, "VAULT", env));
  const { auth } = await client.write(`auth/${pipelines.mount}/login`, { role: identity.name, jwt });
  if (!auth) throw new OpsError(`login as ${identity.name}: Vault answers without a token.`);
  const { token } = auth;
  mask(token.unsafeReveal(), env);
  return {
    env: { ...made, VAULT_TOKEN: token.unsafeReveal() },
    vault: () => vaultWith(token),
    end: async () => void (await client.write("auth/token/revoke-self", {}, { token }).catch(() => undefined)),
  };
}

/**
 * Where Terraform's provider goes, and not as cli/ops/way.ts: with another order the job would log in to one Vault and
 * plan against another. A job has no port-forward.
 */
function vaultClient(
  { name, address }: Vault,
  caFile: string | undefined,
  env: Env,
  token: SecretValue | undefined,
): VaultClient {
  return new VaultClient({
    address: env[`TF_VAR_${addressVariable(name)}`] ?? address ?? env.VAULT_ADDR ?? "https://127.0.0.1:8200",
    caFile,
    token,
  });
}

/**
 * Whom to trust as the stack's Vault, as one absolute path for the login and for Terraform, which run in different
 * folders: the config's certificate, in a file of the run's own; where it has none, VAULT_CACERT, a file that is there.
 */
function vaultCertificate(
  platform: Platform,
  stack: string,
  folder: string,
  { VAULT_CACERT: path }: Env,
): Record<string, string> {
  const { vault } = named(platform.stacks, stack);
  const text = vault === undefined ? undefined : named(platform.vaults, vault).ca?.certificate;
  if (text !== undefined) {
    const file = join(resolve(folder), "vault-ca.pem");
    writeFileSync(file, text.endsWith("\n") ? text : `${text}\n`, { mode: 0o600 });
    return { VAULT_CACERT: file };
  }
  if (path && !isAbsolute(path))
    throw new UsageError(
      `VAULT_CACERT: given ${path}, a relative path; accepted: an absolute one, because Terraform ` +
        `runs in another folder. Or give the config the certificate itself: vaults.${vault}.ca.certificate.`,
    );
  return path ? { VAULT_CACERT: path } : {};
}

/**
 * A kubeconfig in which the job is the user that the API server makes of its token. Where that is, and who signed its
 * certificate, the config says and no variable: somebody who may set variables, and has nobody review it, would
 * otherwise have the tokens sent to an address of their own. Nothing where the cluster has no `pipelines`, or where
 * somebody has brought a kubeconfig in Terraform's own variable: that is used as it is.
 */
async function kubeconfig(
  platform: Platform,
  cluster: string,
  folder: string,
  env: Env,
): Promise<Record<string, string>> {
  const { context, pipelines: jobs } = named(platform.clusters, cluster);
  const variable = `TF_VAR_kubeconfig_${cluster.replaceAll("-", "_")}`;
  if (!jobs || env[variable]) return {};
  const holder = cluster.toUpperCase().replaceAll("-", "_");
  const token = await idToken(jobs.audience ?? platform.pipelines!.audience, holder, env);
  const { host: server, caCertificate } = jobs;
  // The same path each time: a plan remembers it, and takes no other at its apply.
  const file = join(resolve(folder), `kubeconfig-${cluster}`);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: cluster,
        cluster: { server, "certificate-authority-data": Buffer.from(caCertificate).toString("base64") },
      },
    ],
    users: [{ name: "job", user: { token } }],
    contexts: [{ name: context, context: { cluster, user: "job" } }],
    "current-context": context,
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return { [variable]: file };
}

/**
 * What Terraform's s3 backend takes for the role in AWS_ROLE_ARN: the state's credentials are the job's own too.
 * Nothing where somebody has brought credentials. Source: AWS's documentation, "Assume role with web identity".
 */
export async function stateIdentity(folder: string, env: Env = process.env): Promise<Record<string, string>> {
  if (!env.AWS_ROLE_ARN || env.AWS_WEB_IDENTITY_TOKEN_FILE || env.AWS_ACCESS_KEY_ID) return {};
  const file = join(resolve(folder), "aws-token");
  writeFileSync(file, await idToken("sts.amazonaws.com", "AWS", env), { mode: 0o600 });
  return { AWS_WEB_IDENTITY_TOKEN_FILE: file };
}

/**
 * GitHub leaves what it is told so out of every log. It is the one place where a token is printed, and only to the
 * runner.
 */
function mask(secret: string, env: Env): void {
  if (env.GITHUB_ACTIONS === "true") process.stdout.write(`::add-mask::${secret}\n`);
}
