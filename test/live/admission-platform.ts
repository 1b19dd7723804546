import { join } from "node:path";
import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";
import { JOBS } from "../helpers/configs";
import { TestIssuer } from "./ci-tokens";
import { jobKubeconfig, jobUser } from "./job-kubeconfig";
import { startOperator } from "./operator";
import { startKubernetes, startVault, type KubernetesCluster, type ServerProcess, type VaultServer } from "./servers";
import { SHARED_STATE, Workspace, type PlannedChange } from "./workspace";
import { loginByKey } from "./up-helpers";

/** The operator's kinds, and how the API calls them. */
export const OBJECTS = {
  VaultConnection: "vaultconnections",
  VaultAuth: "vaultauths",
  VaultStaticSecret: "vaultstaticsecrets",
  VaultAuthGlobal: "vaultauthglobals",
  VaultDynamicSecret: "vaultdynamicsecrets",
  VaultPKISecret: "vaultpkisecrets",
  SecretTransformation: "secrettransformations",
  HCPAuth: "hcpauths",
  HCPVaultSecretsApp: "hcpvaultsecretsapps",
  CSISecrets: "csisecrets",
} as const;

/** One of {@link OBJECTS}. */
export type OperatorKind = keyof typeof OBJECTS;

/** An object of the operator's, as far as it is looked at. */
export interface OperatorObject {
  readonly metadata: { readonly name: string; readonly finalizers?: readonly string[] };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** What the API server answered. */
export interface Answered {
  readonly status: number;
  readonly message: string;
}

/** The stack that says who may do what. */
export const ACCESS = "sample-access-main";
const JOB = "apply-sample-local";

/** Stacks of the sample's local environment. */
export const [OPERATOR, ENVIRONMENT] = ["sample-operator-local", "sample-local"];

/** Resources of the operator's stack that came with the policy. */
const ADMISSION = /^kubernetes_manifest$/;

/**
 * The sample's local environment on a Vault with TLS, its stacks applied by the identities that apply them, and the
 * operator. The operator's stack is at first the one of a platform that has no policy yet.
 */
export class AdmissionPlatform {
  private constructor(
    readonly cluster: KubernetesCluster,
    readonly vault: VaultServer,
    readonly workspace: Workspace,
    readonly operator: ServerProcess,
    private readonly ci: TestIssuer,
    private readonly config: PlatformConfig,
  ) {}

  /** Starts and applies all of it (about 30 s). */
  static async start(chart: string): Promise<AdmissionPlatform> {
    const ci = new TestIssuer();
    const [cluster, vault] = await Promise.all([
      startKubernetes({ scheduler: true, kwok: true }),
      startVault({ storage: "dev", tls: true }),
    ]);
    const config: PlatformConfig = {
      ...sample,
      secretOwner: "operator",
      authority: "separate",
      backend: SHARED_STATE,
      pipelines: ci.pipelines(),
      vaults: { main: { address: vault.address, ca: { certificate: vault.ca! } } },
      clusters: {
        local: {
          context: "live",
          kubeconfig: cluster.kubeconfig,
          login: loginByKey(cluster),
          operator: { chart: { repository: "", name: chart } },
          pipelines: { ...JOBS, host: cluster.address, caCertificate: cluster.ca },
        },
      },
      environments: {
        local: { vault: "main", cluster: "local", namespace: "sample", refreshAfter: "2s" },
        dev: { vault: "main" },
      },
    };
    const workspace = new Workspace(config, { VAULT_ADDR: vault.address, VAULT_CACERT: vault.caFile! });
    await workspace.apply(ACCESS, { VAULT_TOKEN: vault.rootToken });
    const file = stackFile(OPERATOR!);
    const whole = workspace.read(file) as { readonly resource: Readonly<Record<string, object>> };
    const before = Object.entries(whole.resource).filter(([type]) => !ADMISSION.test(type));
    workspace.write(file, JSON.stringify({ ...whole, resource: Object.fromEntries(before) }));
    await workspace.apply(OPERATOR!);
    workspace.write(file, JSON.stringify(whole));
    const operator = await startOperator(cluster);
    const platform = new AdmissionPlatform(cluster, vault, workspace, operator, ci, config);
    await platform.applyEnvironment();
    return platform;
  }

