import { KvMount } from "../../constructs";
import { addresses, only, synthConstructs } from "../helpers/synth";

const mount = () => synthConstructs((stack) => void new KvMount(stack, "kv", { path: "kvv2", maxVersions: 10 }));

test("a kv mount is of version 2 and cannot be destroyed or replaced: every value would be gone", () => {
  expect(only(mount(), "vault_mount")).toEqual({
    path: "kvv2",
    type: "kv",
    options: { version: "2" },
    description: "Secret sets of apps and environments",
    lifecycle: { prevent_destroy: true },
  });
});

test("a kv mount that is there is taken over with its settings, and never made", () => {
  const json = synthConstructs((stack) => void new KvMount(stack, "kv", { path: "kvv2", adopted: true }));
  expect(json.import).toEqual([
    { to: addresses(json).find((each) => each.startsWith("vault_mount.")), id: "kvv2" },
    { to: addresses(json).find((each) => each.startsWith("vault_kv_secret_backend_v2.")), id: "kvv2/config" },
  ]);
  expect(mount().import).toBeUndefined();
});

test("a kv mount keeps the versions that it is told to, and is configured after it is there", () => {
  const json = mount();
  expect(only(json, "vault_kv_secret_backend_v2")).toEqual({
    mount: `\${${addresses(json).find((each) => each.startsWith("vault_mount."))}.path}`,
    max_versions: 10,
  });
});
