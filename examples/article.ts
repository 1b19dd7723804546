// The article in a program of one's own: the servers, then what is in Vault, and what carries one app's values out.
import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { App, TerraformStack } from "cdktf";
import * as tenancy from "../constructs"; // of one's own: "vault-tenancy"

const cluster = { configPath: "~/.kube/config", configContext: "docker-desktop" };
const app = new App();
const servers = new TerraformStack(app, "servers");
new KubernetesProvider(servers, "kubernetes", cluster);
new HelmProvider(servers, "helm", { helmDriver: "configmap", kubernetes: cluster });
const operatorNamespaces = [new tenancy.OperatorInstall(servers, "operator").namespace];
const server = { namespace: "sample-vault", unsafeNoTls: true, operatorNamespaces };
const { address } = new tenancy.VaultInstall(servers, "vault", server);

const sample = new TerraformStack(app, "sample"); // to be applied when Vault is unsealed
new KubernetesProvider(sample, "kubernetes", cluster);
new VaultProvider(sample, "vault", { skipChildToken: true });
new RandomProvider(sample, "random");
const mount = new tenancy.KvMount(sample, "kv", { path: "kvv2" });
const userpass = new tenancy.Userpass(sample, "userpass");
const person = (name: string) => new tenancy.Person(sample, `user-${name}`, { name, userpass });
const group = (name: string) => new tenancy.Group(sample, `group-${name}`, { name, members: [person(name)] });
new tenancy.SecretFolder(mount, "sample").grantWrite(group("sample-admin"));
const namespace = new tenancy.AppNamespace(sample, "namespace", { name: "sample" });
const connection = new tenancy.VaultConnection(sample, "connection", { namespace, address });
const local = { authMethod: new tenancy.AuthMethod(sample, "login"), namespace: namespace.name, connection };
for (const [api, KEY] of Object.entries({ "sample-node-api": "NODE_API", "sample-python-api": "PYTHON_API" })) {
  new tenancy.SecretFolder(mount, `sample/${api}`).grantWrite(group(`${api}-admin`));
  new tenancy.SecretFolder(mount, `sample/${api}`).grantRead(group(`${api}-user`));
  const set = { mount, owner: api, keys: [`PRIVATE_${KEY}_DB_USERNAME`, `PRIVATE_${KEY}_DB_PASSWORD`] };
  for (const name of ["local", "dev", "qa", "stg", "prod"].map((environment) => `${api}-${environment}`)) {
    const delivery = name === "sample-node-api-local" ? local : {};
    new tenancy.AppTenant(sample, name, { name, path: `sample/${api}/${name}`, ...set, ...delivery });
  }
}
app.synth();