  /** Stops all that it started. */
  async stop(): Promise<void> {
    await this.operator.stop();
    await Promise.all([this.cluster.stop(), this.vault.stop()]);
  }

  /** Synthesizes the config with a change. */
  synthesize(change: Partial<PlatformConfig>): void {
    this.workspace.synthesize({ ...this.config, ...change });
  }

  /** Applies the environment's stack as its job; returns what Terraform said. */
  async applyEnvironment(...words: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    const run = await this.workspace.terraform(
      ENVIRONMENT!,
      ["apply", "-auto-approve", "-input=false", "-no-color", ...words],
      await this.job(),
    );
    // Terraform frames errors, and breaks their lines.
    return { ...run, output: run.output.replace(/\s*\n[\s│]*/g, " ") };
  }

  /** What a plan of the environment, as its job, would change. */
  async planEnvironment(): Promise<PlannedChange[]> {
    return this.workspace.changes(ENVIRONMENT!, await this.job());
  }

  private async job(): Promise<Record<string, string>> {
    return {
      TF_VAR_kubeconfig_local: jobKubeconfig(this.cluster, this.workspace, JOB),
      VAULT_TOKEN: await this.ci.job(this.vault, JOB),
    };
  }

  /** Sends a request as the environment's job. */
  async ask(method: string, path: string, body?: unknown): Promise<Answered> {
    return this.askAs({ "Impersonate-User": jobUser(JOB) }, method, path, body);
  }

  /** Makes an object in the environment's namespace as its job, or, with `admin`, as who may do everything. */
  make(
    kind: OperatorKind,
    name: string,
    spec: object,
    { admin = false, namespace = "sample" } = {},
  ): Promise<Answered> {
    const body = { apiVersion: "secrets.hashicorp.com/v1beta1", kind, metadata: { name, namespace }, spec };
    return this.askAs(admin ? {} : { "Impersonate-User": jobUser(JOB) }, "POST", pathOf(kind, namespace), body);
  }

  /** Changes the spec of an object, by a merge patch, as the job. */
  change(kind: OperatorKind, name: string, spec: object): Promise<Answered> {
    return this.ask("PATCH", `${pathOf(kind)}/${name}`, { spec });
  }

  /** An object of the environment's. */
  object(kind: OperatorKind, name: string): Promise<OperatorObject> {
    return this.cluster.ok<OperatorObject>("GET", `${pathOf(kind)}/${name}`);
  }

  /** Sets a password as a person does, and waits until the operator has carried it into its Secret. */
  async arrives(password: string): Promise<void> {
    await this.vault.ok("POST", "kvv2/data/sample/sample-node-api/sample-node-api-local", {
      body: { data: { PRIVATE_NODE_API_DB_USERNAME: "app", PRIVATE_NODE_API_DB_PASSWORD: password } },
    });
    const path = "/api/v1/namespaces/sample/secrets/sample-app-node-api-local-db-connection-secret";
    await this.cluster.until(
      async () => {
        const { body } = await this.cluster.request<{ data?: Readonly<Record<string, string>> }>("GET", path);
        return Buffer.from(body.data?.PRIVATE_NODE_API_DB_PASSWORD ?? "", "base64").toString("utf8") === password;
      },
      `the Secret has ${password}`,
      40_000,
    );
  }

  private async askAs(
    headers: Readonly<Record<string, string>>,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answered> {
    const answer = await this.cluster.request<{ message?: string }>(method, path, body, { headers });
    return { status: answer.status, message: answer.body?.message ?? "" };
  }
}

/** A stack's JSON in its workspace. */
export function stackFile(stack: string): string {
  return join("cdktf.out", "stacks", stack, "cdk.tf.json");
}

/** Where the API has objects of a kind. */
export function pathOf(kind: OperatorKind, namespace = "sample"): string {
  return `/apis/secrets.hashicorp.com/v1beta1/namespaces/${namespace}/${OBJECTS[kind]}`;
}
