import { Construct } from "constructs";
import { EphemeralBlock, RemovedBlock, ThinResource } from "../../constructs/l1";
import { only, resources, synthConstructs } from "../helpers/synth";

test("a thin resource leaves an argument out that is undefined, and takes Terraform's own as any resource does", () => {
  const json = synthConstructs((stack) => {
    const before = new ThinResource(stack, "policy", "vault_policy", { name: "p", policy: undefined });
    const meta = { dependsOn: [before], lifecycle: { ignoreChanges: "all" as const } };
    new ThinResource(stack, "user", "vault_userpass_auth_backend_user", { username: "ann" }, meta);
  });
  expect(only(json, "vault_policy")).toEqual({ name: "p" });
  expect(only(json, "vault_userpass_auth_backend_user")).toEqual({
    username: "ann",
    depends_on: [`vault_policy.${Object.keys(json.resource!.vault_policy!)[0]}`],
    lifecycle: { ignore_changes: "all" },
  });
});

test("a removed block names the address that a resource of its scope and id would have, and destroys nothing", () => {
  const inScope = (stack: Construct) => new Construct(stack, "scope");
  const before = synthConstructs((stack) => void new ThinResource(inScope(stack), "policy", "vault_policy", {}));
  const after = synthConstructs((stack) => void new RemovedBlock(inScope(stack), "policy", "vault_policy"));
  expect(after.removed).toEqual([
    { from: `vault_policy.${Object.keys(before.resource!.vault_policy!)[0]}`, lifecycle: { destroy: false } },
  ]);
  expect(resources(after, "vault_policy")).toEqual([]);
});

test("an ephemeral block is named by its attributes' expressions", () => {
  let expression = "";
  const json = synthConstructs((stack) => {
    expression = new EphemeralBlock(stack, "block", "random_password", { length: 40 }).attribute("bcrypt_hash");
  });
  const [id] = Object.keys(json.ephemeral!.random_password!);
  expect(json.ephemeral).toEqual({ random_password: { [id!]: { length: 40 } } });
  expect(expression).toBe(`\${ephemeral.random_password.${id}.bcrypt_hash}`);
});
