// A secret set alone, on a kv-v2 mount that is there: its placeholder is written once, and never again.
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { App, TerraformStack } from "cdktf";
import { Duration, EnvSecretSet, KvMount } from "../constructs"; // of one's own: "vault-tenancy"

const app = new App();
const stack = new TerraformStack(app, "shop");
new VaultProvider(stack, "vault", { skipChildToken: true });
new EnvSecretSet(stack, "shop-dev", {
  mount: KvMount.fromPath(stack, "kv", "secret"),
  path: "shop/shop-dev",
  keys: ["DB_USERNAME", "DB_PASSWORD"],
  owner: "team-shop",
  rotateEvery: Duration.of("90d"),
});
app.synth();
