import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findBinary, startVault, stopEverything, temporaryFolder, type VaultServer } from "../../live/servers";
import { at, rule, sampleStacks, type Mutable, type Stacks } from "../fixture";

/**
 * Records the plans in `real/`: the sample's access stack and its `dev` environment as one configuration, applied to a
 * Vault of this run, then changed and planned again. `npx tsx test/access/plans/record.ts` with vault and Terraform on
 * PATH, and Terraform's four providers. What identifies a machine or is not judged (configuration, state, times) is
 * left out.
 */
const CHANGES: {
  readonly [name: string]: {
    readonly change: (s: Stacks) => void;
    readonly words?: readonly string[];
    readonly outside?: (vault: VaultServer) => Promise<unknown>;
  };
} = {
  "no-change": { change: () => undefined },
  "mount-renamed": { change: (s) => (kv(s).path = "secrets") },
  "mount-replaced": { change: (s) => delete kv(s).lifecycle, words: ["-replace=vault_mount.kv"] },
  "mount-destroyed": {
    change: (s) => (
      delete access(s).vault_mount,
      (access(s).vault_kv_secret_backend_v2.kv_config.mount = "kvv2"),
      Object.values<Mutable>(environment(s).vault_kv_secret_v2).forEach((data) => delete data.depends_on)
    ),
  },
  "secret-set-destroyed": {
    change: (s) => (
      delete environment(s).vault_kv_secret_v2["sample-node-api_secrets_data"],
      delete environment(s).vault_generic_endpoint["sample-node-api_secrets_metadata"]
    ),
  },
  "secret-set-forgotten": {
    change: (s) => {
      delete environment(s).vault_kv_secret_v2["sample-node-api_secrets_data"];
      delete environment(s).vault_generic_endpoint["sample-node-api_secrets_metadata"];
      s["sample-dev"].removed = [
        "vault_kv_secret_v2.sample-node-api_secrets_data",
        "vault_generic_endpoint.sample-node-api_secrets_metadata",
      ].map((from) => ({ from, lifecycle: { destroy: false } }));
    },
  },
  "policy-widened": {
    change: (s) => (group(s, "sample-node-api-user").policy += rule("kvv2/data/sample/+/*", "read")),
  },
  "policy-reworded": {
    change: (s) =>
      (group(s, "sample-node-api-user").policy =
        `# the same, said ` +
        `otherwise\n${group(s, "sample-node-api-user").policy.replaceAll('["read", "list"]', '["list", "read"]')}`),
  },
  "policy-of-a-workload-widened": {
    change: (s) =>
      (at(s, "sample-dev", "vault_policy.sample-node-api_workload_policy").policy = rule("kvv2/data/sample/*", "read")),
  },
  "role-bound-more-widely": {
    change: (s) => (
      (s["sample-access-main"].resource.vault_kubernetes_auth_backend_role.app.bound_service_account_namespaces = [
        "sample",
        "*",
      ]),
      delete s["sample-access-main"].resource.vault_kubernetes_auth_backend_role.app.audience
    ),
  },
  "audit-device-removed": { change: (s) => delete access(s).vault_audit },
  "user-removed": {
    change: (s) => {
      delete access(s).vault_userpass_auth_backend_user["user_sample-node-api-user"];
      delete access(s).vault_identity_entity_alias["user_sample-node-api-user_alias"];
      delete access(s).vault_identity_entity["user_sample-node-api-user_entity"];
      access(s).vault_identity_group["group_sample-node-api-user"].member_entity_ids = [];
    },
  },
  "user-written-again": { change: (s) => ((user(s).password_wo_version = 2), delete user(s).lifecycle) },
  "group-gains-a-member": {
    change: (s) =>
      access(s).vault_identity_group["group_sample-admin"].member_entity_ids.push(
        "${vault_identity_entity.user_sample-node-api-user_entity.id}",
      ),
  },
  "auth-mount-replaced": { change: () => undefined, words: ["-replace=vault_auth_backend.userpass"] },
  "policy-changed-outside": {
    change: () => undefined,
    outside: (vault) =>
      vault.ok("PUT", "sys/policies/acl/sample-node-api-user", { body: { policy: rule("kvv2/*", "read") } }),
  },
};

const access = (s: Stacks): Mutable => s["sample-access-main"].resource;
const environment = (s: Stacks): Mutable => s["sample-dev"].resource;
const kv = (s: Stacks): Mutable => at(s, "sample-access-main", "vault_mount.kv");
const group = (s: Stacks, name: string): Mutable => at(s, "sample-access-main", `vault_policy.group_${name}_policy`);
const user = (s: Stacks): Mutable =>
  at(s, "sample-access-main", "vault_userpass_auth_backend_user.user_sample-node-api-user");

