import type { TerraformStack } from "cdktf";
import { AuthMethod, EnvSecretSet, Group, KvMount, SecretFolder, Workload, type Grant } from "../../constructs";
import { KvPath } from "../../model";
import { peopleRules, workloadRules } from "../../policies/write";
import { policyTexts, synthConstructs } from "../helpers/synth";
import { aclOf } from "../helpers/vault-view";

const path = new KvPath("kvv2", "sample/shop/shop-dev");
const mount = (stack: TerraformStack) => KvMount.fromPath(stack, "kv", "kvv2");
const set = (stack: TerraformStack) => EnvSecretSet.fromPath(stack, "set", { mount: mount(stack), path: path.path });
const group = (stack: TerraformStack) => new Group(stack, "group", { name: "team", members: [] });
const workload = (stack: TerraformStack) =>
  new Workload(stack, "workload", {
    name: "shop",
    authMethod: AuthMethod.fromPath(stack, "login", "k8s"),
    namespace: "n",
  });

/** What a grant is, and what its grantee's policy then lets it do. */
function given(grant: (stack: TerraformStack) => Grant) {
  let made: Grant | undefined;
  const texts = policyTexts(synthConstructs((stack) => void (made = grant(stack))));
  return { grant: made!, acl: aclOf(texts[made!.grantee.policy.name]!) };
}

test.each([
  ["read", workload, workloadRules("read", path)],
  ["write", workload, workloadRules("write", path)],
  ["read", group, peopleRules("read", { set: path })],
  ["write", group, peopleRules("write", { set: path })],
  ["write-only", workload, workloadRules("write-only", path)],
  ["write-only", group, peopleRules("write-only", { set: path })],
] as const)("a grant to %s a set says who has it, on what, and by which rules (%#)", (access, grantee, rules) => {
  const grants = { read: "grantRead", write: "grantWrite", "write-only": "grantWriteOnly" } as const;
  const { grant, acl } = given((stack) => set(stack)[grants[access]](grantee(stack)));
  expect(grant).toMatchObject({ access, rules });
  expect(grant.scope).toEqual({ set: path });
  expect(acl.capabilities(path.data())).toEqual([...grant.rules[0]!.capabilities].sort());
});

test("a grant on a folder reaches every set below it, and none beside it", () => {
  const { grant, acl } = given((stack) => new SecretFolder(mount(stack), "sample/shop").grantRead(group(stack)));
  expect(grant.scope).toEqual({ tree: new KvPath("kvv2", "sample/shop") });
  for (const below of ["shop-dev", "shop-prod", "a/b"])
    expect(acl.allows("read", `kvv2/data/sample/shop/${below}`).allowed).toBe(true);
  for (const beside of ["sample/shop-2/x", "sample/other", "sample", "other"])
    expect([beside, acl.allows("read", `kvv2/data/${beside}`).allowed]).toEqual([beside, false]);
  expect(acl.allows("update", "kvv2/data/sample/shop/shop-dev").allowed).toBe(false);
});

test("to write a folder is to change every set below it, and to destroy none", () => {
  const { grant, acl } = given((stack) => new SecretFolder(mount(stack), "sample/shop").grantWrite(group(stack)));
  expect(grant.access).toBe("write");
  expect(acl.allows("update", path.data()).allowed).toBe(true);
  expect(acl.allows("update", path.destroy()).allowed).toBe(false);
});

test("to write a folder only is to read no set below it", () => {
  const { acl } = given((stack) => new SecretFolder(mount(stack), "sample/shop").grantWriteOnly(group(stack)));
  expect(acl.allows("patch", path.data()).allowed).toBe(true);
  expect(acl.allows("read", path.data()).allowed).toBe(false);
});
