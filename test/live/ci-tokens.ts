import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import type { PipelinesConfig } from "../../model";
import type { Answer, VaultServer } from "./servers";

/** Claims of a token; `undefined` leaves one out. */
export type Claims = Readonly<Record<string, unknown>>;

/** A login's answer, as far as it is looked at. */
interface LoginAnswer {
  readonly auth?: {
    readonly client_token: string;
    readonly policies: readonly string[];
    readonly lease_duration: number;
    readonly token_type: string;
  };
}

const base64url = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A CI of a test: an issuer whose keys are here, so that nothing is asked of the network. */
export class TestIssuer {
  private readonly keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  private readonly strangers = generateKeyPairSync("rsa", { modulusLength: 2048 });

  constructor(readonly issuer = "https://token.actions.githubusercontent.com") {}

  /** PEM text of the public key. */
  get publicKey(): string {
    return this.keys.publicKey.export({ type: "spki", format: "pem" }).toString();
  }

  /** The settings of a platform whose CI this is. */
  pipelines(more: Partial<PipelinesConfig> = {}): PipelinesConfig {
    return {
      issuer: this.issuer,
      audience: "https://vault.acme.example",
      repository: "acme/vault-tenancy",
      require: { repository_id: "730112358" },
      publicKeys: [this.publicKey],
      ...more,
    };
  }

  /**
   * What GitHub puts into the token of a job with a deployment environment: of a pull request for `plan-…`, of a push
   * for the others; times in seconds.
   */
  claims(environment: string, more: Claims = {}): Claims {
    const now = Math.floor(Date.now() / 1000);
    const committed = !environment.startsWith("plan-");
    return {
      iss: this.issuer,
      aud: "https://vault.acme.example",
      sub: `repo:acme/vault-tenancy:environment:${environment}`,
      repository: "acme/vault-tenancy",
      repository_id: "730112358",
      repository_owner: "acme",
      environment,
      ref: committed ? "refs/heads/main" : "refs/pull/7/merge",
      event_name: committed ? "push" : "pull_request",
      iat: now,
      nbf: now - 5,
      exp: now + 300,
      ...more,
    };
  }

  /**
   * A token signed as asked: by this issuer, by a key of nobody's, not at all, or by a MAC whose key is the public key.
   */
  token(claims: Claims, how: "signed" | "stranger" | "none" | "public key as MAC" = "signed"): string {
    const alg = how === "none" ? "none" : how === "public key as MAC" ? "HS256" : "RS256";
    const text = `${base64url({ alg, typ: "JWT" })}.${base64url(claims)}`;
    if (how === "none") return `${text}.`;
    if (how === "public key as MAC")
      return `${text}.${createHmac("sha256", this.publicKey).update(text).digest("base64url")}`;
    const { privateKey } = how === "stranger" ? this.strangers : this.keys;
    return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
  }

  /** Logs in; returns Vault's answer, whatever it is. */
  login(server: VaultServer, role: string, jwt: string): Promise<Answer<LoginAnswer>> {
    return server.request<LoginAnswer>("POST", "auth/jwt-ci/login", { token: "", body: { role, jwt } });
  }

  /** The Vault token of a job with the right claims. Throws, with what Vault said, when it is refused. */
  async job(server: VaultServer, role: string): Promise<string> {
    const { body, text } = await this.login(server, role, this.token(this.claims(role)));
    if (!body.auth) throw new Error(`login as ${role}: ${text}`);
    return body.auth.client_token;
  }
}
