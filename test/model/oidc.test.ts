import { CERTIFICATES } from "../../config/certificates";
import { named, resolvePlatform } from "../../model";
import { trustOf } from "../../model/trust";
import { withOidc } from "../helpers/oidc-config";
import { PEM, platform, refuses, type Change } from "./support";

const LOGIN = { issuer: "https://login.shop.example", clientId: "vault" };

/** The small config, whose developers are the provider's. */
const oidc = (change: Change = {}): Change => ({
  "vaults/main/login": { oidc: LOGIN },
  "people/groups/developers/oidc": "shop-developers",
  "people/users": {},
  ...change,
});

describe("a login by an identity provider", () => {
  it("has defaults: the claim and scope `groups`, and the vault program's own page", () => {
    expect(named(platform(oidc()).vaults, "main").oidc).toEqual({
      ...LOGIN,
      groupsClaim: "groups",
      scopes: ["groups"],
      secretVersion: 1,
      redirectUris: ["http://localhost:8250/oidc/callback"],
    });
  });

  it("has them, too, where a field is there and undefined", () => {
    const left = { groupsClaim: undefined, scopes: undefined, secretVersion: undefined, redirectUris: undefined };
    const { oidc: login } = named(
      platform(oidc({ "vaults/main/login": { oidc: { ...LOGIN, ...left } } })).vaults,
      "main",
    );
    expect(login).toEqual(named(platform(oidc()).vaults, "main").oidc);
  });

  it("has the page of a UI that there is, by https alone", () => {
    const redirects = ({ vaults }: ReturnType<typeof resolvePlatform>) => vaults[0]!.oidc!.redirectUris.slice(1);
    const page = "ui/vault/auth/oidc/oidc/callback";
    const ui = oidc({ "vaults/main/ui": true, "vaults/main/address": "http://vault.shop.example" });
    expect(redirects(platform(ui))).toEqual([]);
    const { vaults } = resolvePlatform(withOidc);
    expect(vaults.map(({ oidc: login }) => login!.redirectUris[1])).toEqual([
      `https://vault.nonprod.acme.example/${page}`,
      `https://vault.prod.acme.example/${page}`,
    ]);
  });

  it("is trusted as the config says it, by one role for the groups that are named", () => {
    const resolved = resolvePlatform(withOidc);
    const trust = trustOf(resolved, named(resolved.stacks, "acme-access-prod"));
    expect(trust["role oidc/people"]).toMatchObject({
      bound_audiences: ["vault-prod"],
      bound_claims: { groups: "ACME Payments Custodians,acme-on-call" },
      user_claim: "sub",
    });
    expect(trust["group alias oidc/acme-on-call"]).toEqual({ group: "storefront-on-call" });
  });

  it("gives groups that the provider may put together grants that hold in each other's company", () => {
    const open: Change = {
      "environments/prod/protected": false,
      "vaults/main/unsafeWithout": {},
      "people/groups/readers": { oidc: "shop-readers", grants: [{ access: "read", apps: ["web"] }] },
      "people/groups/developers": { oidc: "shop-developers", grants: [{ access: "write", apps: "all" }] },
    };
    const { groups } = platform(oidc(open));
    expect(named(groups, "developers").grants).toHaveLength(2);
    expect(
      named(platform(oidc({ ...open, "people/groups/readers/oidc": undefined })).groups, "developers").grants,
    ).toHaveLength(1);
  });
});

const URL = "an https URL without credentials, query and fragment, at most 256 characters";
const REDIRECT =
  "an https URL that ends in /oidc/callback, or http://localhost:8250/oidc/callback, at most 256 characters";
const GROUP =
  "a group's name or id in ASCII, without commas, quotes, backslashes, * and $ % { }, no space at its ends, at most " +
  "256 characters";
const CLAIM =
  "a claim's name of letters, digits and . _ : / -, a letter first, at most 128 characters, not iss, aud, sub, exp, " +
  "nbf, iat, jti, nonce, azp";
const NONE_USES =
  "a login that some group of people has. Say of a group that reaches this Vault which of the provider's it is: " +
  'oidc: "…" beside its grants.';

