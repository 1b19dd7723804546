import { at } from "../fixture";
import {
  ACCESS,
  add,
  DEV,
  LOCAL,
  OPERATOR,
  PROD_ACCESS,
  PROD_EU,
  SERVER,
  set,
  setValues,
  type Mutation,
} from "./mutation";

const FILE = 'resource "vault_policy" "extra" {\n  name   = "own-password"\n  policy = file("wide.hcl")\n}\n';
const PERMITS = { resource: { vault_policy: { extra: { name: "own-password", policy: "${var.text}" } } } };

/** Whom Terraform talks to and what it installs: providers, state, charts, and files beside the stack. */
export const PROVIDERS_AND_CHARTS: readonly Mutation[] = [
  {
    name: "HCL beside the stack",
    config: "sample",
    expect: "judged",
    files: { [`${ACCESS}/extra.tf`]: FILE },
  },
  {
    name: "JSON beside the stack",
    config: "sample",
    expect: "judged",
    files: { [`${DEV}/extra.tf.json`]: JSON.stringify(PERMITS) },
  },
  {
    name: "an override beside the stack",
    config: "sample",
    expect: "judged",
    files: { [`${LOCAL}/cdk_override.tf.json`]: JSON.stringify(PERMITS) },
  },
  {
    name: "values of variables beside the stack",
    config: "production",
    expect: "judged",
    files: { [`${PROD_ACCESS}/terraform.tfvars`]: 'vault_address_prod = "https://vault.evil.example"\n' },
  },
  {
    name: "JSON values of variables beside the stack",
    config: "production",
    expect: "judged",
    files: { [`${PROD_EU}/x.auto.tfvars.json`]: '{"vault_address_prod":"https://vault.evil.example"}' },
  },
  {
    name: "HCL beside an operator stack",
    config: "production",
    expect: "judged",
    files: { ["acme-operator-prod-eu/extra.tf"]: FILE },
  },
  {
    name: "a Vault provider to another address",
    config: "sample",
    expect: "judged",
    change: (s) => Object.assign(s[ACCESS].provider.vault[0], { address: "https://vault.evil.example" }),
  },
  {
    name: "a Vault provider that checks no certificate",
    config: "production",
    expect: "judged",
    change: (s) => Object.assign(s[PROD_ACCESS].provider.vault[0], { skip_tls_verify: true }),
  },
  {
    name: "a Vault provider in a namespace",
    config: "sample",
    expect: "judged",
    change: (s) => Object.assign(s[ACCESS].provider.vault[0], { namespace: "team" }),
  },
  {
    name: "a Vault provider with a token",
    config: "sample",
    expect: "judged",
    change: (s) => Object.assign(s[ACCESS].provider.vault[0], { token: "hvs.CAESI" }),
  },
  {
    name: "a Vault provider that logs in as somebody",
    config: "sample",
    expect: "judged",
    change: (s) =>
      Object.assign(s[DEV].provider.vault[0], { auth_login: [{ path: "auth/userpass/login/sample-admin" }] }),
  },
  {
    name: "an address that a variable's default gives",
    config: "production",
    expect: "judged",
    change: (s) => {
      s[PROD_ACCESS].variable.vault_address_prod.default = "https://vault.evil.example";
    },
  },
  {
    name: "a Kubernetes provider that runs a program",
    config: "sample",
    expect: "judged",
    change: (s) =>
      Object.assign(s[LOCAL].provider.kubernetes[0], {
        exec: [{ api_version: "client.authentication.k8s.io/v1", command: "sh", args: ["-c", "./grant.sh"] }],
      }),
  },
  {
    name: "a Helm provider that runs a program",
    config: "sample",
    expect: "judged",
    change: (s) =>
      Object.assign(s[OPERATOR].provider.helm[0].kubernetes, {
        exec: { api_version: "client.authentication.k8s.io/v1", command: "./grant.sh" },
      }),
  },
  {
    name: "a Kubernetes provider to another cluster",
    config: "production",
    expect: "judged",
    change: (s) => Object.assign(s[PROD_EU].provider.kubernetes[0], { config_context: "acme-nonprod" }),
  },
  {
    name: "a provider from somebody else",
    config: "sample",
    expect: "judged",
    change: (s) => Object.assign(s[ACCESS].terraform.required_providers.vault, { source: "evil/vault" }),
  },
  {
    name: "one provider more",
    config: "sample",
    expect: "judged",
    change: (s) =>
      Object.assign(s[ACCESS].terraform.required_providers, { external: { source: "hashicorp/external" } }),
  },
  {
    name: "a provider of any version",
    config: "sample",
    expect: "judged",
    change: (s) => Object.assign(s[ACCESS].terraform.required_providers.vault, { version: ">= 4.0.0" }),
  },
  {
    name: "state in another place",
    config: "production",
    expect: "judged",
    change: (s) => {
      s[PROD_ACCESS].terraform.backend = { http: { address: "https://state.evil.example" } };
    },
  },
  {
    name: "state and runs in somebody's cloud",
    config: "sample",
    expect: "judged",
    change: (s) => {
      s[ACCESS].terraform.cloud = { organization: "evil" };
    },
  },
  {
    name: "the operator's chart from another repository",
    config: "sample",
    expect: "judged",
    change: (s) => set(s, OPERATOR, "helm_release.operator_release", { repository: "https://charts.evil.example" }),
  },
  {
    name: "the server's chart from another repository",
    config: "sample",
    expect: "judged",
    change: (s) => set(s, SERVER, "helm_release.vault_release", { repository: "oci://registry.evil.example" }),
  },
  {
    name: "a chart of the same name from a registry",
    config: "sample",
    expect: "judged",
    change: (s) =>
      set(s, OPERATOR, "helm_release.operator_release", {
        chart: "oci://evil.example/vault-secrets-operator",
        repository: null,
      }),
  },
  {
    name: "a chart of the same name from a folder",
    config: "sample",
    expect: "judged",
    change: (s) => set(s, SERVER, "helm_release.vault_release", { chart: "./charts/vault", repository: null }),
  },
  {
    name: "a chart of any version",
    config: "sample",
    expect: "judged",
    change: (s) => {
      delete at(s, OPERATOR, "helm_release.operator_release").version;
    },
  },
  {
    name: "an old chart",
    config: "sample",
    expect: "judged",
    change: (s) => set(s, OPERATOR, "helm_release.operator_release", { version: "0.1.0" }),
  },
  {
    name: "a program over what a chart renders",
    config: "sample",
    expect: "judged",
    change: (s) => set(s, OPERATOR, "helm_release.operator_release", { postrender: { binary_path: "./rewrite.sh" } }),
  },
  {
    name: "a chart that nobody knows in an operator stack",
    config: "sample",
    expect: "judged",
    change: (s) =>
      add(s, OPERATOR, "helm_release.extra", { name: "extra", chart: "extra", repository: "https://evil.example" }),
  },
  {
    name: "a chart that nobody knows in an environment's stack",
    config: "sample",
    expect: "judged",
    change: (s) =>
      add(s, LOCAL, "helm_release.extra", { name: "extra", chart: "extra", repository: "https://evil.example" }),
  },
  {
    name: "the operator's image, set beside its values",
    config: "sample",
    expect: "judged",
    change: (s) =>
      at(s, OPERATOR, "helm_release.operator_release").set.push({
        name: "controller.manager.image.repository",
        value: "evil.example/operator",
      }),
  },
  {
    name: "the operator's image",
    config: "sample",
    expect: "judged",
    change: (s) =>
      setValues(s, OPERATOR, "operator_release", (values) => {
        values.controller.manager.image = { repository: "evil.example/operator", tag: "1.4.1" };
      }),
  },
  {
    name: "the server's image",
    config: "sample",
    expect: "judged",
    change: (s) =>
      setValues(s, SERVER, "vault_release", (values) => {
        values.server.image.repository = "evil.example/vault";
      }),
  },
  {
    name: "the server's version, to an old one",
    config: "sample",
    expect: "judged",
    change: (s) =>
      setValues(s, SERVER, "vault_release", (values) => {
        values.server.image.tag = "1.13.0";
      }),
  },
  {
    name: "values by expression",
    config: "sample",
    expect: "judged",
    change: (s) => set(s, SERVER, "helm_release.vault_release", { values: ['${file("values.yaml")}'] }),
  },
];
