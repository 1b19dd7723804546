import type { PlatformConfig } from "../../model";
import { smallConfig } from "../helpers/configs";
import { resources, synthPlatform, type Block } from "../helpers/synth";

const config = (pinned: PlatformConfig["apps"][string]["environments"], change: Partial<PlatformConfig> = {}) =>
  smallConfig({
    environments: { dev: { vault: "main", cluster: "local" }, stg: { vault: "main", cluster: "local" } },
    apps: { shop: { owner: "team-shop", keys: ["KEY"], environments: pinned } },
    ...change,
  });
const versions = (stack: string, ...given: Parameters<typeof config>) =>
  Object.fromEntries(
    resources(synthPlatform(config(...given)).stacks[stack]!, "kubernetes_manifest").flatMap(({ manifest }) => {
      const { kind, metadata, spec } = manifest as { kind: string; metadata: { name: string }; spec: Block };
      return kind === "VaultStaticSecret" ? [[metadata.name, spec.version]] : [];
    }),
  );

describe("a pinned version", () => {
  test("is what the operator delivers in that environment alone", () => {
    const pinned = { dev: {}, stg: { pinnedVersion: 3 } };
    expect(versions("small-dev", pinned)).toEqual({ "shop-vault-static-secret": undefined });
    expect(versions("small-stg", pinned)).toEqual({ "shop-vault-static-secret": 3 });
  });

  test("of a shared set is delivered to each of its apps, whose own sets are not held to it", () => {
    const broker = {
      owner: "team-mq",
      keys: ["BROKER"],
      readBy: ["shop"],
      environments: { stg: { pinnedVersion: 7 } },
    };
    expect(versions("small-stg", ["dev", "stg"], { sharedSets: { broker } })).toEqual({
      "shop-vault-static-secret": undefined,
      "shop-broker-vault-static-secret": 7,
    });
  });

  test("is what the admission policy holds the environment's job to", () => {
    const held = (pinned: Parameters<typeof config>[0]) =>
      JSON.stringify(synthPlatform(config(pinned)).stacks["small-operator-local"]).match(/version=\d+/g);
    expect(held({ dev: {}, stg: { pinnedVersion: 3 } })).toEqual(["version=3"]);
    expect(held(["dev", "stg"])).toBeNull();
  });
});
