import production from "../../config/production";
import { guardedGroups, named, resolvePlatform } from "../../model";
import { trustOf } from "../../model/trust";
import { withOidc } from "../helpers/oidc-config";
import { platform, refuses, type Change } from "./support";

const grants = (access: string, environments?: string[]) => ({
  grants: [{ access, apps: ["web"], ...(environments && { environments }) }],
});

describe("who is asked for a second factor where it is required", () => {
  it("are those who run the Vault, and those who may write to what is protected", () => {
    const groups: Change = {
      "people/groups/writers": grants("write", ["prod"]),
      "people/groups/custodians": grants("write-only", ["dev", "prod"]),
      "people/groups/readers": grants("read", ["prod"]),
      "people/groups/testers": grants("write", ["dev"]),
    };
    expect(guardedGroups(platform(groups), "main")).toEqual(["custodians", "platform-admin", "writers"]);
  });

  it("are of each Vault its own", () => {
    const resolved = resolvePlatform(production);
    expect(guardedGroups(resolved, "nonprod")).toEqual([
      "broker-keepers",
      "payments-custodians",
      "platform-admin",
      "storefront-on-call",
    ]);
    expect(guardedGroups(resolved, "prod")).toEqual([
      "broker-keepers",
      "data-engineers",
      "payments-custodians",
      "platform-admin",
    ]);
  });

  it("are no groups of an identity provider, which has its own", () => {
    expect(guardedGroups(resolvePlatform(withOidc), "prod")).toEqual([
      "broker-keepers",
      "data-engineers",
      "platform-admin",
    ]);
  });
});

describe("a second factor", () => {
  const trust = (secondFactor?: string) => {
    const resolved = platform({ "vaults/main/login": secondFactor ? { secondFactor } : {} });
    const said = trustOf(resolved, named(resolved.stacks, "shop-access-main"));
    return Object.keys(said).filter((key) => /second|enforcement/.test(key));
  };

  it.each([
    [undefined, []],
    ["offered", ["second factor shop-main"]],
    ["required", ["second factor shop-main", "login enforcement second-factor"]],
  ])("that is %s is trusted so", (given, keys) => {
    expect(trust(given)).toEqual(keys);
  });

  refuses([
    [
      "is refused of another kind",
      { "vaults/main/login": { secondFactor: "sms" } },
      'vaults.main.login.secondFactor: given "sms"; accepted: "offered", "required".',
    ],
    [
      "is refused as a yes",
      { "vaults/main/login": { secondFactor: true } },
      'vaults.main.login.secondFactor: given true; accepted: "offered", "required".',
    ],
  ]);
});
