import { startVault, type VaultServer } from "./servers";

const ENVIRONMENTS = ["local", "dev", "qa", "stg", "prod"];

/** The article's apps, and the first part of their keys. */
const APPS = { "sample-node-api": "PRIVATE_NODE_API", "sample-python-api": "PRIVATE_PYTHON_API" } as const;

/** What a Vault has that the article's `configure.sh` set up. */
export interface ArticleVault {
  readonly server: VaultServer;
  /** By user; everybody's own, as the article asks for. */
  readonly passwords: ReadonlyMap<string, string>;
  /** Values by path below `kvv2/data/`. */
  readonly values: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

const WRITE = ["create", "read", "update", "delete", "list"];
const READ = ["read", "list"];

/** A policy of the article: read/write access, or read only, to the tree below a folder. */
export function treePolicy(folder: string, mayWrite: boolean, mount = "kvv2"): string {
  const capabilities = JSON.stringify(mayWrite ? WRITE : READ);
  return ["data", "metadata"]
    .map((kind) => `path "${mount}/${kind}/${folder}/*" {\n  capabilities = ${capabilities}\n}\n`)
    .join("");
}

/** Users and policies, which have the same names, and what each may do. */
const PEOPLE: readonly (readonly [name: string, folder: string, mayWrite: boolean])[] = [
  ["sample-admin", "sample", true],
  ...Object.keys(APPS).flatMap((app): [string, string, boolean][] => [
    [`${app}-admin`, `sample/${app}`, true],
    [`${app}-user`, `sample/${app}`, false],
  ]),
];

/**
 * A Vault as the article's `configure.sh` leaves it, made by the API as that script makes it: auth methods, secrets
 * engine, policies, users with a password each, roles of the workloads, a set for each app and environment with values
 * that a person changed since. About a second.
 */
export async function startArticleVault(): Promise<ArticleVault> {
  const server = await startVault({ storage: "dev" });
  const put = (path: string, body: unknown) => server.ok("POST", path, { body });
  await put("sys/auth/userpass", { type: "userpass" });
  await put("sys/auth/kubernetes", { type: "kubernetes" });
  const host = { kubernetes_host: "https://kubernetes.default.svc", disable_local_ca_jwt: true };
  await put("auth/kubernetes/config", host);
  await put("sys/mounts/kvv2", { type: "kv", options: { version: "2" } });
  const passwords = new Map<string, string>();
  for (const [name, folder, mayWrite] of PEOPLE) {
    await put(`sys/policies/acl/${name}`, { policy: treePolicy(folder, mayWrite) });
    passwords.set(name, `first-${name}`);
    await put(`auth/userpass/users/${name}`, { password: `first-${name}`, policies: name });
  }
  const values = new Map<string, Record<string, string>>();
  for (const [app, prefix] of Object.entries(APPS)) {
    await put(`auth/kubernetes/role/${app}`, {
      bound_service_account_names: [`${app}-vault-operator-sa`],
      bound_service_account_namespaces: ["sample"],
      policies: [`${app}-user`],
      ttl: "24h",
    });
    for (const environment of ENVIRONMENTS) {
      const path = `sample/${app}/${app}-${environment}`;
      for (const version of [1, 2]) {
        const value = (key: string) => `${key}-${environment}-${version}`;
        const data = { [`${prefix}_DB_USERNAME`]: value("name"), [`${prefix}_DB_PASSWORD`]: value("word") };
        await put(`kvv2/data/${path}`, { data });
        values.set(path, data);
      }
    }
  }
  return { server, passwords, values };
}
