// A binding to somebody else's secret, through somebody else's mounts: ours are the workload and what is in the
// cluster.
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { App, TerraformStack } from "cdktf";
import { AppNamespace, AuthMethod, EnvSecretSet, KvMount, VaultConnection, VsoBinding, Workload } from "../constructs";

const app = new App();
const stack = new TerraformStack(app, "mailer");
new VaultProvider(stack, "vault", { skipChildToken: true });
new KubernetesProvider(stack, "kubernetes", { configPath: "~/.kube/config", configContext: "docker-desktop" });

const namespace = AppNamespace.fromName(stack, "namespace", "mail");
const secretSet = EnvSecretSet.fromPath(stack, "smtp", {
  mount: KvMount.fromPath(stack, "kv", "secret"),
  path: "platform/smtp",
  keys: ["SMTP_PASSWORD"],
});
const workload = new Workload(stack, "workload", {
  name: "mailer",
  authMethod: AuthMethod.fromPath(stack, "login", "kubernetes"),
  namespace: namespace.name,
});
secretSet.grantRead(workload);
const connection = new VaultConnection(stack, "connection", { namespace, address: "http://vault.vault.svc:8200" });
new VsoBinding(stack, "binding", { secretSet, workload, connection });
app.synth();
