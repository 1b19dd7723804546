import { renderHcl, type HclValue } from "../../constructs/vault-hcl";
import { serverConfig } from "../../constructs/vault-server-config";
import { tlsSecret, type SealConfig } from "../../model";
import { highlyAvailable, installation } from "./vault-helpers";

const LOCKOUT = `
user_lockout "all" {
  lockout_threshold = "5"
  lockout_duration = "15m"
  lockout_counter_reset = "15m"
}
`;

test("a standalone server without TLS keeps its data in files, as in the article", () => {
  expect(serverConfig(installation())).toBe(`ui = false
disable_mlock = true

listener "tcp" {
  address = "[::]:8200"
  cluster_address = "[::]:8201"
  tls_disable = true
}

storage "file" {
  path = "/vault/data"
}
${LOCKOUT}`);
});

test("a server with TLS speaks TLS 1.3 with the certificate of its Secret, and tells browsers to stay with it", () => {
  expect(serverConfig(installation({ tls: { secret: "server-tls" } }))).toContain(`listener "tcp" {
  address = "[::]:8200"
  cluster_address = "[::]:8201"
  tls_cert_file = "/vault/userconfig/server-tls/tls.crt"
  tls_key_file = "/vault/userconfig/server-tls/tls.key"
  tls_min_version = "tls13"
  custom_response_headers {
    default = {
      "Strict-Transport-Security" = ["max-age=31536000; includeSubDomains"]
    }
  }
}
`);
});

test("a server that can take a snapshot lets its upload take longer than Vault's half a minute", () => {
  expect(serverConfig(highlyAvailable())).toContain('http_read_timeout = "15m"');
});

const joins = (scheme: string, replicas: number, tls: string) =>
  Array.from(
    { length: replicas },
    (_, i) => `  retry_join {
    leader_api_addr = "${scheme}://sample-vault-${i}.sample-vault-internal:8200"
${tls}  }
`,
  ).join("");
const JOIN_TLS = `    leader_ca_cert_file = "/vault/userconfig/server-tls/ca.crt"
    leader_tls_servername = "sample-vault.sample-vault.svc"
`;

test.each([3, 5] as const)(
  "each of %i replicas looks for the others by name, and believes only the service's certificate",
  (replicas) => {
    expect(serverConfig(highlyAvailable({ replicas }))).toContain(`storage "raft" {
  path = "/vault/data"
${joins("https", replicas, JOIN_TLS)}}

service_registration "kubernetes" {}
`);
  },
);

test("replicas without TLS look for one another over http", () => {
  expect(serverConfig(highlyAvailable({ tls: undefined, unsafeNoTls: true }))).toContain(`storage "raft" {
  path = "/vault/data"
${joins("http", 3, "")}}
`);
});

test("a standalone server neither joins others nor labels its pod", () => {
  expect(serverConfig(installation())).not.toMatch(/retry_join|service_registration|raft/);
});

test.each<[SealConfig, string]>([
  [
    { type: "awskms", region: "eu-central-1", kmsKeyId: "alias/vault" },
    'seal "awskms" {\n  region = "eu-central-1"\n  kms_key_id = "alias/vault"\n}\n',
  ],
  [
    { type: "gcpckms", project: "acme", region: "europe-west3", keyRing: "vault", cryptoKey: "unseal" },
    'seal "gcpckms" {\n  project = "acme"\n  region = "europe-west3"\n  key_ring = "vault"\n  ' +
      'crypto_key = "unseal"\n}\n',
  ],
  [
    { type: "azurekeyvault", tenantId: "0000", vaultName: "acme-vault", keyName: "unseal" },
    'seal "azurekeyvault" {\n  tenant_id = "0000"\n  vault_name = "acme-vault"\n  key_name = "unseal"\n}\n',
  ],
  [
    {
      type: "transit",
      address: "https://vault.acme.example",
      keyName: "unseal",
      credentials: { VAULT_TOKEN: { secret: "seal", key: "token" } },
    },
    'seal "transit" {\n  address = "https://vault.acme.example"\n  mount_path = "transit/"\n  key_name = "unseal"\n' +
      '  tls_server_name = "vault.acme.example"\n}\n',
  ],
  [
    {
      type: "transit",
      address: "https://vault.acme.example",
      mountPath: "seals/",
      keyName: "unseal",
      ca: "other-ca",
      credentials: { VAULT_TOKEN: { secret: "seal", key: "token" } },
    },
    'seal "transit" {\n  address = "https://vault.acme.example"\n  mount_path = "seals/"\n  ' +
      'key_name = "unseal"\n  tls_ca_cert = "/vault/userconfig/other-ca/ca.crt"\n' +
      '  tls_server_name = "vault.acme.example"\n}\n',
  ],
])("the seal %j is one stanza", (seal, text) => {
  expect(serverConfig(highlyAvailable({ seal }))).toContain(`\n${text}\nuser_lockout`);
});

