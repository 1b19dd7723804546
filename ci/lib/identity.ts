import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SecretValue, VaultClient } from "../../cli/vault";
import { addressVariable, named, type PipelinePurpose, type Platform } from "../../model";
import { CiError } from "./errors";

type Env = Readonly<Record<string, string | undefined>>;

/** Who a job is: what Terraform's environment gets, and how it ends. */
export interface JobIdentity {
  /** For the child's environment alone; never on a command line, in a file of the workspace or in an output. */
  readonly env: Readonly<Record<string, string>>;
  /** Revokes the token. Says nothing when that fails: it lives for minutes. */
  end(): Promise<void>;
}

/**
 * The CI's own token for an audience: GitHub's by its request URL, any other CI's in CI_ID_TOKEN.
 * Throws a CiError where there is neither.
 */
export async function idToken(audience: string, env: Env = process.env): Promise<string> {
  if (env.CI_ID_TOKEN) return env.CI_ID_TOKEN;
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
  if (!url || !token) throw new CiError("the job's identity: given none; accepted: a job with `permissions: id-token: write`, a token in CI_ID_TOKEN, or a Vault token in VAULT_TOKEN.");
  const answer = await fetch(`${url}&audience=${encodeURIComponent(audience)}`, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(10_000) });
  const { value } = answer.ok ? ((await answer.json()) as { value?: string }) : {};
  if (!value) throw new CiError(`the job's identity: the CI answers ${answer.status}; accepted: a job with \`permissions: id-token: write\`.`);
  mask(value, env);
  return value;
}

/** Logs in as the stack's job. A VAULT_TOKEN that is there is used as it is: a person's, or another CI's. Throws a CiError or a VaultError. */
export async function jobIdentity(platform: Platform, stack: string, purpose: PipelinePurpose, folder: string, env: Env = process.env): Promise<JobIdentity> {
  const { pipelines } = platform;
  const identity = pipelines?.identities.find((each) => each.stack === stack && each.purpose === purpose);
  const made: Record<string, string> = {};
  if (identity?.cluster) Object.assign(made, await kubeconfig(platform, identity.cluster, folder, env));
  if (env.AWS_ROLE_ARN && !env.AWS_WEB_IDENTITY_TOKEN_FILE && !env.AWS_ACCESS_KEY_ID) Object.assign(made, await awsIdentity(folder, env));
  if (!identity?.vault || !pipelines || env.VAULT_TOKEN) return { env: made, end: () => Promise.resolve() };
  const { name, address } = named(platform.vaults, identity.vault);
  const client = new VaultClient({ address: env[`TF_VAR_${addressVariable(name)}`] ?? address ?? env.VAULT_ADDR ?? "https://127.0.0.1:8200", caFile: env.VAULT_CACERT || undefined });
  const jwt = new SecretValue(await idToken(pipelines.audience, env));
  const { auth } = await client.write(`auth/${pipelines.mount}/login`, { role: identity.name, jwt });
  if (!auth) throw new CiError(`login as ${identity.name}: Vault answers without a token.`);
  const token = auth.token.unsafeReveal();
  mask(token, env);
  return {
    env: { ...made, VAULT_TOKEN: token },
    end: async () => {
      await client.write("auth/token/revoke-self", {}, { token: auth.token }).catch(() => undefined);
    },
  };
}

/**
 * A kubeconfig in which the job is the user that the API server makes of its token, where KUBE_SERVER_<CLUSTER> and KUBE_CA_<CLUSTER> (PEM text)
 * say where that is; otherwise the kubeconfig that Terraform finds is used as it is. KUBE_AUDIENCE_<CLUSTER>: @default the platform's.
 */
async function kubeconfig(platform: Platform, cluster: string, folder: string, env: Env): Promise<Record<string, string>> {
  const variable = cluster.toUpperCase().replaceAll("-", "_");
  const [server, ca] = [env[`KUBE_SERVER_${variable}`], env[`KUBE_CA_${variable}`]];
  if (!server) return {};
  if (!ca) throw new CiError(`KUBE_CA_${variable}: given nothing; accepted: the CA certificate of ${server}, PEM.`);
  const { context } = named(platform.clusters, cluster);
  const token = await idToken(env[`KUBE_AUDIENCE_${variable}`] ?? platform.pipelines!.audience, env);
  const file = join(folder, `kubeconfig-${cluster}`);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: cluster, cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
    users: [{ name: "job", user: { token } }],
    contexts: [{ name: context, context: { cluster, user: "job" } }],
    "current-context": context,
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return { [`TF_VAR_kubeconfig_${cluster.replaceAll("-", "_")}`]: file };
}

/** What Terraform's s3 backend takes for the role in AWS_ROLE_ARN: the state's credentials are the job's own too. Source: AWS's documentation, "Assume role with web identity". */
async function awsIdentity(folder: string, env: Env): Promise<Record<string, string>> {
  const file = join(folder, "aws-token");
  writeFileSync(file, await idToken("sts.amazonaws.com", env), { mode: 0o600 });
  return { AWS_WEB_IDENTITY_TOKEN_FILE: file };
}

/** GitHub leaves what it is told so out of every log. It is the one place where a token is printed, and only to the runner. */
function mask(secret: string, env: Env): void {
  if (env.GITHUB_ACTIONS === "true") process.stdout.write(`::add-mask::${secret}\n`);
}
