import type { TerraformStack } from "cdktf";
import { ExternalGroup, Group, OidcLogin, Person, SecondFactor, Userpass, type OidcLoginProps } from "../../constructs";
import { Duration } from "../../model";
import { only, synthConstructs } from "../helpers/synth";
import { refusals } from "./refusals";

const LOGIN = { issuer: "https://login.example", clientId: "vault", groups: ["shop-devs", "Auditors"] };
const built =
  (changes: Partial<OidcLoginProps> = {}) =>
  (stack: TerraformStack): void => {
    const login = new OidcLogin(stack, "oidc", { ...LOGIN, ...changes });
    new ExternalGroup(stack, "group", { name: "developers", login, oidc: "shop-devs" }).policy.add({
      path: "kvv2/data/shop",
      capabilities: ["read"],
    });
  };
const oidc = (changes: Partial<OidcLoginProps> = {}) => synthConstructs(built(changes));

describe("a login by an identity provider", () => {
  test("takes this client's tokens alone, of people in a group that is named, and gives no policy", () => {
    const role = only(oidc(), "vault_jwt_auth_backend_role");
    expect(role).toMatchObject({
      role_type: "oidc",
      user_claim: "sub",
      groups_claim: "groups",
      bound_audiences: ["vault"],
      bound_claims: { groups: "Auditors,shop-devs" },
      bound_claims_type: "string",
      allowed_redirect_uris: ["http://localhost:8250/oidc/callback"],
      token_ttl: 3600,
      token_max_ttl: 28800,
    });
    expect(role.token_policies).toBeUndefined();
  });

  test("has its defaults where a field is there and undefined, too", () => {
    const left = { groupsClaim: undefined, scopes: undefined, secretVersion: undefined, redirectUris: undefined };
    expect(oidc(left)).toEqual(oidc());
  });

  test("asks for what it is told to ask for, and its tokens live as long as they may", () => {
    const tokenTtl = Duration.of("10m");
    expect(only(oidc({ scopes: [], groupsClaim: "roles", tokenTtl }), "vault_jwt_auth_backend_role")).toEqual(
      expect.not.objectContaining({ oidc_scopes: expect.anything() as unknown }),
    );
    expect(only(oidc({ groupsClaim: "roles", tokenTtl }), "vault_jwt_auth_backend_role")).toMatchObject({
      groups_claim: "roles",
      bound_claims: { roles: "Auditors,shop-devs" },
      token_ttl: 600,
    });
  });

  test("is handed the client's secret by a variable that is kept nowhere, and that a plan need not have", () => {
    const json = oidc({ secretVariable: "oidc_client_secret_prod", secretVersion: 2 });
    expect(only(json, "vault_jwt_auth_backend")).toMatchObject({
      oidc_client_secret_wo: "${var.oidc_client_secret_prod}",
      oidc_client_secret_wo_version: 2,
    });
    expect(json.variable).toMatchObject({
      oidc_client_secret_prod: { ephemeral: true, sensitive: true, default: "" },
    });
  });

  test("has external groups, each the one of the provider's that it says", () => {
    const json = oidc();
    expect(only(json, "vault_identity_group")).toMatchObject({ name: "developers", type: "external" });
    expect(only(json, "vault_identity_group_alias")).toMatchObject({
      name: "shop-devs",
      canonical_id: expect.stringMatching(/^\$\{vault_identity_group\..*\.id\}$/) as unknown,
      mount_accessor: expect.stringMatching(/^\$\{vault_jwt_auth_backend\..*\.accessor\}$/) as unknown,
    });
  });

  test.each<[string, Partial<OidcLoginProps>, RegExp]>([
    ["an issuer by plain http", { issuer: "http://login.example" }, /OidcLogin\.issuer: given "http:/],
    ["no group", { groups: [] }, /OidcLogin\.groups: .*at least one group of the provider/],
    ["a group with a comma", { groups: ["a,b"] }, /OidcLogin\.groups: given "a,b"/],
    ["another's redirect address", { redirectUris: ["https://evil.example"] }, /OidcLogin\.redirectUris: /],
    ["a scope of its own", { scopes: ["openid"] }, /OidcLogin\.scopes: given "openid"/],
    ["a claim of Vault's own", { groupsClaim: "aud" }, /OidcLogin\.groupsClaim: given "aud"/],
    ["a client with a space", { clientId: "a b" }, /OidcLogin\.clientId: given "a b"/],
  ])("is refused with %s", (_, changes, says) => {
    expect(refusals(built(changes)).join("\n")).toMatch(says);
  });
});

describe("a second factor", () => {
  const factor = (required: boolean) =>
    synthConstructs((stack) => {
      const userpass = new Userpass(stack, "userpass");
      const ann = new Person(stack, "ann", { name: "ann", userpass });
      const group = new Group(stack, "group", { name: "writers", members: [ann] });
      group.policy.add({ path: "kvv2/data/shop", capabilities: ["update"] });
      new SecondFactor(stack, "second-factor", { issuer: "shop-main", requiredOf: required ? [group] : [] });
    });

  test("is asked of the groups that it is required of", () => {
    const json = factor(true);
    expect(only(json, "vault_identity_mfa_totp")).toMatchObject({ issuer: "shop-main", digits: 6, period: 30 });
    expect(only(json, "vault_identity_mfa_login_enforcement")).toMatchObject({
      name: "second-factor",
      mfa_method_ids: [expect.stringMatching(/^\$\{vault_identity_mfa_totp\..*\.method_id\}$/)],
      identity_group_ids: [expect.stringMatching(/^\$\{vault_identity_group\..*\.id\}$/)],
    });
  });

  test("is asked of nobody where it is only there", () => {
    expect(factor(false).resource?.vault_identity_mfa_login_enforcement).toBeUndefined();
  });
});