test.each([undefined, { type: "shamir" } as const])("key shares (%j) are the default seal: no stanza", (seal) => {
  expect(serverConfig(highlyAvailable({ seal }))).not.toContain("seal ");
});

test("no credential of a seal is in the configuration, which is a ConfigMap", () => {
  const seal: SealConfig = {
    type: "awskms",
    region: "r",
    kmsKeyId: "k",
    credentials: { AWS_SECRET_ACCESS_KEY: { secret: "aws-unseal", key: "secret-key" } },
  };
  expect(serverConfig(highlyAvailable({ seal }))).not.toMatch(/AWS_|aws-unseal|secret-key|token/);
});

test.each([
  [true, "ui = true\n"],
  [false, "ui = false\n"],
  [undefined, "ui = false\n"],
])("ui: %j starts with %j", (ui, text) => {
  expect(serverConfig(installation({ ui })).startsWith(text)).toBe(true);
});

test("a listener without TLS and without leave to be so is refused", () => {
  expect(() => serverConfig(installation({ tls: undefined }))).toThrow(
    "sample-vault: a listener needs tls, or unsafeNoTls",
  );
});

test.each([
  [{ secret: "given" }, "given"],
  [{ certManager: { issuer: "acme" } }, "sample-vault-tls"],
  [undefined, undefined],
])("the certificate of %j lies in the Secret %j", (tls, secret) => {
  expect(tlsSecret(installation({ tls }))).toBe(secret);
});

test.each([
  "${file(x)}",
  "%{if x}",
  "{{ .Values.x }}",
  "a\nb",
  "a\tb",
  "x-HOSTNAME-y",
  "POD_IP",
  "HOST_IP",
  "API_ADDR",
  "TRANSIT_ADDR",
  "RAFT_ADDR",
])("a text with %j in it is refused: something on its way would replace it", (text) => {
  const seal: SealConfig = { type: "awskms", region: text, kmsKeyId: "k" };
  expect(() => serverConfig(highlyAvailable({ seal }))).toThrow(`server configuration: ${JSON.stringify(text)} holds`);
});

test.each<[HclValue, string]>([
  ['a "quoted" \\ text', 'x = "a \\"quoted\\" \\\\ text"\n'],
  [5, "x = 5\n"],
  [false, "x = false\n"],
  [["a", "b"], 'x = ["a", "b"]\n'],
  [{ "a-b": "c", d: { e: 1 } }, 'x = {\n  "a-b" = "c"\n  d = {\n    e = 1\n  }\n}\n'],
])("the value %j is written as HCL", (value, text) => {
  expect(renderHcl({ attributes: { x: value } })).toBe(text);
});

test("an attribute that is undefined is left out, and a block without any is one line", () => {
  expect(
    renderHcl({
      attributes: { a: undefined },
      blocks: [
        { type: "b", attributes: { c: undefined } },
        { type: "d", label: "e" },
      ],
    }),
  ).toBe('b {}\n\nd "e" {}\n');
});
