import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { AppNamespace, KvMount, Person, Userpass } from "../../constructs";
import { VERSIONS } from "../../model";
import { synthConstructs } from "../helpers/synth";
import { refusals } from "./refusals";

const settings = (build: (stack: TerraformStack) => void) =>
  synthConstructs(build).terraform as {
    readonly required_version?: string;
    readonly required_providers: { readonly [name: string]: { readonly version?: string } };
  };
const mount = (stack: TerraformStack) => new KvMount(stack, "kv", { path: "kvv2" });

test("a construct brings the versions whose arguments it writes", () => {
  const { required_version, required_providers } = settings((stack) => void mount(stack));
  expect(required_version).toBe(VERSIONS.terraform);
  expect(required_providers.vault?.version).toBe(VERSIONS.providers.vault);
});

test("every provider that a construct needs is pinned", () => {
  const { required_providers } = settings((stack) => {
    new Person(stack, "ann", { name: "ann", userpass: new Userpass(stack, "userpass") });
    new AppNamespace(stack, "namespace", { name: "apps" });
  });
  for (const name of ["vault", "random", "kubernetes"] as const)
    expect(required_providers[name]?.version).toBe(VERSIONS.providers[name]);
});

test("no construct pins a provider that it does not need: the prebuilt bindings ask for an older one", () => {
  const { vault } = settings((stack) => void new AppNamespace(stack, "n", { name: "apps" })).required_providers;
  expect(vault?.version).not.toBe(VERSIONS.providers.vault);
});

describe("a stack's own version", () => {
  const pinned = (version: string, when: "before" | "after") => {
    const pin = (stack: TerraformStack) => stack.addOverride("terraform.required_providers.vault.version", version);
    return (stack: TerraformStack) => {
      if (when === "before") pin(stack);
      mount(stack);
      if (when === "after") pin(stack);
    };
  };

  test.each(["before", "after"] as const)("that is newer stays, said %s the construct", (when) => {
    expect(settings(pinned("5.12.0", when)).required_providers.vault?.version).toBe("5.12.0");
  });

  test.each([
    ["5.6.0", "before"],
    ["5.6.0", "after"],
    ["~> 5.6", "after"],
    ["latest", "before"],
  ] as const)(
    "%s, said %s the construct, is refused: it lacks arguments that the construct writes",
    (version, when) => {
      expect(refusals(pinned(version, when))).toEqual([
        `[test/kv] KvMount.provider vault: given "${version}"; ` +
          `accepted: version ${VERSIONS.providers.vault} or later. ` +
          "Take the stack's own terraform.required_providers.vault.version out: the construct brings one.",
      ]);
    },
  );
});

test("a stack without the provider is refused, where cdktf itself would see nothing wrong", () => {
  const stack = new TerraformStack(Testing.app(), "bare");
  new KubernetesProvider(stack, "kubernetes");
  const ours = mount(stack);
  expect(ours.node.validate()).toEqual([
    "KvMount.provider vault: given nothing; accepted: a provider vault in stack bare. " +
      "Add one from @cdktf/provider-vault/lib/provider.",
  ]);
  new VaultProvider(stack, "vault");
  expect(ours.node.validate()).toEqual([]);
});
