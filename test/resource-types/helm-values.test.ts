import { at, productionStacks, type Mutable } from "../access/fixture";
import { judged } from "./by-hand";

describe("a release of the server, with the values that production synthesizes", () => {
  const values = (change: (values: Mutable) => void): string[] => {
    const release = at(productionStacks(), "acme-vault-prod", "helm_release.vault_release");
    const after = JSON.parse(release.values[0]);
    change(after);
    const common = { chart: "vault", namespace: "vault", name: "vault", version: release.version };
    return judged(
      "helm_release",
      ["update"],
      { ...common, values: release.values },
      { ...common, values: [JSON.stringify(after)] },
    );
  };
  const config = (values: Mutable, change: (text: string) => string) =>
    void (values.server.ha.raft.config = change(values.server.ha.raft.config));

  test.each<[string, (values: Mutable) => void, ...string[]]>([
    [
      "the seal's key",
      (v) => config(v, (text) => text.replace("alias/acme-vault-prod", "alias/other")),
      "warning: release vault/vault: the seal changes",
    ],
    [
      "no seal any more",
      (v) => config(v, (text) => text.replace(/seal "awskms" \{[^}]*\}/, "")),
      "warning: release vault/vault: the seal changes",
    ],
    [
      "an older TLS",
      (v) => config(v, (text) => text.replace('"tls13"', '"tls12"')),
      "warning: release vault/vault: TLS changes",
    ],
    ["no TLS", (v) => void (v.global.tlsDisable = true), "warning: release vault/vault: TLS changes"],
    [
      "a wider network policy",
      (v) => void (v.server.networkPolicy.enabled = false),
      "warning: helm_release: its value server.networkPolicy.enabled is false, which this report does not read",
      "warning: release vault/vault: who may reach the server changes",
    ],
    [
      "volumes that go with the set",
      (v) => void (v.server.persistentVolumeClaimRetentionPolicy.whenDeleted = "Delete"),
      "error: release vault/vault: what happens to the volumes changes",
    ],
    [
      "another response header",
      (v) => config(v, (text) => text.replace("max-age=31536000", "max-age=1")),
      "info: release vault/vault: the server's configuration changes",
    ],
    [
      "more memory",
      (v) => void (v.server.resources.limits.memory = "4Gi"),
      "info: release vault/vault: values change: server.resources.limits.memory",
    ],
  ])("%s", (_, change, ...findings) => {
    expect(values(change)).toEqual(findings);
  });

  test("values that are no JSON of ours are not judged in silence", () => {
    expect(
      judged(
        "helm_release",
        ["update"],
        { chart: "vault", namespace: "v", name: "v", values: ["a: 1"] },
        { chart: "vault", namespace: "v", name: "v", values: ["a: 2"] },
      ),
    ).toEqual(["warning: release v/v: its values change, and cannot be read before the apply"]);
  });
});
