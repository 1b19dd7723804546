import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { VERSIONS } from "../../model";
import { CONFIGS } from "../helpers/configs";
import { synthPlatform, type Block, type StackJson } from "../helpers/synth";

/** Arguments whose value Terraform would keep in state, of the resource types that we use and their kin. */
const KEPT_IN_STATE: { readonly [type: string]: readonly string[] } = {
  vault_kv_secret_v2: ["data_json", "data"],
  vault_kv_secret: ["data_json", "data"],
  vault_generic_secret: ["data_json", "data"],
  vault_userpass_auth_backend_user: ["password", "password_hash"],
  vault_kubernetes_auth_backend_config: ["token_reviewer_jwt"],
  vault_jwt_auth_backend: ["oidc_client_secret"],
  kubernetes_secret_v1: ["data", "binary_data"],
  kubernetes_secret: ["data", "binary_data"],
  helm_release: ["set_sensitive", "repository_password"],
};

/** Write-only arguments, by which a value goes in and is kept nowhere. */
const WRITE_ONLY = ["data_json_wo", "password_wo", "token_reviewer_jwt_wo", "data_wo", "binary_data_wo"];

const all: [string, StackJson][] = Object.values(CONFIGS).flatMap((config) =>
  Object.entries(synthPlatform(config).stacks),
);
const blocks = (json: StackJson): [string, string, Block][] =>
  Object.entries(json.resource ?? {}).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, block]): [string, string, Block] => [type, `${type}.${id}`, block]),
  );

describe.each(all)("%s", (name, json) => {
  test("asks for a Terraform that has write-only arguments, and for exact providers", () => {
    expect(json.terraform.required_version).toBe(">= 1.11.0");
    const required = json.terraform.required_providers as {
      readonly [provider: string]: { readonly source: string; readonly version: string };
    };
    expect(Object.keys(required).sort()).toEqual(Object.keys(json.provider).sort());
    for (const [provider, { version, source }] of Object.entries(required)) {
      expect(version).toBe(VERSIONS.providers[provider as keyof typeof VERSIONS.providers]);
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(source).toMatch(new RegExp(`^(hashicorp/)?${provider}$`));
    }
  });

  test("makes no child token, keeps no release in a Secret and follows no current context", () => {
    for (const vault of json.provider.vault ?? []) expect(vault).toMatchObject({ skip_child_token: true });
    for (const helm of json.provider.helm ?? [])
      expect(helm).toMatchObject({
        helm_driver: "configmap",
        kubernetes: { config_context: expect.any(String) as string, config_path: expect.any(String) as string },
      });
    for (const kubernetes of json.provider.kubernetes ?? [])
      expect(kubernetes).toMatchObject({
        config_context: expect.any(String) as string,
        config_path: expect.any(String) as string,
      });
  });

  test("has no credential in a provider", () => {
    const allowed = [
      ...["skip_child_token", "address", "helm_driver", "kubernetes", "config_context", "config_path"],
      ...["qps", "burst_limit"],
    ];
    for (const providers of Object.values(json.provider))
      for (const each of providers) expect(Object.keys(each).filter((key) => !allowed.includes(key))).toEqual([]);
    expect(JSON.stringify(json.terraform.backend)).not.toMatch(/secret_key|access_key|password|token|sas|conn_str/);
  });

  test("gives no value to an argument that state would keep", () => {
    for (const [type, address, block] of blocks(json))
      expect([address, Object.keys(block).filter((key) => KEPT_IN_STATE[type]?.includes(key))]).toEqual([address, []]);
    for (const [type, address, { path }] of blocks(json))
      if (type === "vault_generic_endpoint")
        expect([address, path]).toEqual([address, expect.stringMatching(/^[^/]+\/metadata\//)]);
  });

  test("gives write-only arguments the placeholder, a certificate, or what exists only while Terraform runs", () => {
    for (const [, address, block] of blocks(json))
      for (const argument of WRITE_ONLY.filter((each) => each in block)) {
        const value = block[argument];
        const object = argument === "data_json_wo" ? (JSON.parse(value as string) as object) : value;
        const values = typeof object === "object" && object !== null ? Object.values(object) : [object];
        for (const each of values)
          expect([address, each]).toEqual([
            address,
            expect.stringMatching(
              /^(TBD|\$\{(ephemeral\.random_password\.|var\.reviewer_jwt_).*\}|-----BEGIN CERTIFICATE-----[^]*)$/,
            ),
          ]);
      }
  });

  test("has every write-only argument's version beside it: without one nothing would be written", () => {
    for (const [, address, block] of blocks(json))
      for (const argument of WRITE_ONLY.filter((each) => each in block))
        expect([address, block[argument === "data_wo" ? "data_wo_revision" : `${argument}_version`]]).toEqual([
          address,
          expect.any(Number),
        ]);
  });

  test("has variables with a default that a reviewer sees, or ephemeral ones", () => {
    for (const [id, variable] of Object.entries(json.variable ?? {}))
      expect([
        id,
        variable.default !== undefined || (variable.ephemeral === true && variable.sensitive === true),
      ]).toEqual([id, true]);
  });

  test("says nothing of the machine or the time", () => {
    const text = JSON.stringify(json);
    for (const here of [join(__dirname, "../.."), homedir(), tmpdir(), process.execPath])
      expect(here === "/" || !text.includes(`${here}/`)).toBe(true);
    expect(text).not.toMatch(/\b20\d\d-\d\d-\d\d|\b\d{13}\b|T\d\d:\d\d:\d\d/);
  });

  test("is named in its own JSON and holds nothing that cdktf left unresolved", () => {
    expect((json as unknown as { "//": { metadata: { stackName: string } } })["//"].metadata.stackName).toBe(name);
    expect(JSON.stringify(json)).not.toMatch(/TfToken|\[object Object\]|undefined/);
  });

  test("has no expression in a policy, in chart values or in an operator's object: names there are names", () => {
    for (const [type, address, block] of blocks(json))
      for (const argument of {
        vault_policy: ["policy", "name"],
        helm_release: ["values"],
        kubernetes_manifest: ["manifest"],
      }[type] ?? [])
        expect([address, JSON.stringify(block[argument])]).toEqual([address, expect.not.stringMatching(/[$%]\{/)]);
  });
});

test("Terraform cannot destroy what holds values: sets, mounts, servers, snapshots, unless the config says so", () => {
  for (const [stack, json] of all)
    for (const [type, address, block] of blocks(json)) {
      const kept =
        type === "vault_kv_secret_v2" ||
        type === "vault_mount" ||
        type === "kubernetes_persistent_volume_claim_v1" ||
        (type === "kubernetes_namespace_v1" && /-vault-/.test(stack) && stack !== "sample-vault-main");
      expect([stack, address, (block.lifecycle as Block | undefined)?.prevent_destroy === true]).toEqual([
        stack,
        address,
        kept,
      ]);
    }
});
