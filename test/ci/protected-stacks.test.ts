import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { metadataOfStacks, protectedStacks } from "../../ci/lib/protected-stacks";
import { productionStacks, writeStacks, type Stacks } from "../access/fixture";

const folder = mkdtempSync(join(tmpdir(), "protected-"));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, stacks: Stacks) => writeStacks(join(folder, name), stacks);

const held = (...folders: string[]) => [...protectedStacks(metadataOfStacks(...folders))].sort();

test("protected is what a protected environment needs: its stack, its Vault's two, its cluster's operator", () => {
  expect(held(written("base", productionStacks()))).toEqual(
    expect.arrayContaining(["acme-access-prod", "acme-prod-eu", "acme-prod-us"]),
  );
  expect(held(written("base", productionStacks()))).not.toContain("acme-dev");
});

test("a change that takes the protection away is still one of a protected stack", () => {
  const open = productionStacks();
  for (const { locals } of Object.values(open))
    if (locals.metadata.kind === "environment") locals.metadata.protected = false;
  expect(held(written("open", open))).toEqual([]);
  expect(held(written("base", productionStacks()), join(folder, "open"))).toEqual(held(join(folder, "base")));
});

test("a stack that does not say where it belongs is left out, and so is a folder that is not there", () => {
  const broken = written("broken", { "acme-x": { locals: {} }, "acme-y": [] });
  expect(metadataOfStacks(broken, join(folder, "nowhere"))).toEqual([]);
});
