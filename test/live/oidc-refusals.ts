import { PROGRAM, type IdentityProvider, type LoggedIn, type OidcClient } from "./oidc-provider";

/** A login that must not be. */
export interface Refusal {
  readonly what: string;
  readonly tried: (oidc: OidcClient, idp: IdentityProvider) => Promise<LoggedIn>;
  /** What the provider or Vault says. */
  readonly says: RegExp;
}

/** Where the client may not even begin: no address of the provider comes back. */
async function begun(oidc: OidcClient, redirect: string, role?: string): Promise<LoggedIn> {
  const { query } = await oidc.begin(redirect, role);
  return oidc.loggedIn({
    status: Object.keys(query).length === 0 ? 400 : 200,
    body: { errors: ["no address of the provider"] },
  });
}

/** Claims that the provider is made to put into a token in place of the person's own groups. */
async function claiming(oidc: OidcClient, idp: IdentityProvider, claims: object): Promise<LoggedIn> {
  await idp.write("identity/oidc/scope/made-up", { template: JSON.stringify(claims) });
  await idp.write("identity/oidc/provider/acme", { allowed_client_ids: "*", scopes_supported: "groups,made-up" });
  return oidc.login("wanda", { scope: "openid made-up" });
}

/** A login whose return is changed on the way. */
async function returning(
  oidc: OidcClient,
  change: (returned: { code: string; state: string }) => object,
  nonce?: string,
) {
  const begin = await oidc.begin();
  const { returned } = await oidc.provider.authorize("wanda", begin.query);
  return oidc.end(change(returned!), nonce ?? begin.nonce);
}

