import { bringTo } from "../../../cli/up/terraform";
import type { Terraform } from "../../../cli/terraform";

/** A Terraform whose plan creates resources of these types; returns how many at a time it was told to apply. */
async function parallelism(...types: readonly string[]): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  const resource_changes = types.map((type) => ({
    address: `${type}.a`,
    type,
    change: { actions: ["create"], before: null, after: {}, after_unknown: {} },
  }));
  const terraform = {
    folder: () => "/nowhere",
    plan: async () => true,
    show: async () => JSON.stringify({ format_version: "1.2", resource_changes }),
    apply: async (...words: unknown[]) => void told.push(words[3]),
  } as unknown as Terraform;
  expect(await bringTo(terraform, "stack")).toBe(types.length);
  return told;
}

test("a plan that enables an audit device is applied one resource after the other", async () => {
  expect(await parallelism("vault_mount", "vault_audit")).toEqual([1]);
  expect(await parallelism("vault_mount", "vault_policy")).toEqual([undefined]);
});
