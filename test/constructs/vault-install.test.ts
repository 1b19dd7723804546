import { TerraformStack, Testing } from "cdktf";
import { VaultInstall, type VaultInstallProps } from "../../constructs/vault-install";
import { certificateNames, VERSIONS } from "../../model";
import { only, synthConstructs } from "../helpers/synth";
import { constructPaths, highlyAvailable, installation, releaseValues } from "./vault-helpers";

const made = (props: VaultInstallProps) => synthConstructs((stack) => void new VaultInstall(stack, "vault", props));
const RESTRICTED = Object.fromEntries(
  ["enforce", "audit", "warn"].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, "restricted"],
    [`pod-security.kubernetes.io/${mode}-version`, VERSIONS.podSecurity],
  ]),
);

test("a server is a namespace and a release, and nothing else", () => {
  expect(constructPaths(made(installation()))).toEqual(["test/vault/namespace", "test/vault/release"]);
});

test("ids are a contract: they are addresses in people's state", () => {
  const paths = constructPaths(made(highlyAvailable({ tls: { certManager: { issuer: "acme" } } })));
  expect(paths).toEqual(["test/vault/certificate", "test/vault/namespace", "test/vault/release"]);
});

test("the namespace refuses pods that are not restricted", () => {
  expect(only(made(installation()), "kubernetes_namespace_v1").metadata).toEqual({
    name: "sample-vault",
    labels: RESTRICTED,
  });
});

test("labels of one's own come beside those of pod security, and cannot weaken them", () => {
  const labels = { team: "platform", "pod-security.kubernetes.io/enforce": "privileged" };
  expect(only(made({ ...installation(), labels }), "kubernetes_namespace_v1").metadata).toEqual({
    name: "sample-vault",
    labels: { team: "platform", ...RESTRICTED },
  });
});

test("the namespace, and so the volumes, cannot be destroyed", () => {
  expect(only(made(installation()), "kubernetes_namespace_v1").lifecycle).toEqual({
    prevent_destroy: true,
  });
});

test("a server that the config calls destroyable goes with one command", () => {
  expect(only(made(installation({ unsafeDestroy: true })), "kubernetes_namespace_v1")).not.toHaveProperty("lifecycle");
});

test("the release comes into the namespace, and does not wait for pods that nobody has unsealed", () => {
  expect(only(made(installation()), "helm_release")).toMatchObject({
    name: "sample-vault",
    namespace: "sample-vault",
    create_namespace: false,
    wait: false,
    max_history: 10,
    depends_on: [expect.stringMatching(/^kubernetes_namespace_v1\.vault_namespace_/)],
  });
});

test("a release whose pods are sealed is not rolled back", () => {
  const release = only(made(installation()), "helm_release");
  expect(release).not.toHaveProperty("atomic");
  expect(release).not.toHaveProperty("set_sensitive");
});

test("the chart is the pinned one", () => {
  const { repository, name, version } = VERSIONS.charts.vault;
  expect(only(made(installation()), "helm_release")).toMatchObject({
    repository,
    chart: name,
    version,
  });
});

test("the chart can come from a folder, which has no repository and says its own version", () => {
  const release = only(made(installation({ chart: { repository: "", name: "/srv/charts/vault" } })), "helm_release");
  expect(release.chart).toBe("/srv/charts/vault");
  expect(release).not.toHaveProperty("repository");
  expect(release).not.toHaveProperty("version");
});

test("values are one JSON text", () => {
  expect(releaseValues(made(installation()))).toMatchObject({
    global: { tlsDisable: true },
    server: { standalone: { enabled: true } },
  });
});

test("values of one's own with a Terraform template are refused", () => {
  expect(() => made(installation({ values: { server: { extraArgs: "${var.x}" } } }))).toThrow(
    "Terraform would read it as a template",
  );
});

