import type { TerraformStack } from "cdktf";
import {
  AppNamespace,
  AuthMethod,
  EnvSecretSet,
  Group,
  KvMount,
  OperatorInstall,
  Person,
  Userpass,
  VaultConnection,
  VaultInstall,
  VsoBinding,
  Workload,
} from "../../constructs";
import { refusals } from "./refusals";

const kv = (stack: TerraformStack) => KvMount.fromPath(stack, "kv", "kvv2");
const namespace = (stack: TerraformStack) => AppNamespace.fromName(stack, "namespace", "apps");
const address = "https://vault:8200";
const login = (stack: TerraformStack) => ({
  authMethod: AuthMethod.fromPath(stack, "login", "kubernetes"),
  namespace: "apps",
  serviceAccount: "shop",
});

/** What is wrong, by what it is called: how it is made, and a part of what is said. */
const WRONG: readonly (readonly [string, (stack: TerraformStack) => unknown, string])[] = [
  [
    "a mount's path",
    (s) => new KvMount(s, "it", { path: "kv/v2" }),
    'KvMount.path: given "kv/v2"; accepted: one Vault',
  ],
  ["a path of somebody else's mount", (s) => KvMount.fromPath(s, "it", "sys"), 'KvMount.fromPath.path: given "sys"'],
  [
    "a number of versions",
    (s) => new KvMount(s, "it", { path: "kvv2", maxVersions: 0 }),
    "KvMount.maxVersions: given 0; accepted: a whole number from 1 to 100. Leave it out for 10.",
  ],
  ["an auth mount", (s) => new AuthMethod(s, "it", { path: "/k8s" }), 'AuthMethod.path: given "/k8s"'],
  ["somebody else's auth mount", (s) => AuthMethod.fromPath(s, "it", "a/b"), 'AuthMethod.fromPath.path: given "a/b"'],
  ["a mount of people", (s) => new Userpass(s, "it", { path: "sys" }), 'Userpass.path: given "sys"'],
  [
    "a set's path",
    (s) => EnvSecretSet.fromPath(s, "it", { mount: kv(s), path: "shop/../other" }),
    'EnvSecretSet.path: given "shop/../other"',
  ],
  [
    "a key",
    (s) => new EnvSecretSet(s, "it", { mount: kv(s), path: "shop", keys: ["A-B"], owner: "o" }),
    'EnvSecretSet.keys: given "A-B"; accepted: an environment variable\'s name',
  ],
  [
    "a set without keys",
    (s) => new EnvSecretSet(s, "it", { mount: kv(s), path: "shop", keys: [], owner: "o" }),
    "EnvSecretSet.keys: given an empty list; accepted: at least one key. Name each",
  ],
  [
    "an owner",
    (s) => new EnvSecretSet(s, "it", { mount: kv(s), path: "shop", keys: ["A"], owner: "" }),
    'EnvSecretSet.owner: given ""',
  ],
  [
    "a person's name",
    (s) => new Person(s, "it", { name: "Ann", userpass: new Userpass(s, "u") }),
    'Person.name: given "Ann"',
  ],
  ["a namespace", (s) => new AppNamespace(s, "it", { name: "default" }), 'AppNamespace.name: given "default"'],
  [
    "an address",
    (s) => new VaultConnection(s, "it", { namespace: namespace(s), address: "vault:8200" }),
    "VaultConnection.address: given",
  ],
  [
    "a server's namespace",
    (s) => new VaultInstall(s, "it", { namespace: "kube-system" }),
    "VaultInstall.namespace: given",
  ],
  [
    "a release of a long name",
    (s) => new VaultInstall(s, "it", { namespace: "vault", release: "v".repeat(53) }),
    "VaultInstall.release: given",
  ],
  [
    "a server with and without TLS",
    (s) => new VaultInstall(s, "it", { namespace: "vault", tls: { secret: "tls" }, unsafeNoTls: true }),
    "VaultInstall.unsafeNoTls: given true; accepted: either tls or unsafeNoTls.",
  ],
  [
    "three servers with one's storage",
    (s) => new VaultInstall(s, "it", { namespace: "vault", replicas: 3 }),
    "VaultInstall.replicas: given 3; accepted: 1 with mode standalone, 3 or 5 with mode ha.",
  ],
  [
    "an operator's namespace",
    (s) => new OperatorInstall(s, "it", { namespace: "VSO" }),
    "OperatorInstall.namespace: given",
  ],
  [
    "a workload of no namespace",
    (s) => readable(s, new Workload(s, "it", { ...login(s), name: "shop", namespace: undefined })),
    "Workload.namespace: given nothing; accepted: both authMethod and namespace, or neither.",
  ],
  [
    "a workload of every namespace",
    (s) => readable(s, new Workload(s, "it", { ...login(s), name: "shop", namespace: "*" })),
    'Workload.namespace: given "*"',
  ],
  [
    "somebody else's workload whose account is everyone's",
    (s) => Workload.fromServiceAccount(s, "it", { ...login(s), name: "shop", serviceAccount: "default" }),
    'Workload.fromServiceAccount.serviceAccount: given "default"',
  ],
];

