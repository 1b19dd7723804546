import { leftLine, placedSets, setLines } from "../../../cli/up/placed-sets";
import sample from "../../../config/sample";
import { resolvePlatform, type PlatformConfig } from "../../../model";

const app = sample.apps["sample-node-api"]!;
const platform = resolvePlatform({
  ...sample,
  apps: {
    "sample-node-api": {
      ...app,
      environments: { dev: { secretSet: "existing" }, qa: {}, stg: { secretSet: "retired" } },
    },
    "sample-python-api": { ...sample.apps["sample-python-api"]!, environments: ["dev", "qa"] },
  },
} as PlatformConfig);
const set = (name: string, mount = "kvv2") => ({ type: "vault_kv_secret_v2", values: { mount, name } });

/** What becomes of the sets of dev, qa and stg, where the states of those named have these resources. */
const sets = (states: Readonly<Record<string, readonly object[]>>) =>
  placedSets(
    platform,
    platform.environments.filter(({ name }) => ["dev", "qa", "stg"].includes(name)),
    {
      state: async (stack) =>
        JSON.stringify({
          format_version: "1.0",
          ...(states[stack] && { values: { root_module: { resources: states[stack] } } }),
        }),
    },
  );

describe("which values are deleted", () => {
  test("those that the state has, wherever they were placed; the rest is left, with the reason", async () => {
    const found = await sets({
      "sample-dev": [
        set("sample/sample-python-api/sample-python-api-dev"),
        { type: "vault_generic_endpoint", values: { path: "kvv2/metadata/sample/x" } },
      ],
      "sample-qa": [set("sample/sample-node-api/sample-node-api-qa", "older")],
    });
    expect(setLines(found)).toEqual([
      "deletes every version of kvv2/sample/sample-python-api/sample-python-api-dev",
      "deletes every version of older/sample/sample-node-api/sample-node-api-qa",
      "leaves kvv2/sample/sample-node-api/sample-node-api-dev: the config calls it existing",
      "leaves kvv2/sample/sample-node-api/sample-node-api-qa: Terraform's state does not have it, so it was not " +
        "placed by it",
      "leaves kvv2/sample/sample-python-api/sample-python-api-qa: Terraform's state does not have it, so it was not " +
        "placed by it",
      "leaves kvv2/sample/sample-node-api/sample-node-api-stg: the config calls it retired, so Terraform has " +
        "forgotten it",
    ]);
    expect(leftLine(found)).toMatch(/^left: kvv2\/sample.* \(the config calls it existing\); /);
  });

  test("none where there is no state", async () => {
    expect(setLines(await sets({})).filter((line) => !line.startsWith("leaves"))).toEqual([]);
  });
});