describe("certificate", () => {
  const tls = { certManager: { issuer: "acme-internal" } };
  const manifest = (props: VaultInstallProps) =>
    only(made(props), "kubernetes_manifest").manifest as { spec: { [key: string]: unknown } };

  test("is issued into the Secret that the listener reads", () => {
    expect(manifest(highlyAvailable({ tls }))).toMatchObject({
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: { name: "sample-vault", namespace: "sample-vault" },
      spec: {
        secretName: "sample-vault-tls",
        issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "acme-internal" },
      },
    });
    expect(JSON.stringify(releaseValues(made(highlyAvailable({ tls }))))).toContain(
      "/vault/userconfig/sample-vault-tls/tls.crt",
    );
  });

  test("can come from an issuer of the namespace", () => {
    expect(
      manifest(highlyAvailable({ tls: { certManager: { issuer: "own", kind: "Issuer" } } })).spec.issuerRef,
    ).toMatchObject({ kind: "Issuer", name: "own" });
  });

  test("has a new key at each renewal, and is for servers only", () => {
    expect(manifest(highlyAvailable({ tls })).spec).toMatchObject({
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["digital signature", "key encipherment", "server auth"],
    });
  });

  test("is there before the release", () => {
    expect(only(made(highlyAvailable({ tls })), "helm_release").depends_on).toEqual([
      expect.stringMatching(/^kubernetes_namespace_v1\./),
      expect.stringMatching(/^kubernetes_manifest\.vault_certificate_/),
    ]);
  });

  test.each([{ tls: { secret: "given" } }, { tls: undefined, unsafeNoTls: true }])("is not made for %j", (changes) => {
    expect(made(highlyAvailable(changes)).resource).not.toHaveProperty("kubernetes_manifest");
  });

  test("has every name that the cluster knows the server by", () => {
    const domains = ["", ".ns", ".ns.svc", ".ns.svc.cluster.local"];
    expect(certificateNames({ release: "v", namespace: "ns", mode: "ha" })).toEqual({
      dnsNames: [
        ...["v", "v-internal", "*.v-internal", "v-active", "v-standby"].flatMap((service) =>
          domains.map((domain) => service + domain),
        ),
        "localhost",
      ],
      ipAddresses: ["127.0.0.1"],
    });
  });

  test("of a standalone server names no active and standby service", () => {
    expect(certificateNames({ release: "v", namespace: "ns", mode: "standalone" }).dnsNames.join()).not.toMatch(
      /active|standby/,
    );
  });

  test.each([
    ["https://vault.acme.example", ["vault.acme.example", "localhost"], ["127.0.0.1"]],
    ["https://vault.acme.example:8200/", ["vault.acme.example", "localhost"], ["127.0.0.1"]],
    ["https://10.1.2.3:8200", ["localhost"], ["10.1.2.3", "127.0.0.1"]],
    ["https://[fd00::1]:8200", ["localhost"], ["fd00::1", "127.0.0.1"]],
    ["https://localhost:8200", ["localhost"], ["127.0.0.1"]],
    ["https://127.0.0.1:8200", ["localhost"], ["127.0.0.1"]],
    ["https://v.ns.svc:8200", ["localhost"], ["127.0.0.1"]],
  ])("has the host of %s too, once", (address, dns, ipAddresses) => {
    const names = certificateNames({ release: "v", namespace: "ns", mode: "standalone" }, address);
    expect(names.dnsNames.slice(12)).toEqual(dns);
    expect(names.ipAddresses).toEqual(ipAddresses);
  });

  test("is for the address that people use", () => {
    expect(manifest({ ...highlyAvailable({ tls }), address: "https://vault.acme.example" }).spec.dnsNames).toContain(
      "vault.acme.example",
    );
  });
});

test.each([
  [installation(), "http://sample-vault.sample-vault.svc:8200"],
  [highlyAvailable(), "https://sample-vault.sample-vault.svc:8200"],
])("says where it is reached from inside its cluster (%#)", (of, address) => {
  const vault = new VaultInstall(new TerraformStack(Testing.app(), "test"), "vault", of);
  expect({ ...vault }).toMatchObject({ address, namespace: "sample-vault", release: "sample-vault" });
});
