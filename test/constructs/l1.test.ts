import { Construct } from "constructs";
import { EphemeralBlock, KubernetesAuthConfig, RemovedBlock, UserpassUser, VaultPolicy } from "../../constructs/l1";
import { only, resources, synthConstructs } from "../helpers/synth";

test("an argument that is undefined is left out", () => {
  const json = synthConstructs(
    (stack) =>
      void new KubernetesAuthConfig(stack, "config", {
        backend: "kubernetes",
        host: "https://api",
        caCertificate: undefined,
      }),
  );
  expect(only(json, "vault_kubernetes_auth_backend_config")).toEqual({
    backend: "kubernetes",
    kubernetes_host: "https://api",
  });
});

test("a reviewer's token is write-only, with a version, and Vault's own service account is not used beside it", () => {
  const json = synthConstructs(
    (stack) =>
      void new KubernetesAuthConfig(stack, "config", {
        backend: "kubernetes",
        host: "https://api",
        tokenReviewerJwtWo: "${var.token}",
      }),
  );
  expect(only(json, "vault_kubernetes_auth_backend_config")).toEqual({
    backend: "kubernetes",
    kubernetes_host: "https://api",
    token_reviewer_jwt_wo: "${var.token}",
    token_reviewer_jwt_wo_version: 1,
    disable_local_ca_jwt: true,
  });
});

test("thin resources take Terraform's own arguments as any resource does", () => {
  const json = synthConstructs((stack) => {
    const policy = new VaultPolicy(stack, "policy", {
      name: "p",
      policy: 'path "x" {\n  capabilities = ["read"]\n}\n',
    });
    new UserpassUser(stack, "user", {
      mount: "userpass",
      username: "ann",
      passwordWo: "${ephemeral.random_password.x.result}",
      passwordWoVersion: 3,
      dependsOn: [policy],
      lifecycle: { ignoreChanges: "all" },
    });
  });
  expect(only(json, "vault_userpass_auth_backend_user")).toEqual({
    mount: "userpass",
    username: "ann",
    password_wo: "${ephemeral.random_password.x.result}",
    password_wo_version: 3,
    depends_on: [`vault_policy.${Object.keys(json.resource!.vault_policy!)[0]}`],
    lifecycle: { ignore_changes: "all" },
  });
});

test("a removed block names the address that a resource of its scope and id would have, and destroys nothing", () => {
  const inScope = (stack: Construct) => new Construct(stack, "scope");
  const before = synthConstructs((stack) => void new VaultPolicy(inScope(stack), "policy", { name: "p", policy: "x" }));
  const after = synthConstructs((stack) => void new RemovedBlock(inScope(stack), "policy", "vault_policy"));
  expect(after.removed).toEqual([
    { from: `vault_policy.${Object.keys(before.resource!.vault_policy!)[0]}`, lifecycle: { destroy: false } },
  ]);
  expect(resources(after, "vault_policy")).toEqual([]);
});

test("an ephemeral block is named by its attributes' expressions", () => {
  let expression = "";
  const json = synthConstructs((stack) => {
    expression = new EphemeralBlock(stack, "block", "random_password", { length: 40 }).attribute("bcrypt_hash");
  });
  const [id] = Object.keys(json.ephemeral!.random_password!);
  expect(json.ephemeral).toEqual({ random_password: { [id!]: { length: 40 } } });
  expect(expression).toBe(`\${ephemeral.random_password.${id}.bcrypt_hash}`);
});