function readable(stack: TerraformStack, workload: Workload): void {
  EnvSecretSet.fromPath(stack, "set", { mount: kv(stack), path: "shop" }).grantRead(workload);
}

test.each(WRONG)(
  "%s that cannot be is refused at synthesis, by the construct's path, with what to do",
  (_, make, said) => {
    const lines = refusals((stack) => void make(stack));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\[test\/it\] .*: given .*; accepted: .*\. \S.*\.$/);
    expect(lines[0]).toContain(said);
  },
);

test("a policy has a name of its own, and Vault's own cannot be written", () => {
  const lines = refusals((stack) => void new Group(stack, "it", { name: "root", members: [] }));
  expect(lines.map((line) => line.split(";")[0])).toEqual([
    '[test/it/policy] Policy.name: given "root"',
    "[test/it/policy] Policy.rules: given an empty list",
  ]);
});

test("everything that is wrong is said at once", () => {
  const lines = refusals((stack) => {
    new KvMount(stack, "a", { path: "a/b", maxVersions: 1000 });
    new AppNamespace(stack, "b", { name: "B" });
  });
  expect(lines.map((line) => line.split(":")[0])).toEqual([
    "[test/a] KvMount.path",
    "[test/a] KvMount.maxVersions",
    "[test/b] AppNamespace.name",
  ]);
});

describe("a binding is refused", () => {
  const binding = (change: { workload?: object; granted?: boolean; keys?: string[]; namespace?: string }) =>
    refusals((stack) => {
      const { granted = true, keys = ["A"] } = change;
      const secretSet = EnvSecretSet.fromPath(stack, "set", { mount: kv(stack), path: "shop", keys });
      const workload = new Workload(stack, "workload", { name: "shop", ...(change.workload ?? login(stack)) });
      if (granted) secretSet.grantRead(workload);
      else workload.policy.add({ path: "kvv2/data/other", capabilities: ["read"] });
      const there = AppNamespace.fromName(stack, "namespace", change.namespace ?? "apps");
      const connection = new VaultConnection(stack, "connection", { namespace: there, address });
      new VsoBinding(stack, "it", { secretSet, workload, connection });
    });

  test.each([
    ["of a workload that cannot log in", { workload: {} }, 'workload: given "test/workload"', "Give that workload"],
    ["of a workload that may not read the set", { granted: false }, "may not read kvv2/shop", "secretSet.grantRead"],
    ["of another namespace's connection", { namespace: "other" }, "a connection of namespace other", "Make a"],
    ["of a set whose keys nobody has said", { keys: [] }, "keys: given an empty list", "kvv2/shop"],
  ])("%s", (_, change, given, hint) => {
    const lines = binding(change);
    expect(lines).toEqual([expect.stringMatching(/^\[test\/it\] VsoBinding\./)]);
    expect(lines[0]).toContain(given);
    expect(lines[0]).toContain(hint);
  });

  test("for no other reason", () => {
    expect(binding({})).toEqual([]);
  });
});

test("what only an apply makes known is not looked at", () => {
  expect(refusals((stack) => void new AppNamespace(stack, "it", { name: "${var.namespace}" }))).toHaveLength(1);
  const name = (stack: TerraformStack) => new Userpass(stack, "userpass").accessor;
  expect(refusals((stack) => void new AppNamespace(stack, "it", { name: name(stack) }))).toEqual([]);
});
