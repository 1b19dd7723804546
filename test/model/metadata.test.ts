import { metadataOf } from "../../model";
import { platform } from "./support";

describe("what a stack says of itself", () => {
  const waivers = [{ proof: "least-privilege", subject: "person jane", reason: "she is on call" }];
  const shop = platform({
    waivers,
    "vaults/main/address": "http://main",
    "vaults/other": { address: "https://other" },
    "clusters/east": { context: "east", login: { type: "jwt", issuer: "https://issuer" } },
    "environments/qa": { vault: "other", cluster: "east" },
    "environments/stg": { vault: "main", cluster: "east", namespace: "stg" },
  });

  it.each([
    ["shop-vault-main", { platform: "shop", kind: "vault", vault: "main", cluster: "home" }],
    [
      "shop-access-main",
      {
        platform: "shop",
        kind: "access",
        vault: "main",
        logins: { kubernetes: "home", "kubernetes-east": "east" },
        waivers,
      },
    ],
    [
      "shop-access-other",
      { platform: "shop", kind: "access", vault: "other", logins: { "kubernetes-east": "east" }, waivers },
    ],
    ["shop-operator-east", { platform: "shop", kind: "operator", cluster: "east" }],
    [
      "shop-dev",
      { platform: "shop", kind: "environment", environment: "dev", vault: "main", cluster: "home", protected: false },
    ],
    ["shop-prod", { platform: "shop", kind: "environment", environment: "prod", vault: "main", protected: true }],
  ])("as %s", (name, belonging) => {
    expect(metadataOf(shop, name)).toEqual(belonging);
  });

  it("is a mistake of ours where there is no such stack", () => {
    expect(() => metadataOf(shop, "shop-vault-other")).toThrow(
      'nothing is called "shop-vault-other"; there are: main, other',
    );
  });
});
