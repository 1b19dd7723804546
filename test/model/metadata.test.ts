import { UNSAFE } from "../helpers/configs";
import { metadataOf, named } from "../../model";
import { platform } from "./support";

describe("what a stack says of itself", () => {
  const waivers = [{ proof: "least-privilege", subject: "person jane", reason: "she is on call" }];
  const shop = platform({
    waivers,
    "vaults/main/address": "http://main",
    "vaults/other": { address: "https://other", version: "openbao-2.6.2" },
    "clusters/east": { context: "east", login: { type: "jwt", issuer: "https://issuer" } },
    "environments/qa": { vault: "other", cluster: "east" },
    "environments/stg": { vault: "main", cluster: "east", namespace: "stg" },
  });

  const sets = (environment: string) =>
    ["web", "web-api"].map((app) => ({
      app,
      mount: "kvv2",
      path: `shop/${app}/${app}-${environment}`,
      state: "managed",
    }));

  it.each([
    ["shop-vault-main", { platform: "shop", kind: "vault", vault: "main", cluster: "home" }],
    [
      "shop-access-main",
      {
        platform: "shop",
        kind: "access",
        vault: "main",
        logins: { kubernetes: "home", "kubernetes-east": "east" },
        unsafeWithout: UNSAFE,
        waivers,
      },
    ],
    [
      "shop-access-other",
      {
        platform: "shop",
        kind: "access",
        vault: "other",
        server: "openbao-2.6.2",
        logins: { "kubernetes-east": "east" },
        waivers,
      },
    ],
    ["shop-operator-east", { platform: "shop", kind: "operator", cluster: "east" }],
    [
      "shop-dev",
      {
        platform: "shop",
        kind: "environment",
        environment: "dev",
        vault: "main",
        cluster: "home",
        protected: false,
        secretSets: sets("dev"),
      },
    ],
    [
      "shop-prod",
      {
        platform: "shop",
        kind: "environment",
        environment: "prod",
        vault: "main",
        protected: true,
        secretSets: sets("prod"),
      },
    ],
  ])("as %s", (name, belonging) => {
    const { trust, ...said } = metadataOf(shop, named(shop.stacks, name));
    expect(said).toEqual(belonging);
    expect(trust.backend).toEqual({ type: "local", path: `../../../state/${name}.tfstate` });
  });

  it("with the waivers of its own Vault alone", () => {
    const of = (vault: string) => ({ ...waivers[0]!, vault });
    const two = platform({
      "vaults/main/address": "http://main",
      waivers: [of("main"), of("other")],
      "vaults/other": { address: "https://other" },
    });
    expect(metadataOf(two, named(two.stacks, "shop-access-other")).waivers).toEqual([of("other")]);
  });
});
