import { Acl } from "../../../policies/evaluate/acl";
import { DEFAULT_POLICY, defaultPolicy } from "../../../policies/evaluate/default-policy";

describe("the default policy", () => {
  test("lets a token look after itself and reach its own entity and cubbyhole, and nothing else", () => {
    const acl = Acl.of([defaultPolicy()], { entity: { id: "e-1", name: "anna" } });
    expect(acl.allows("update", "auth/token/renew-self")).toMatchObject({ allowed: true, policies: ["default"] });
    expect(acl.capabilities("identity/entity/id/e-1")).toEqual(["read"]);
    expect(acl.capabilities("identity/entity/id/e-2")).toEqual(["deny"]);
    expect(acl.capabilities("cubbyhole/a")).toEqual(["create", "delete", "list", "read", "update"]);
    expect(acl.capabilities("kvv2/data/a")).toEqual(["deny"]);
    expect(acl.capabilities("auth/token/create")).toEqual(["deny"]);
  });

  test("stands in canonical form and is read once", () => {
    expect(DEFAULT_POLICY).toMatch(/^(#.*\n)?path "auth\/token\/lookup-self"/);
    expect(defaultPolicy()).toBe(defaultPolicy());
  });
});
