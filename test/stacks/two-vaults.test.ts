import type { PlatformConfig } from "../../model";
import { smallConfig, UNSAFE } from "../helpers/configs";
import { resources, synthPlatform } from "../helpers/synth";
import { VaultView } from "../helpers/vault-view";

const caCertificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const vault = (cluster: string) => {
  return { cluster, unsafeNoTls: true, unsafeWithout: UNSAFE, address: `http://vault.${cluster}` };
};

// One Vault has nothing protected, so that its grants are trees; the other has, and keeps its own in the same paths.
const config: PlatformConfig = smallConfig({
  vaults: { open: vault("a"), guarded: vault("b") },
  clusters: { a: { context: "a" }, b: { context: "b", login: { type: "token", host: "https://b", caCertificate } } },
  environments: {
    dev: { vault: "open", cluster: "a" },
    qa: { vault: "open", cluster: "b" },
    stg: { vault: "guarded", cluster: "b" },
    prod: { vault: "guarded", cluster: "b", protected: true },
  },
  people: {
    groups: {
      readers: { grants: [{ access: "read", apps: "all" }] },
      testers: { grants: [{ access: "write", apps: ["shop"], environments: ["dev"] }] },
    },
    users: { ann: { groups: ["readers"] }, bob: { groups: ["testers"] } },
  },
});
const synthesized = synthPlatform(config);
const [open, guarded] = [new VaultView(synthesized, "open"), new VaultView(synthesized, "guarded")];
const reads = (view: VaultView, person: string) =>
  ["dev", "qa", "stg", "prod"].filter(
    (environment) => view.person(person).allows("read", `kvv2/data/small/shop/shop-${environment}`).allowed,
  );

test("a tree that is granted on one Vault is not granted on another that has something protected", () => {
  expect(reads(open, "ann")).toEqual(expect.arrayContaining(["dev", "qa"]));
  expect(reads(guarded, "ann")).toEqual(["stg"]);
});

test("a Vault knows the people and groups whose grants reach it, and nobody else", () => {
  expect(open.people.sort()).toEqual(["ann", "bob", "platform-admin"]);
  expect(guarded.people.sort()).toEqual(["ann", "platform-admin"]);
  expect(guarded.policyNames).not.toContain("testers");
});

test("a Vault's policies name its own secret sets alone", () => {
  expect(reads(open, "bob")).toEqual(["dev"]);
  for (const policy of resources(synthesized.stacks["small-access-guarded"]!, "vault_policy"))
    expect(policy.policy).not.toMatch(/shop-(dev|qa)/);
});

test("a cluster that logs in to two Vaults has a mount in each, checked as that Vault can", () => {
  const mounts = (stack: string) =>
    resources(synthesized.stacks[stack]!, "vault_auth_backend")
      .filter(({ type }) => type === "kubernetes")
      .map(({ path }) => path);
  expect(mounts("small-access-open")).toEqual(["kubernetes", "kubernetes-b"]);
  expect(mounts("small-access-guarded")).toEqual(["kubernetes"]);
  const hosts = (stack: string) =>
    resources(synthesized.stacks[stack]!, "vault_kubernetes_auth_backend_config").map((each) => [
      each.kubernetes_host,
      "token_reviewer_jwt_wo" in each,
    ]);
  expect(hosts("small-access-open")).toEqual([
    ["https://kubernetes.default.svc", false],
    ["https://b", true],
  ]);
  expect(hosts("small-access-guarded")).toEqual([["https://kubernetes.default.svc", false]]);
});

test("a workload of one Vault takes no role in the other", () => {
  const login = { namespace: "small-qa", serviceAccount: "shop-vault-operator-sa", audience: "vault" };
  expect(open.workload({ ...login, mount: "kubernetes-b" })).toHaveLength(1);
  expect(guarded.workload({ ...login, mount: "kubernetes" })).toEqual([]);
});
