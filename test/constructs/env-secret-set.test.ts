import type { TerraformStack } from "cdktf";
import { Duration, KvPath } from "../../model";
import {
  EnvSecretSet,
  KvMount,
  Policy,
  type EnvSecretSetProps,
  type IGrantee,
  type ISecretSet,
} from "../../constructs";
import { addresses, only, resources, synthConstructs } from "../helpers/synth";
import { aclOf, onlyPolicyText } from "../helpers/vault-view";

const path = new KvPath("kvv2", "sample/shop/shop-dev");
const set = (changes: Partial<EnvSecretSetProps> = {}) =>
  synthConstructs((stack) => {
    new EnvSecretSet(stack, "secrets", {
      mount: KvMount.fromPath(stack, "kv", "kvv2"),
      path: "sample/shop/shop-dev",
      keys: ["USER", "PASSWORD"],
      owner: "team-shop",
      ...changes,
    });
  });

/** Whom grants are given to, as a workload or as people. */
const grantee = (stack: TerraformStack, kind: IGrantee["kind"]): IGrantee => ({
  kind,
  policy: new Policy(stack, "policy", { name: "grantee" }),
});

const granted = (kind: IGrantee["kind"], grant: (target: ISecretSet, grantee: IGrantee) => void) =>
  synthConstructs((stack) => {
    const set = { mount: KvMount.fromPath(stack, "kv", "kvv2"), path: path.path, keys: ["KEY"], owner: "team-shop" };
    grant(new EnvSecretSet(stack, "secrets", set), grantee(stack, kind));
  });

describe("a managed secret set", () => {
  test("is written once with the placeholder, write-only, and is never read, changed or destroyed", () => {
    expect(only(set(), "vault_kv_secret_v2")).toEqual({
      mount: "kvv2",
      name: "sample/shop/shop-dev",
      data_json_wo: '{"PASSWORD":"TBD","USER":"TBD"}',
      data_json_wo_version: 1,
      options: { cas: "0" },
      disable_read: true,
      delete_all_versions: false,
      lifecycle: { prevent_destroy: true, ignore_changes: "all" },
    });
  });

  test("has cas in options as a text, since the provider ignores the top-level argument", () => {
    const secret = only(set(), "vault_kv_secret_v2");
    expect(secret.options).toEqual({ cas: "0" });
    expect(secret).not.toHaveProperty("cas");
  });

  test("names no argument that would store a value in state", () => {
    const secret = only(set(), "vault_kv_secret_v2");
    for (const argument of ["data_json", "data", "path"]) expect(secret).not.toHaveProperty(argument);
  });

  test("holds the declared keys and the placeholder alone, in an order that is not the config's", () => {
    const one = only(set({ keys: ["B", "A", "C"], placeholder: "SET ME" }), "vault_kv_secret_v2").data_json_wo;
    expect(one).toBe('{"A":"SET ME","B":"SET ME","C":"SET ME"}');
    expect(only(set({ keys: ["C", "B", "A"], placeholder: "SET ME" }), "vault_kv_secret_v2").data_json_wo).toBe(one);
  });

  test("holds nothing under a key whose value a command makes, be it the only one", () => {
    const held = (keys: readonly string[]) => only(set({ keys, generated: ["B"] }), "vault_kv_secret_v2").data_json_wo;
    expect([held(["B", "A"]), held(["B"])]).toEqual(['{"A":"TBD"}', "{}"]);
  });

  test("does not reorder the keys of its caller", () => {
    const keys = ["B", "A"];
    set({ keys });
    expect(keys).toEqual(["B", "A"]);
  });

  test("writes its metadata after its data, and leaves it when it goes", () => {
    expect(only(set(), "vault_generic_endpoint")).toMatchObject({
      path: "kvv2/metadata/sample/shop/shop-dev",
      ignore_absent_fields: true,
      disable_delete: true,
      depends_on: [`vault_kv_secret_v2.${Object.keys(set().resource!.vault_kv_secret_v2!)[0]}`],
    });
  });

  test.each([
    [
      "with a rotation period",
      Duration.of("90d"),
      { managed_by: "vault-tenancy", owner: "team-shop", rotate_every: "90d" },
    ],
    ["without one", undefined, { managed_by: "vault-tenancy", owner: "team-shop" }],
  ])("says who owns it, %s", (_, rotateEvery, metadata) => {
    expect(JSON.parse(only(set({ rotateEvery }), "vault_generic_endpoint").data_json as string)).toEqual({
      custom_metadata: metadata,
    });
  });

  test("waits for its mount where the same stack makes it, its data first", () => {
    const json = synthConstructs((stack) => {
      const mount = new KvMount(stack, "kv", { path: "kvv2" });
      new EnvSecretSet(stack, "secrets", { mount, path: "x", keys: ["KEY"], owner: "o" });
    });
    expect(only(json, "vault_kv_secret_v2").depends_on).toEqual([
      addresses(json).find((each) => each.startsWith("vault_kv_secret_backend_v2.")),
    ]);
  });
});