describe("is refused", () => {
  const at = "vaults.main.login.oidc";
  refuses([
    [
      "an issuer by plain http",
      oidc({ "vaults/main/login/oidc": { ...LOGIN, issuer: "http://login.shop.example" } }),
      `${at}.issuer: given "http://login.shop.example"; accepted: ${URL}.`,
    ],
    [
      "an issuer with a query",
      oidc({ "vaults/main/login/oidc": { ...LOGIN, issuer: "https://login.shop.example?x=1" } }),
      `${at}.issuer: given "https://login.shop.example?x=***"; accepted: ${URL}.`,
    ],
    [
      "a client's secret",
      oidc({ "vaults/main/login/oidc": { ...LOGIN, clientSecret: "hunter2" } }),
      `${at}.clientSecret: given "clientSecret"; accepted: no field of this name, only issuer, clientId, ` +
        `redirectUris, ` +
        "groupsClaim, scopes, caCertificate, secretVersion.",
    ],
    [
      "a redirect address of another's",
      oidc({ "vaults/main/login/oidc": { ...LOGIN, redirectUris: ["https://evil.example/callback"] } }),
      `${at}.redirectUris[0]: given "https://evil.example/callback"; accepted: ${REDIRECT}.`,
    ],
    [
      "a redirect address by plain http of another port",
      oidc({ "vaults/main/login/oidc": { ...LOGIN, redirectUris: ["http://localhost:8251/oidc/callback"] } }),
      `${at}.redirectUris[0]: given "http://localhost:8251/oidc/callback"; accepted: ${REDIRECT}.`,
    ],
    [
      "no redirect address",
      oidc({ "vaults/main/login/oidc": { ...LOGIN, redirectUris: [] } }),
      `${at}.redirectUris: given an empty list; accepted: a list of at least one.`,
    ],
    [
      "the claim that tells people apart as that of their groups",
      oidc({ "vaults/main/login/oidc": { ...LOGIN, groupsClaim: "sub" } }),
      `${at}.groupsClaim: given "sub"; accepted: ${CLAIM}.`,
    ],
    [
      "tokens that outlive the login",
      oidc({ "vaults/main/login/oidc": { ...LOGIN, scopes: ["offline_access"] } }),
      `${at}.scopes[0]: given "offline_access"; accepted: a scope of letters, digits and . _ : / -, at most 128 ` +
        "characters, not openid, offline_access.",
    ],
    [
      "a certificate that nobody can read",
      oidc({ "vaults/main/login/oidc": { ...LOGIN, caCertificate: PEM } }),
      `${at}.caCertificate: given ${JSON.stringify(PEM)}; accepted: one or more PEM certificates ` +
        "(-----BEGIN CERTIFICATE-----) that can be read, at most 16384 characters.",
    ],
    [
      "a group with a comma, which would be two",
      oidc({ "people/groups/developers/oidc": "shop,admins" }),
      `people.groups.developers.oidc: given "shop,admins"; accepted: ${GROUP}.`,
    ],
    [
      "a group that is a pattern",
      oidc({ "people/groups/developers/oidc": "shop-*" }),
      `people.groups.developers.oidc: given "shop-*"; accepted: ${GROUP}. Wildcards would reach more than the ` +
        `config names.`,
    ],
    [
      "a login that no group has",
      oidc({ "people/groups/developers/oidc": undefined }),
      `${at}: given "https://login.shop.example"; accepted: ${NONE_USES}`,
    ],
    [
      "a group of a provider that its Vault does not know",
      oidc({ "vaults/main/login": undefined }),
      'people.groups.developers.oidc: given "shop-developers"; accepted: only of a group whose Vaults all have ' +
        "a login " +
        "with oidc. Its grants reach main: give vaults.main a login, or take the grant out.",
    ],
    [
      "a group that differs from another by case alone",
      oidc({
        "people/groups/testers": { oidc: "Shop-Developers", grants: [{ access: "read", apps: ["web"] }] },
      }),
      'people.groups.testers.oidc: given "Shop-Developers"; accepted: a group of the provider that no other ' +
        "group is. " +
        "people.groups.developers.oidc is it already.",
    ],
    [
      "a user in a group whose people the provider knows",
      oidc({ "people/users": { jane: { groups: ["developers"] } } }),
      'people.users.jane.groups[0]: given "developers"; accepted: a group whose people are users of the config. ' +
        "Who is " +
        "in this one is known to the identity provider: add the person there, or make a group of the same grants " +
        "without oidc.",
    ],
    [
      "platform-admin by the provider",
      oidc({ "people/groups/platform-admin": { oidc: "admins", grants: [{ access: "read", apps: "all" }] } }),
      'people.groups["platform-admin"]: given "platform-admin"; accepted: another name. This group is always ' +
        "there; put " +
        "people in it by their groups.",
    ],
  ]);

  it("takes a certificate that can be read", () => {
    const login = { oidc: { ...LOGIN, caCertificate: CERTIFICATES.internal } };
    expect(platform(oidc({ "vaults/main/login": login })).vaults[0]!.oidc!.caCertificate).toBe(CERTIFICATES.internal);
  });
});
