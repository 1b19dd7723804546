import { writeFileSync } from "node:fs";
import type { PlatformConfig } from "../../model";
import { databasePlatform, ENVIRONMENTS, fileIn, FIRST_PASSWORD, inCluster, prepare } from "./database-platform";
import { ops } from "./ops";
import { ReleasedOperator } from "./released-operator";
import {
  chartsFolder,
  startKubernetes,
  startPostgres,
  startVault,
  type KubernetesCluster,
  type Login,
  type PostgresServer,
  type VaultServer,
} from "./servers";
import { Workspace } from "./workspace";

/** An app's VaultDynamicSecret, as far as it is looked into. */
export interface DynamicSecret {
  readonly status?: {
    readonly secretLease?: { readonly id: string };
    readonly lastRenewalTime?: number;
    readonly lastRuntimePodUID?: string;
    readonly staticCredsMetaData?: { readonly lastVaultRotation: number };
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}

/** An app of {@link DatabaseCluster}. */
export type App = "shop" | "cart" | "report";

const [ACCESS, OPERATOR] = ["small-access-main", "small-operator-local"] as const;

/**
 * Three apps at one database in two environments, with everything that carries credentials to them: `shop` by quick
 * dynamic credentials, `cart` by slow ones, `report` by a static role. Each has a Deployment, without pods.
 */
export class DatabaseCluster {
  private constructor(
    readonly server: VaultServer,
    readonly cluster: KubernetesCluster,
    readonly postgres: PostgresServer,
    readonly workspace: Workspace,
    readonly operator: ReleasedOperator,
    readonly config: PlatformConfig,
  ) {}

  /** Starts and applies all of it. `ttl` and `maxTtl` are of `shop`'s credentials. */
  static async start(times: { readonly ttl: "10s"; readonly maxTtl: "40s" }): Promise<DatabaseCluster> {
    const [cluster, server, postgres] = await Promise.all([
      startKubernetes(),
      startVault({ storage: "file" }),
      startPostgres(),
    ]);
    await server.init();
    await server.unseal();
    await prepare(postgres);
    const { apps, ...rest } = databasePlatform(server, postgres, times);
    const withTarget = (name: App, access: PlatformConfig["apps"][string]["databases"]) => ({
      owner: `team-${name}`,
      keys: ["KEY"],
      restartTargets: [{ kind: "Deployment", name } as const],
      databases: access,
    });
    const config: PlatformConfig = {
      ...rest,
      ...inCluster(cluster, chartsFolder()!),
      environments: Object.fromEntries(
        ENVIRONMENTS.map((name) => [
          name,
          { vault: "main", cluster: "local", namespace: `apps-${name}`, restarts: "automatic" } as const,
        ]),
      ),
      apps: {
        shop: withTarget("shop", apps.shop!.databases),
        cart: withTarget("cart", { orders: { access: "dynamic", memberOf: "orders_{environment}_rw" } }),
        report: withTarget("report", apps.report!.databases),
      },
    };
    const workspace = new Workspace(config, { VAULT_TOKEN: server.rootToken });
    writeFileSync(fileIn(workspace.folder), `export default ${JSON.stringify(config)};\n`);
    await workspace.apply(ACCESS);
    const operator = await ReleasedOperator.install(cluster, workspace, OPERATOR);
    const made = new DatabaseCluster(server, cluster, postgres, workspace, operator, config);
    for (const name of ENVIRONMENTS) {
      const { code, errLines } = await made.ops(`databases adopt orders ${name}`);
      if (code !== 0) throw new Error(errLines.join("\n"));
      await workspace.apply(`small-${name}`);
      for (const app of ["shop", "cart", "report"] as const) await made.deploy(app, name);
    }
    return made;
  }

  /** Runs a command of the operations program. */
  ops(words: string) {
    return ops(this.server, words.split(" "), {
      env: { PLATFORM: fileIn(this.workspace.folder), VAULT_TOKEN: this.server.rootToken },
      secret: () => FIRST_PASSWORD,
    });
  }

  /** The credentials in an app's Secret; undefined where it has none, or not all of them. */
  async login(app: App, environment = "dev"): Promise<Login | undefined> {
    const { body } = await this.cluster.request<{ data?: Record<string, string> }>(
      "GET",
      this.secret(app, environment),
    );
    const text = (key: string) => Buffer.from(body.data?.[key] ?? "", "base64").toString("utf8");
    const [user, password] = [text("username"), text("password")];
    return user && password ? { user, password, database: `orders_${environment}` } : undefined;
  }

  /** Waits until an app's Secret has credentials that work, and are not those. */
  async arrives(app: App, { environment = "dev", not = "" } = {}): Promise<Login> {
    let found: Login | undefined;
    const works = async () => {
      found = await this.login(app, environment);
      return found !== undefined && found.password !== not && (await this.postgres.admits(found).catch(() => false));
    };
    await this.cluster.until(works, `credentials of ${app} in ${environment}`, 60_000);
    return found!;
  }

  /** The path of an app's Secret. */
  secret(app: App, environment = "dev"): string {
    return `/api/v1/namespaces/apps-${environment}/secrets/${app}-orders-${environment}-credentials`;
  }

  /** The path of an app's VaultDynamicSecret. */
  dynamicPath(app: App, environment = "dev"): string {
    return (
      `/apis/secrets.hashicorp.com/v1beta1/namespaces/apps-${environment}/vaultdynamicsecrets/` +
      `${app}-orders-vault-dynamic-secret`
    );
  }

  /** What the operator says of it. */
  async status(app: App, environment = "dev"): Promise<NonNullable<DynamicSecret["status"]>> {
    return (await this.cluster.ok<DynamicSecret>("GET", this.dynamicPath(app, environment))).status ?? {};
  }

  /** Waits until the operator says something. */
  async says(app: App, message: RegExp): Promise<void> {
    const said = async () => ((await this.status(app)).conditions ?? []).some((each) => message.test(each.message));
    await this.cluster.until(said, `the operator says ${message} of ${app}`, 60_000);
  }

  /** When the operator restarted an app's Deployment last; undefined: never. */
  async restartedAt(app: App, environment = "dev"): Promise<string | undefined> {
    const path = `/apis/apps/v1/namespaces/apps-${environment}/deployments/${app}`;
    const { spec } = await this.cluster.ok<{
      spec: { template: { metadata: { annotations?: Record<string, string> } } };
    }>("GET", path);
    return spec.template.metadata.annotations?.["vso.secrets.hashicorp.com/restartedAt"];
  }

  private async deploy(app: App, environment: string): Promise<void> {
    const labels = { app };
    await this.cluster.ok("POST", `/apis/apps/v1/namespaces/apps-${environment}/deployments`, {
      metadata: { name: app },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "app", image: "none" }] } },
      },
    });
  }
}
