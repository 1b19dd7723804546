import { type BackendConfig, backendSettings } from "../../model";
import { smallConfig } from "../helpers/configs";
import { synthPlatform } from "../helpers/synth";

const cases: [string, BackendConfig, object][] = [
  ["local", { type: "local" }, { path: "../../../state/small-dev.tfstate" }],
  ["local, in another folder", { type: "local", folder: "states" }, { path: "../../../states/small-dev.tfstate" }],
  [
    "s3",
    { type: "s3", bucket: "b", region: "eu-central-1" },
    { bucket: "b", region: "eu-central-1", key: "small-dev.tfstate", encrypt: true, use_lockfile: true },
  ],
  [
    "s3, with a prefix and a key",
    { type: "s3", bucket: "b", region: "eu-central-1", prefix: "vault/", kmsKeyId: "alias/state" },
    {
      bucket: "b",
      region: "eu-central-1",
      key: "vault/small-dev.tfstate",
      encrypt: true,
      use_lockfile: true,
      kms_key_id: "alias/state",
    },
  ],
  ["gcs", { type: "gcs", bucket: "b" }, { bucket: "b", prefix: "small-dev" }],
  ["gcs, with a prefix", { type: "gcs", bucket: "b", prefix: "vault" }, { bucket: "b", prefix: "vault/small-dev" }],
  [
    "azurerm",
    { type: "azurerm", resourceGroup: "rg", storageAccount: "sa", container: "c" },
    {
      resource_group_name: "rg",
      storage_account_name: "sa",
      container_name: "c",
      key: "small-dev.tfstate",
      use_azuread_auth: true,
    },
  ],
  [
    "kubernetes",
    { type: "kubernetes", namespace: "state", context: "hub" },
    { secret_suffix: "small-dev", namespace: "state", config_path: "~/.kube/config", config_context: "hub" },
  ],
  [
    "kubernetes, by another kubeconfig",
    { type: "kubernetes", namespace: "state", context: "hub", kubeconfig: "~/.kube/hub" },
    { secret_suffix: "small-dev", namespace: "state", config_path: "~/.kube/hub", config_context: "hub" },
  ],
  ["pg", { type: "pg" }, { schema_name: "small-dev" }],
  [
    "http",
    { type: "http", address: "https://state.example/tf" },
    {
      address: "https://state.example/tf/small-dev",
      lock_address: "https://state.example/tf/small-dev/lock",
      unlock_address: "https://state.example/tf/small-dev/lock",
    },
  ],
];

test.each(cases)(
  "%s keeps a stack's state under the stack's name, and no credential in the JSON",
  (_, backend, settings) => {
    const { terraform } = synthPlatform(smallConfig({ environments: { dev: { vault: "main", backend } } })).stacks[
      "small-dev"
    ]!;
    expect(terraform.backend).toEqual({ [backend.type]: settings });
  },
);

test.each(cases)("%s gives two stacks two states", (_, backend) => {
  const [one, two] = ["small-dev", "small-dev-2"].map((name) => JSON.stringify(backendSettings(name, backend)));
  expect(one).not.toBe(two);
});

test.each(["https://state.example/tf/", "https://state.example/tf//"])(
  "http drops slashes at the end of %s",
  (address) => {
    expect(backendSettings("small-dev", { type: "http", address }).address).toBe("https://state.example/tf/small-dev");
  },
);

test("an environment's own backend is its own; the shared stacks have the platform's", () => {
  const { stacks } = synthPlatform(
    smallConfig({
      backend: { type: "gcs", bucket: "shared" },
      environments: {
        dev: { vault: "main", cluster: "local" },
        prod: { vault: "main", backend: { type: "gcs", bucket: "prod" } },
      },
    }),
  );
  const buckets = Object.entries(stacks).map(([name, { terraform }]) => [
    name,
    (terraform.backend as { gcs: { bucket: string } }).gcs.bucket,
  ]);
  expect(Object.fromEntries(buckets)).toEqual({
    "small-vault-main": "shared",
    "small-access-main": "shared",
    "small-operator-local": "shared",
    "small-dev": "shared",
    "small-prod": "prod",
  });
});

test("local state lies beside cdktf.out, where cleaning that takes no state along", () => {
  expect(backendSettings("small-dev", { type: "local" }).path).toMatch(/^(\.\.\/){3}state\//);
});
