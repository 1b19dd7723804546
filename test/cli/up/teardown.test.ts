import { teardownRules } from "../../../cli/up/teardown-token";
import { KvPath } from "../../../model";
import { PolicyDocument } from "../../../policies/write";

const root = new KvPath("kvv2", "sample");

describe("what a teardown may do", () => {
  const text = (deleteSecrets: boolean) =>
    PolicyDocument.of(...teardownRules({ root }, ["userpass", "kubernetes"], deleteSecrets)).render();

  test("it reads and deletes, and neither reads values nor makes policies, users or mounts", () => {
    for (const both of [false, true]) {
      expect(text(both)).not.toContain("kvv2/data/");
      expect(text(both)).not.toMatch(/path "sys\/(policies|auth|mounts)[^}]*"(create|update|patch)"/);
      expect(text(both)).not.toContain("auth/token/create");
    }
  });

  test("values are deleted only when that was asked for", () => {
    const metadata = (policy: string) =>
      /path "kvv2\/metadata\/sample\/\*" \{\s+capabilities = \[([^\]]*)\]/.exec(policy)![1];
    expect(metadata(text(false))).not.toContain("delete");
    expect(metadata(text(true))).toContain("delete");
    expect(text(false)).not.toMatch(/path "sys\/mounts\/kvv2" \{\s+capabilities = \[[^\]]*"delete"/);
  });
});
