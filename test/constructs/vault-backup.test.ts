import { AuthMethod, BackupRole, Duration, VaultInstall } from "../../constructs";
import { backupScript, type Backup } from "../../model";
import { only, policyTexts, synthConstructs, type Block } from "../helpers/synth";
import { refusals } from "./refusals";
import { constructPaths, highlyAvailable, installation, server } from "./vault-helpers";

const backup: Backup = {
  schedule: "0 3 * * *",
  to: { volume: { size: "5Gi", storageClass: "fast" } },
  keep: Duration.of("7d"),
};
const made = (changes: object = {}) =>
  synthConstructs((stack) => void new VaultInstall(stack, "vault", highlyAvailable({ backup, ...changes })));
const podOf = (synthesized: ReturnType<typeof made>) =>
  (only(synthesized, "kubernetes_cron_job_v1").spec as Block & { job_template: Block }).job_template as {
    readonly spec: { readonly template: { readonly metadata: Block; readonly spec: Block } };
  };
const container = (synthesized: ReturnType<typeof made>) =>
  (podOf(synthesized).spec.template.spec.container as Block[])[0]!;

test("ids are a contract: they are addresses in people's state", () => {
  expect(constructPaths(made())).toEqual([
    "test/vault/backup/claim",
    "test/vault/backup/job",
    "test/vault/backup/service-account",
    "test/vault/namespace",
    "test/vault/release",
  ]);
});

test("the volume is as the config says, and Terraform can destroy it only with a server that it may destroy", () => {
  const claim = only(made(), "kubernetes_persistent_volume_claim_v1");
  expect(claim).toMatchObject({
    spec: { resources: { requests: { storage: "5Gi" } }, storage_class_name: "fast" },
    wait_until_bound: false,
    lifecycle: { prevent_destroy: true },
  });
  expect(only(made({ unsafeDestroy: true }), "kubernetes_persistent_volume_claim_v1")).not.toHaveProperty("lifecycle");
});

test("the pod is one that a restricted namespace takes, and has a token for Vault alone", () => {
  const { spec } = podOf(made()).spec.template;
  expect(spec).toMatchObject({
    automount_service_account_token: false,
    security_context: { run_as_non_root: true, seccomp_profile: { type: "RuntimeDefault" } },
  });
  expect(container(made()).security_context).toEqual({
    run_as_non_root: true,
    allow_privilege_escalation: false,
    read_only_root_filesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  expect(spec.volume).toContainEqual({
    name: "login",
    projected: { sources: [{ service_account_token: { audience: "vault", expiration_seconds: 600, path: "token" } }] },
  });
});

test("it talks to the leader, by the name that every certificate of the server has, and never sees the key", () => {
  expect(container(made()).env).toEqual(
    expect.arrayContaining([
      { name: "VAULT_ADDR", value: "https://sample-vault-active.sample-vault.svc:8200" },
      { name: "VAULT_CACERT", value: "/vault/userconfig/server-tls/ca.crt" },
      { name: "VAULT_TLS_SERVER_NAME", value: "sample-vault.sample-vault.svc" },
    ]),
  );
  expect(podOf(made()).spec.template.spec.volume).toContainEqual({
    name: "ca",
    secret: { secret_name: "server-tls", items: [{ key: "ca.crt", path: "ca.crt" }] },
  });
  const plain = made({ tls: undefined, unsafeNoTls: true });
  expect(container(plain).env).toEqual([
    { name: "VAULT_ADDR", value: "http://sample-vault-active.sample-vault.svc:8200" },
    { name: "VAULT_CLIENT_TIMEOUT", value: "3600s" },
    { name: "HOME", value: "/tmp" },
  ]);
});

test("it runs the server's image, whichever that is", () => {
  expect(container(made({ image: { repository: "mirror.example/vault", tag: "2.2.3" } })).image).toBe(
    "mirror.example/vault:2.2.3",
  );
});

test("the server's network policy lets its pods in, and only where there is a backup", () => {
  const clients = (of: typeof backup | undefined) => {
    const { ingress } = server(highlyAvailable({ backup: of })).networkPolicy as { ingress: { from: Block[] }[] };
    return ingress.flatMap(({ from }) => from);
  };
  const pods = { podSelector: { matchLabels: podOf(made()).spec.template.metadata.labels } };
  expect(clients(backup)).toContainEqual(pods);
  expect(clients(undefined)).not.toContainEqual(pods);
});

test("what is kept is counted in minutes, never less than was asked for", () => {
  expect(backupScript({ keep: Duration.of("7d") })).toContain(" -mmin +10080 ");
  expect(backupScript({ keep: Duration.of("90s") })).toContain(" -mmin +2 ");
});

test("a server with file storage has none", () => {
  expect(refusals((stack) => void new VaultInstall(stack, "vault", { ...installation(), backup }))).toEqual([
    expect.stringMatching(/VaultInstall\.backup: given "0 3 \* \* \*"; accepted: only with mode ha/),
  ]);
});

test("Vault's side may read a snapshot, once, for one service account, and nothing else", () => {
  const role = synthConstructs((stack) => {
    const authMethod = new AuthMethod(stack, "login");
    new BackupRole(stack, "backup", { authMethod, namespace: "vault" });
  });
  expect(policyTexts(role)).toEqual({
    backup: 'path "sys/storage/raft/snapshot" {\n  capabilities = ["read"]\n}\n',
  });
  expect(only(role, "vault_kubernetes_auth_backend_role")).toMatchObject({
    bound_service_account_names: ["backup"],
    bound_service_account_namespaces: ["vault"],
    audience: "vault",
    token_policies: ["backup"],
    token_no_default_policy: true,
    token_num_uses: 1,
    token_max_ttl: 300,
  });
});

test("a role where tokens are checked by their signature alone is refused: a deleted account's would live on", () => {
  const refused = refusals((stack) => {
    const authMethod = AuthMethod.fromPath(stack, "login", "jwt", "jwt");
    new BackupRole(stack, "backup", { authMethod, namespace: "default" });
  });
  expect(refused).toEqual([
    expect.stringMatching(/BackupRole\.namespace: given "default"/),
    expect.stringMatching(/BackupRole\.authMethod: given "jwt"; accepted: an auth method of type kubernetes/),
  ]);
});