describe.each(["existing", "retired"] as const)("a secret set that is %s", (state) => {
  test("is neither made, changed nor read", () => {
    expect(addresses(set({ state }))).toEqual([]);
  });

  test("is forgotten, not destroyed, at the very addresses that it had while it was managed", () => {
    const removed = set({ state }).removed as { from: string; lifecycle: object }[];
    expect(removed.map(({ from }) => from).sort()).toEqual(addresses(set()));
    expect(removed.map(({ lifecycle }) => lifecycle)).toEqual([{ destroy: false }, { destroy: false }]);
  });

  test("leaves the placeholder and the keys out", () => {
    expect(JSON.stringify(set({ state, placeholder: "A-PLACEHOLDER", keys: ["A_KEY"] }))).not.toMatch(
      /A-PLACEHOLDER|A_KEY/,
    );
  });
});

test("sets that leave one stack together are all forgotten", () => {
  const json = synthConstructs((stack) => {
    const mount = KvMount.fromPath(stack, "kv", "kvv2");
    for (const id of ["one", "two"])
      new EnvSecretSet(stack, id, { mount, path: id, keys: ["KEY"], owner: "o", state: "retired" });
  });
  expect(json.removed).toHaveLength(4);
});

describe("a grant of a secret set", () => {
  const data = "kvv2/data/sample/shop/shop-dev";
  const grants = {
    read: (target: ISecretSet, grantee: IGrantee) => target.grantRead(grantee),
    write: (target: ISecretSet, grantee: IGrantee) => target.grantWrite(grantee),
  };
  const acl = (kind: IGrantee["kind"], access: keyof typeof grants) =>
    aclOf(onlyPolicyText(granted(kind, grants[access])));

  test("lets a workload read its values, and neither write, list, see versions nor delete", () => {
    const workload = acl("workload", "read");
    expect(workload.capabilities(data)).toEqual(["read"]);
    expect(workload.rules).toHaveLength(1);
  });

  test("lets a workload that may write add versions, and neither list, delete nor destroy any", () => {
    const workload = acl("workload", "write");
    expect(workload.capabilities(data)).toEqual(["create", "patch", "read", "update"]);
    expect(workload.rules).toHaveLength(1);
  });

  test("does not let a reader write, delete or destroy", () => {
    const reader = acl("people", "read");
    expect(reader.allows("read", data).allowed).toBe(true);
    for (const operation of ["create", "update", "patch", "delete"] as const)
      expect(reader.allows(operation, data).allowed).toBe(false);
    for (const prefix of ["delete", "undelete", "destroy"])
      expect(reader.allows("update", `kvv2/${prefix}/sample/shop/shop-dev`).allowed).toBe(false);
    expect(reader.allows("delete", "kvv2/metadata/sample/shop/shop-dev").allowed).toBe(false);
  });

  test("does not let a writer destroy a version, or delete metadata, which would take every version", () => {
    const writer = acl("people", "write");
    for (const operation of ["create", "read", "update", "patch", "delete"] as const)
      expect(writer.allows(operation, data).allowed).toBe(true);
    expect(writer.allows("update", "kvv2/destroy/sample/shop/shop-dev").allowed).toBe(false);
    for (const operation of ["create", "update", "patch", "delete"] as const)
      expect(writer.allows(operation, "kvv2/metadata/sample/shop/shop-dev").allowed).toBe(false);
  });

  test.each(["read", "write"] as const)("to %s reaches no set beside it, above it or below it", (access) => {
    for (const kind of ["workload", "people"] as const)
      for (const other of [
        "sample/shop/shop-dev-2",
        "sample/shop/shop-de",
        "sample/shop/shop-dev/x",
        "sample/shop",
        "sample/shop/shop-prod",
        "sample/shop-2/shop-dev",
      ])
        for (const operation of ["create", "read", "update", "patch", "delete"] as const)
          expect([kind, other, operation, acl(kind, access).allows(operation, `kvv2/data/${other}`).allowed]).toEqual([
            kind,
            other,
            operation,
            false,
          ]);
  });

  test("is the same for a set that another stack makes", () => {
    const elsewhere = synthConstructs((stack) => {
      const mount = KvMount.fromPath(stack, "kv", "kvv2");
      EnvSecretSet.fromPath(stack, "secrets", { mount, path: path.path }).grantWrite(grantee(stack, "people"));
    });
    expect(resources(elsewhere, "vault_kv_secret_v2")).toEqual([]);
    expect(onlyPolicyText(elsewhere)).toBe(onlyPolicyText(granted("people", grants.write)));
  });

  test("to read and to write together is a grant to write", () => {
    const both = granted("people", (target, grantee) => {
      target.grantWrite(grantee);
      target.grantRead(grantee);
    });
    expect(onlyPolicyText(both)).toBe(onlyPolicyText(granted("people", grants.write)));
  });
});