/** An ID token of the provider, as another client got it. */
async function idToken(idp: IdentityProvider, client: { id: string; secret: string }): Promise<string> {
  const query = { client_id: client.id, redirect_uri: PROGRAM, response_type: "code", scope: "openid groups" };
  const { returned } = await idp.authorize("wanda", { ...query, state: "a-state", nonce: "a-nonce" });
  const { body } = await idp.server.request<{ id_token: string }>("POST", "identity/oidc/provider/acme/token", {
    token: "",
    headers: { authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString("base64")}` },
    body: { code: returned!.code, grant_type: "authorization_code", redirect_uri: PROGRAM },
  });
  return body.id_token;
}

const post = async ({ server, loggedIn }: OidcClient, path: string, body: object): Promise<LoggedIn> =>
  loggedIn(await server.request("POST", path, { token: "", body }));

const NO_ADDRESS = /no address of the provider/;
const NO_STATE = /[Ee]xpired or missing OAuth state/;
const NO_GROUP = /claim "groups" does not match any associated bound claim values/;
const NO_TOKEN = /invalid_grant|[Ee]rror exchanging oidc code/;

/** At the beginning, on the way, and at the end of a login. */
export const REFUSALS: readonly Refusal[] = [
  ...[
    ["another's redirect address", "https://evil.example/oidc/callback"],
    ["plain http of another machine", "http://vault.example:8250/oidc/callback"],
    ["another page of this machine", "http://localhost:8250/oidc/callback/more"],
    ["the machine by its number", "http://127.0.0.1:8250/oidc/callback"],
    ["no redirect address", ""],
  ].map(([what, redirect]) => ({
    what: what!,
    tried: (oidc: OidcClient) => begun(oidc, redirect!),
    says: NO_ADDRESS,
  })),
  { what: "a role that there is not", tried: (oidc) => begun(oidc, PROGRAM, "admin"), says: NO_ADDRESS },
  {
    what: "a redirect address that the provider's client has not",
    tried: (oidc) => oidc.login("wanda", { redirect_uri: "https://evil.example/oidc/callback" }),
    says: /redirect_uri/,
  },
  {
    what: "a client that the provider has not",
    tried: (oidc) => oidc.login("wanda", { client_id: "nobody" }),
    says: /client/,
  },
  {
    what: "somebody whom the provider does not know",
    tried: (oidc) => oidc.login("nobody"),
    says: /permission denied|missing client token/,
  },
  { what: "a state of nobody's", tried: (oidc) => returning(oidc, (r) => ({ ...r, state: "st_0" })), says: NO_STATE },
  { what: "no state", tried: (oidc) => returning(oidc, ({ code }) => ({ code })), says: NO_STATE },
  {
    what: "a code of nobody's",
    tried: (oidc) => returning(oidc, (r) => ({ ...r, code: "0123456789" })),
    says: NO_TOKEN,
  },
  { what: "no code", tried: (oidc) => returning(oidc, ({ state }) => ({ state })), says: /[Nn]o code or id_token/ },
  {
    what: "another program than began the login",
    tried: (oidc) => returning(oidc, (r) => r, "another-nonce"),
    says: /invalid client_nonce/,
  },
  {
    what: "the same return twice",
    tried: async (oidc) => {
      const { query, nonce } = await oidc.begin();
      const { returned } = await oidc.provider.authorize("wanda", query);
      await oidc.end(returned!, nonce);
      return oidc.end(returned!, nonce);
    },
    says: NO_STATE,
  },
  {
    what: "a code that was used, in a login of its own",
    tried: async (oidc) => {
      const [first, second] = [await oidc.begin(), await oidc.begin()];
      const { returned } = await oidc.provider.authorize("wanda", first.query);
      await oidc.end(returned!, first.nonce);
      return oidc.end({ code: returned!.code, state: second.query.state! }, second.nonce);
    },
    says: NO_TOKEN,
  },
  {
    what: "a code of another's login, put into one's own",
    tried: async (oidc) => {
      const [own, others] = [await oidc.begin(), await oidc.begin()];
      const { returned } = await oidc.provider.authorize("wanda", others.query);
      return oidc.end({ code: returned!.code, state: own.query.state! }, own.nonce);
    },
    says: NO_TOKEN,
  },
  {
    what: "a code for another challenge",
    tried: (oidc) => oidc.login("wanda", { code_challenge: "A".repeat(43) }),
    says: NO_TOKEN,
  },
  {
    what: "a token for another nonce",
    tried: (oidc) => oidc.login("wanda", { nonce: "n_of-another-login" }),
    says: /nonce/,
  },
  {
    what: "a code for another client of the provider",
    tried: async (oidc, idp) => oidc.login("wanda", { client_id: (await idp.client("wiki")).id }),
    says: NO_TOKEN,
  },
  {
    what: "a code of another provider on the same server",
    tried: (oidc) => oidc.login("wanda", {}, "other"),
    says: NO_TOKEN,
  },
  {
    what: "who is disabled at the provider before the code is used",
    tried: async (oidc, idp) => {
      const { query, nonce } = await oidc.begin();
      const { returned } = await idp.authorize("wanda", query);
      await idp.disable("wanda");
      return oidc.end(returned!, nonce).finally(() => idp.disable("wanda", false));
    },
    says: NO_TOKEN,
  },
  { what: "who is in no group that is named", tried: (oidc) => oidc.login("sam"), says: NO_GROUP },
  { what: "who is in no group at all", tried: (oidc) => oidc.login("lone"), says: /groups/ },
  {
    what: "a token without groups",
    tried: (oidc) => oidc.login("wanda", { scope: "openid" }),
    says: /"groups" claim not found/,
  },
  ...[
    ["a group that only begins so", ["acme-shop-writers-2"]],
    ["a group in other letters", ["ACME-SHOP-WRITERS"]],
    ["a group that is a pattern", ["*"]],
    ["a group of ours, by our name", ["shop-writers", "platform-admin"]],
    ["all groups as one text", ["acme-shop-writers,ACME Everything Readers"]],
  ].map(([what, groups]) => ({
    what: what as string,
    tried: (oidc: OidcClient, idp: IdentityProvider) => claiming(oidc, idp, { groups }),
    says: NO_GROUP,
  })),
  {
    what: "groups in another claim",
    tried: (oidc, idp) => claiming(oidc, idp, { roles: ["acme-shop-writers"] }),
    says: /"groups" claim not found/,
  },
  {
    what: "an ID token of the provider's, brought without a browser",
    tried: async (oidc, idp) => {
      const jwt = await idToken(idp, await idp.client("vault"));
      return post(oidc, "auth/oidc/login", { role: "people", jwt });
    },
    says: /role with oidc role_type is not allowed/,
  },
  {
    what: "an ID token of another client, brought as what came back",
    tried: async (oidc, idp) => {
      const id_token = await idToken(idp, await idp.client("wiki"));
      const { query, nonce } = await oidc.begin();
      return oidc.end({ state: query.state! }, nonce, { id_token });
    },
    says: /./,
  },
];
