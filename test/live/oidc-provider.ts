import { startVault, type VaultServer } from "./servers";

/** What comes back from the provider to the address that it redirects to. */
export interface Returned {
  readonly code: string;
  readonly state: string;
}

/** What the client's Vault sends somebody to the provider with. */
export interface Begun {
  /** Of the provider's page; empty where the client refuses to begin. */
  readonly query: Readonly<Record<string, string>>;
  readonly nonce: string;
}

/** A login at the client's Vault. */
export interface LoggedIn {
  readonly status: number;
  readonly token: string;
  readonly errors: string;
  readonly policies: readonly string[];
  readonly entity: string;
  readonly seconds: number;
}

/** The vault program's own page, which somebody is sent back to. */
export const PROGRAM = "http://localhost:8250/oidc/callback";

const PASSWORD = "a-password-of-the-provider";

/**
 * A Vault with TLS as an identity provider: people with passwords, groups, and clients. What a browser does between the
 * provider and the client's Vault is done here, step by step.
 */
export class IdentityProvider {
  readonly issuer: string;
  private readonly entities = new Map<string, string>();
  private readonly groups = new Map<string, Set<string>>();

  private constructor(readonly server: VaultServer) {
    this.issuer = `${server.address}/v1/identity/oidc/provider/acme`;
  }

  static async start(): Promise<IdentityProvider> {
    const provider = new IdentityProvider(await startVault({ storage: "dev", tls: true }));
    const { write } = provider;
    await write("sys/auth/userpass", { type: "userpass" });
    await write("identity/oidc/key/people", { allowed_client_ids: "*" });
    await write("identity/oidc/scope/groups", { template: '{"groups": {{identity.entity.groups.names}}}' });
    for (const name of ["acme", "other"])
      await write(`identity/oidc/provider/${name}`, { allowed_client_ids: "*", scopes_supported: "groups" });
    return provider;
  }

  /** Writes something in the provider's Vault. */
  readonly write = (path: string, body: object): Promise<unknown> => this.server.ok("POST", path, { body });

  /** Makes a client; its id and secret. */
  async client(name: string, redirects: readonly string[] = [PROGRAM]): Promise<{ id: string; secret: string }> {
    await this.write(`identity/oidc/client/${name}`, {
      key: "people",
      redirect_uris: redirects,
      assignments: "allow_all",
      id_token_ttl: "5m",
      access_token_ttl: "5m",
    });
    type Client = { data: { client_id: string; client_secret: string } };
    const { data } = await this.server.ok<Client>("GET", `identity/oidc/client/${name}`);
    return { id: data.client_id, secret: data.client_secret };
  }

  /** Puts somebody into these groups, and into no others. */
  async person(name: string, ...groups: string[]): Promise<void> {
    if (!this.entities.has(name)) {
      await this.write(`auth/userpass/users/${name}`, { password: PASSWORD });
      type Made = { data: { id: string } };
      const entity = await this.server.ok<Made>("POST", "identity/entity", { body: { name } });
      this.entities.set(name, entity.data.id);
      const mounts = await this.server.ok<{ data: Record<string, { accessor: string }> }>("GET", "sys/auth");
      const mount_accessor = mounts.data["userpass/"]!.accessor;
      await this.write("identity/entity-alias", { name, canonical_id: entity.data.id, mount_accessor });
    }
    const id = this.entities.get(name)!;
    for (const group of new Set([...groups, ...this.groups.keys()])) {
      const members = this.groups.get(group) ?? new Set();
      if (groups.includes(group)) members.add(id);
      else members.delete(id);
      this.groups.set(group, members);
      await this.write(`identity/group/name/${group}`, { member_entity_ids: [...members] });
    }
  }

  /** What the provider calls somebody in its tokens. */
  subject(name: string): string {
    return this.entities.get(name)!;
  }

  /** Disables somebody at the provider, or lets them in again. */
  async disable(name: string, disabled = true): Promise<void> {
    await this.write(`identity/entity/id/${this.entities.get(name)}`, { disabled });
  }

  /** Somebody at the provider's page: with the query that the client made, or another. */
  async authorize(
    name: string,
    query: Readonly<Record<string, string | undefined>>,
    provider = "acme",
  ): Promise<{ readonly status: number; readonly returned?: Returned; readonly text: string }> {
    type Login = { auth?: { client_token: string } };
    const body = { password: PASSWORD };
    const login = await this.server.request<Login>("POST", `auth/userpass/login/${name}`, { token: "", body });
    const given = Object.entries(query).filter((each): each is [string, string] => each[1] !== undefined);
    const path = `identity/oidc/provider/${provider}/authorize?${new URLSearchParams(given).toString()}`;
    const token = login.body.auth?.client_token ?? "";
    const { status, body: answer, text } = await this.server.request<Partial<Returned>>("GET", path, { token });
    const { code, state } = answer ?? {};
    return { status, text, ...(code !== undefined && state !== undefined && { returned: { code, state } }) };
  }
}

/** The client's side of a login: a Vault whose auth method `oidc` trusts the provider. */
export class OidcClient {
  constructor(
    readonly server: VaultServer,
    readonly provider: IdentityProvider,
  ) {}

  /** Begins a login, as the vault program does. */
  async begin(redirect_uri = PROGRAM, role = "", nonce = "nonce-of-the-program"): Promise<Begun> {
    const body = { redirect_uri, role, client_nonce: nonce };
    type Answer = { data?: { auth_url?: string } };
    const answer = await this.server.request<Answer>("POST", "auth/oidc/oidc/auth_url", { token: "", body });
    const url = answer.body.data?.auth_url;
    return { query: url ? Object.fromEntries(new URL(url).searchParams) : {}, nonce };
  }

  /** Ends a login with what came back from the provider. */
  async end(
    returned: Partial<Returned>,
    nonce: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<LoggedIn> {
    const query = new URLSearchParams({ ...returned, client_nonce: nonce, ...more });
    return this.loggedIn(
      await this.server.request("GET", `auth/oidc/oidc/callback?${query.toString()}`, { token: "" }),
    );
  }

  /** What a login's answer came to. */
  loggedIn({ status, body }: { readonly status: number; readonly body: object }): LoggedIn {
    type Auth = { client_token: string; policies: string[]; entity_id: string; lease_duration: number };
    const { auth, errors = [] } = (body ?? {}) as { auth?: Auth | null; errors?: string[] };
    return {
      status,
      token: auth?.client_token ?? "",
      errors: errors.join("; "),
      policies: auth?.policies ?? [],
      entity: auth?.entity_id ?? "",
      seconds: auth?.lease_duration ?? 0,
    };
  }

  /** The whole way, with some of the provider's query as it should not be. */
  async login(
    name: string,
    wrong: Readonly<Record<string, string | undefined>> = {},
    provider?: string,
  ): Promise<LoggedIn> {
    const { query, nonce } = await this.begin();
    const { returned, status, text } = await this.provider.authorize(name, { ...query, ...wrong }, provider);
    if (!returned) return { ...this.loggedIn({ status, body: {} }), errors: text };
    return this.end(returned, nonce);
  }
}