/** Both stacks as one configuration; the audit file goes to stdout alone, and a role stands for those of clusters. */
function prepared(): Stacks {
  const stacks = sampleStacks();
  for (const each of ["sample-access-main", "sample-dev"]) delete stacks[each].terraform.backend;
  for (const [id, { path }] of Object.entries<{ path: string }>(access(stacks).vault_audit))
    if (path !== "file-stdout") delete access(stacks).vault_audit[id];
  // No pod, no CA file: the real configuration needs both.
  access(stacks).vault_kubernetes_auth_backend_config.login_local_config.disable_local_ca_jwt = true;
  access(stacks).vault_kubernetes_auth_backend_role = {
    app: {
      backend: "${vault_auth_backend.login_local.path}",
      role_name: "app",
      bound_service_account_names: ["app"],
      bound_service_account_namespaces: ["sample"],
      audience: "vault",
      token_policies: ["sample-node-api-dev"],
      token_ttl: 600,
    },
  };
  for (const data of Object.values<Mutable>(environment(stacks).vault_kv_secret_v2)) {
    // So that what a person would have stopped can be planned, and recorded.
    delete data.lifecycle.prevent_destroy;
    data.depends_on = ["vault_mount.kv"];
  }
  delete kv(stacks).lifecycle;
  return stacks;
}

function configuration(stacks: Stacks): string {
  const [main, dev] = [stacks["sample-access-main"], stacks["sample-dev"]];
  const resource: Mutable = structuredClone(main.resource);
  for (const [type, byId] of Object.entries<Mutable>(dev.resource)) resource[type] = { ...resource[type], ...byId };
  const providers = { ...main.terraform.required_providers, ...dev.terraform.required_providers };
  const { vault, random } = main.provider;
  return JSON.stringify(
    {
      terraform: { required_providers: providers },
      provider: { vault, random },
      ephemeral: main.ephemeral,
      resource,
      ...(dev.removed && { removed: dev.removed }),
      ...(main.variable && { variable: main.variable }),
    },
    null,
    1,
  );
}

async function main(): Promise<void> {
  const vault = await startVault({ storage: "dev" });
  const folder = temporaryFolder("plans");
  const terraform = (...words: string[]): string => {
    const { status, stdout, stderr } = spawnSync(findBinary("terraform")!, words, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, VAULT_ADDR: vault.address, VAULT_TOKEN: vault.rootToken },
      maxBuffer: 1e8,
    });
    if (status !== 0) throw new Error(`terraform ${words.join(" ")}: ${stderr}`);
    return stdout;
  };
  const write = (stacks: Stacks) => writeFileSync(join(folder, "main.tf.json"), configuration(stacks));
  const target = join(__dirname, "real");
  mkdirSync(target, { recursive: true });
  write(prepared());
  const record = (name: string, words: readonly string[] = []) => {
    terraform("plan", "-out=plan", "-no-color", ...words);
    writeFileSync(
      join(target, `${name}.json`),
      `${JSON.stringify(stripped(JSON.parse(terraform("show", "-json", "plan")), name), null, 1)}\n`,
    );
    console.log(name);
  };
  terraform("init", "-no-color");
  record("first-apply");
  terraform("apply", "-auto-approve", "-no-color");
  for (const [name, { change, words, outside }] of Object.entries(CHANGES)) {
    const stacks = prepared();
    change(stacks);
    write(stacks);
    await outside?.(vault);
    record(name, words);
  }
}

/**
 * What is judged, and no more: no configuration, no state, no time, nothing of resources that stay as they are. Every
 * plan has the same drift, of `null` to `[]`; one keeps it, as the noise that must not be heard.
 */
function stripped(
  { format_version, terraform_version, resource_changes, resource_drift, errored }: Mutable,
  name: string,
): Mutable {
  const resources = (list: Mutable[] | undefined) =>
    list
      ?.filter(({ change }) => change.actions.join() !== "no-op" && change.actions.join() !== "read")
      .map(
        ({
          address,
          mode,
          type,
          name,
          change: { actions, before, after, after_unknown, replace_paths, importing },
        }) => ({
          address,
          mode,
          type,
          name,
          change: { actions, before, after, after_unknown, replace_paths, importing },
        }),
      );
  const drift = resources(resource_drift)?.filter(({ type }) => name === "no-change" || type === "vault_policy");
  return {
    format_version,
    terraform_version,
    resource_changes: resources(resource_changes) ?? [],
    ...(drift?.length && { resource_drift: drift }),
    errored,
  };
}

void main().finally(() => stopEverything());
