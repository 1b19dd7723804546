import { AppNamespace, VaultConnection, type VaultConnectionProps } from "../../constructs";
import { manifest, only, resources, synthConstructs } from "../helpers/synth";

const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const connection = (changes: Partial<VaultConnectionProps> = {}) =>
  synthConstructs(
    (stack) =>
      void new VaultConnection(stack, "connection", {
        name: "sample-vault",
        namespace: AppNamespace.fromName(stack, "namespace", "apps"),
        address: "https://vault:8200",
        ...changes,
      }),
  );

test("a connection says where Vault is, and checks its certificate against the system's roots", () => {
  expect(manifest(connection(), "VaultConnection")).toEqual({
    apiVersion: "secrets.hashicorp.com/v1beta1",
    kind: "VaultConnection",
    metadata: { name: "sample-vault", namespace: "apps" },
    spec: { address: "https://vault:8200", skipTLSVerify: false },
  });
  expect(resources(connection(), "kubernetes_secret_v1")).toEqual([]);
});

test("a connection trusts a CA in a Secret that is there already", () => {
  const json = connection({ ca: { secret: "company-ca" } });
  expect(manifest(json, "VaultConnection").spec).toMatchObject({ caCertSecretRef: "company-ca", skipTLSVerify: false });
  expect(resources(json, "kubernetes_secret_v1")).toEqual([]);
});

test("a connection brings a CA that the config names into its own namespace", () => {
  const json = connection({ ca: { certificate } });
  expect(manifest(json, "VaultConnection").spec).toMatchObject({ caCertSecretRef: "sample-vault-ca" });
  expect(only(json, "kubernetes_secret_v1")).toEqual({
    metadata: { name: "sample-vault-ca", namespace: "apps" },
    type: "Opaque",
    data_wo: { "ca.crt": certificate },
    data_wo_revision: expect.any(Number),
  });
});

test("another CA is written over the old one, and the same one is not written again", () => {
  const revision = (text: string) =>
    only(connection({ ca: { certificate: text } }), "kubernetes_secret_v1").data_wo_revision;
  expect(revision(certificate)).toBe(revision(certificate));
  expect(revision(certificate.replace("MIIB", "MIIC"))).not.toBe(revision(certificate));
  expect(Number.isSafeInteger(revision(certificate))).toBe(true);
});

test.each([undefined, { secret: "company-ca" }, { certificate }])(
  "no connection skips the check of the certificate, with ca %#",
  (ca) => {
    expect(manifest(connection({ ca }), "VaultConnection").spec.skipTLSVerify).toBe(false);
  },
);

test("a connection and its CA wait for their namespace", () => {
  const json = synthConstructs((stack) => {
    const namespace = new AppNamespace(stack, "namespace", { name: "apps" });
    new VaultConnection(stack, "connection", { namespace, address: "https://vault:8200", ca: { certificate } });
  });
  expect(only(json, "kubernetes_secret_v1").depends_on).toHaveLength(1);
  expect(only(json, "kubernetes_manifest").depends_on).toEqual(only(json, "kubernetes_secret_v1").depends_on);
});
