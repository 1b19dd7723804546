import { App, type TerraformStack } from "cdktf";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolvePlatform, type PlatformConfig } from "../../model";
import { addStacks } from "../../stacks";
import { CONFIGS, smallConfig } from "../helpers/configs";
import { synthPlatform } from "../helpers/synth";

describe("names of stacks", () => {
  test("of the sample are the design's", () => {
    expect(Object.keys(synthPlatform(CONFIGS.sample!).stacks)).toEqual([
      "sample-vault-main",
      "sample-access-main",
      "sample-operator-local",
      "sample-local",
      "sample-dev",
      "sample-qa",
      "sample-stg",
      "sample-prod",
    ]);
  });

  test("of a company have a stack a server, a Vault, a cluster and an environment", () => {
    expect(Object.keys(synthPlatform(CONFIGS.production!).stacks)).toEqual([
      "acme-vault-nonprod",
      "acme-vault-prod",
      "acme-access-nonprod",
      "acme-access-prod",
      "acme-operator-nonprod",
      "acme-operator-prod-eu",
      "acme-operator-prod-us",
      "acme-dev",
      "acme-qa",
      "acme-stg",
      "acme-prod-eu",
      "acme-prod-us",
    ]);
  });

  test("have no server's where the Vault exists already, and no operator's where no environment runs", () => {
    const config = smallConfig({
      vaults: { main: { address: "https://vault.example" } },
      clusters: {},
      environments: { dev: { vault: "main" } },
    });
    expect(Object.keys(synthPlatform(config).stacks)).toEqual(["small-access-main", "small-dev"]);
  });
});

describe.each<[string, PlatformConfig]>([
  ...Object.entries(CONFIGS),
  [
    "a Vault that exists",
    smallConfig({
      vaults: { main: { address: "https://vault.example" } },
      clusters: { local: { context: "local", login: { type: "jwt", issuer: "https://oidc.example" } } },
    }),
  ],
])("the order of %s", (_, config) => {
  const { platform, stacks, dependencies } = synthPlatform(config);
  const names = Object.keys(stacks);

  test("lists every stack after what it waits for", () => {
    for (const name of names)
      for (const before of dependencies[name]!) expect(names.indexOf(before)).toBeLessThan(names.indexOf(name));
  });

  test("has access after its server, and an environment after its Vault's access and its cluster's operator", () => {
    const waits: { [name: string]: string[] } = {};
    for (const vault of platform.vaults) {
      if (vault.stack) waits[vault.stack] = [];
      waits[vault.accessStack] = vault.stack ? [vault.stack] : [];
    }
    // Where it gives the CI's jobs rights in the server's namespace, that namespace comes first.
    for (const { name, operator } of platform.clusters)
      if (operator)
        waits[operator.stack] =
          "pipelines" in config.clusters[name]!
            ? platform.vaults.flatMap(({ installation, stack }) =>
                installation?.cluster === name && stack ? [stack] : [],
              )
            : [];
    for (const { stack, vault, cluster } of platform.environments)
      waits[stack] = [`${platform.name}-access-${vault}`, ...(cluster ? [`${platform.name}-operator-${cluster}`] : [])];
    expect(dependencies).toEqual(waits);
  });

  test("has no stack that reads another's state or hands a value over: both take the same names from the model", () => {
    for (const [name, json] of Object.entries(stacks)) {
      expect([name, Object.keys(json)]).toEqual([name, expect.not.arrayContaining(["data", "output", "module"])]);
      expect(JSON.stringify(json)).not.toMatch(/terraform_remote_state|cross-stack/);
    }
  });
});

test("a reference from one stack to another is refused when it is synthesized", () => {
  const outdir = mkdtempSync(join(tmpdir(), "vault-tenancy-order-"));
  try {
    const app = new App({ outdir });
    const [server, access] = addStacks(app, resolvePlatform(smallConfig())) as [TerraformStack, TerraformStack];
    const namespace = server.node.findChild("vault").node.findChild("namespace") as unknown as { id: string };
    (access.node.findChild("kv").node.findChild("resource") as unknown as { description: string }).description =
      namespace.id;
    expect(() => app.synth()).toThrow(
      "a stack cannot read another's state: both sides take the same name from the model",
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test.each([
  ["acme-access-prod", "production"],
  ["acme-operator-nonprod", "production"],
  ["acme-prod-us", "production"],
  // Without a CI it reads the environments' objects all the same.
  ["sample-operator-local", "sample"],
])("%s alone is what it is among all, pipeline policies too", (name, config) => {
  const synthesized = (only?: readonly string[]) => {
    const outdir = mkdtempSync(join(tmpdir(), "vault-tenancy-order-"));
    try {
      const app = new App({ outdir });
      addStacks(app, resolvePlatform(CONFIGS[config]!), only);
      app.synth();
      const made = readdirSync(join(outdir, "stacks"));
      return { made, json: readFileSync(join(outdir, "stacks", name, "cdk.tf.json"), "utf8") };
    } finally {
      rmSync(outdir, { recursive: true });
    }
  };
  const alone = synthesized([name]);
  expect(alone.made).toEqual([name]);
  expect(alone.json).toBe(synthesized().json);
});
