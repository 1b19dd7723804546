import { KvPath } from "../../../model";
import { needsSudo, type Operation } from "../../../policies/evaluate";
import { platformAdminRules, PolicyDocument } from "../../../policies/write";
import { aclOf } from "../evaluate/lists";

const root = new KvPath("kvv2", "sample");
const document = PolicyDocument.of(...platformAdminRules(root, ["userpass", "kubernetes"]));
const acl = aclOf(document.render());
const can = (operation: Operation, path: string): boolean => acl.allows(operation, path).allowed;

test.each<[Operation, string]>([
  ["create", "sys/policies/acl/any"],
  ["delete", "sys/policies/acl/any"],
  ["update", "sys/auth/jwt"],
  ["update", "auth/kubernetes/role/any"],
  ["update", "auth/userpass/users/ann"],
  ["patch", "identity/entity/id/1"],
  ["update", "sys/audit/file"],
  ["update", "sys/seal"],
  ["update", "sys/leases/revoke-prefix/auth/userpass"],
  ["list", "auth/token/accessors"],
  ["update", "auth/token/revoke-accessor"],
  ["update", "sys/mounts/kvv2/tune"],
  ["create", "kvv2/data/sample/app/app-dev"],
  ["read", "kvv2/subkeys/sample/app/app-dev"],
  ["update", "kvv2/metadata/sample/app/app-dev"],
])("runs the Vault: %s %s", (operation, path) => {
  expect(can(operation, path)).toBe(true);
});

test.each<[Operation, string]>([
  ["read", "kvv2/data/sample/app/app-dev"],
  ["update", "kvv2/data/sample/app/app-dev"],
  ["patch", "kvv2/data/sample/app/app-dev"],
  ["delete", "kvv2/data/sample/app/app-dev"],
  ["update", "kvv2/delete/sample/app/app-dev"],
  ["update", "kvv2/destroy/sample/app/app-dev"],
  ["delete", "kvv2/metadata/sample/app/app-dev"],
  ["create", "kvv2/data/other/app/app-dev"],
  ["delete", "sys/mounts/other"],
  ["update", "auth/github/map/teams/any"],
  ["read", "sys/raw/core"],
  ["update", "sys/remount"],
  ["update", "auth/token/create"],
])("neither reads nor ends a value, nor what others set up: not %s %s", (operation, path) => {
  expect(can(operation, path)).toBe(false);
});

test("says why each rule is there, and has sudo where Vault wants it and nowhere else", () => {
  expect(document.rules.filter(({ comment }) => !comment)).toEqual([]);
  for (const { path, capabilities } of document.rules.filter((rule) => rule.capabilities.includes("sudo")))
    expect([path, capabilities.includes("sudo")]).toEqual([
      path,
      needsSudo(path.replace(/\*$/, "any")) || /^sys\/(rekey|rotate|generate-root)|accessors$/.test(path),
    ]);
});
