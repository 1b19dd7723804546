import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { idToken, jobIdentity, stateIdentity, type JobIdentity } from "../../ci/lib/identity";
import { CERTIFICATES } from "../../config/certificates";
import production from "../../config/production";
import { resolvePlatform, type Platform } from "../../model";

const AUDIENCE = "https://vault.acme.example";
const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
const jwt = (aud: unknown, more = "") =>
  `e30.${Buffer.from(JSON.stringify({ aud })).toString("base64url")}.signature${more}`;

let github: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: { url: string; authorization?: string }[];
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  github = createServer(
    (request, response) => (
      asked.push({ url: request.url!, authorization: request.headers.authorization }),
      answer(request, response)
    ),
  );
  await new Promise<void>((done) => void github.listen(0, "127.0.0.1", done));
});
afterAll(() => void github.close());
beforeEach(() => {
  asked = [];
  answer = ({ url }, response) =>
    void response.end(JSON.stringify({ count: 1, value: jwt(new URL(url!, "http://x").searchParams.get("audience")) }));
  env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token-hidden",
  };
  folder = mkdtempSync(join(tmpdir(), "identity-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const failure = async (made: Promise<unknown>): Promise<string> =>
  made.then(
    () => "it did not fail",
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe("GitHub's token", () => {
  test("is asked for its audience in the query, with the request token in the header", async () => {
    expect(await idToken("https://a.example/?x&y", "VAULT", env)).toBe(jwt("https://a.example/?x&y"));
    const url = new URL(asked[0]!.url, "http://x");
    expect([url.pathname, [...url.searchParams], asked[0]!.authorization]).toEqual([
      "/token",
      [
        ["api-version", "2.0"],
        ["audience", "https://a.example/?x&y"],
      ],
      "Bearer request-token-hidden",
    ]);
  });

  test.each<[string, typeof answer, string]>([
    ["refused", (_, response) => void response.writeHead(403).end('{"value":"half-a-token"}'), "the CI answers 403"],
    ["without a value", (_, response) => void response.end("{}"), "the CI answers 200 without a token"],
    [
      "cut in the middle",
      (_, response) => void response.end('{"count":1,"value":"half-a-token'),
      "no answer that can be read",
    ],
    ["no JSON", (_, response) => void response.end("half-a-token"), "no answer that can be read"],
    ["null", (_, response) => void response.end("null"), "no answer that can be read"],
    [
      "sent elsewhere",
      (_, response) => void response.writeHead(302, { location: "/elsewhere?half-a-token" }).end(),
      "no answer that can be read",
    ],
    ["hung up", (request) => void request.socket.destroy(), "no answer that can be read"],
  ])("%s: an error in words, that holds no token", async (_, answers, said) => {
    answer = answers;
    const message = await failure(idToken(AUDIENCE, "VAULT", env));
    expect(message).toContain(`OpsError: the job's identity for ${AUDIENCE}: `);
    expect(message).toContain(said);
    expect(message).not.toMatch(/hidden|half-a-token/);
    expect(asked).toHaveLength(1);
  });

  test("a URL that is none, or none at all: words", async () => {
    expect(await failure(idToken(AUDIENCE, "VAULT", { ...env, ACTIONS_ID_TOKEN_REQUEST_URL: "no url" }))).toContain(
      "look at ACTIONS_ID_TOKEN_REQUEST_URL",
    );
    expect(await failure(idToken(AUDIENCE, "AWS", {}))).toContain("a token in CI_ID_TOKEN_AWS.");
  });
});

describe("another CI's token goes to nobody but its audience", () => {
  const vault = jwt(AUDIENCE);
  const aws = jwt(["sts.amazonaws.com"]);

  test("Vault's is in CI_ID_TOKEN(_VAULT), AWS's in CI_ID_TOKEN_AWS, and GitHub is not asked", async () => {
    const given = { ...env, CI_ID_TOKEN: vault, CI_ID_TOKEN_AWS: aws };
    expect([
      await idToken(AUDIENCE, "VAULT", given),
      await idToken("sts.amazonaws.com", "AWS", given),
      await idToken(AUDIENCE, "VAULT", { CI_ID_TOKEN_VAULT: vault }),
    ]).toEqual([vault, aws, vault]);
    expect(asked).toEqual([]);
  });

  test.each<[string, string, string, Record<string, string>, string]>([
    [
      "Vault's to AWS",
      "sts.amazonaws.com",
      "AWS",
      { CI_ID_TOKEN: vault },
      `CI_ID_TOKEN: given a token for ${AUDIENCE}; accepted: one whose \`aud\` is ` +
        `sts.amazonaws.com. Set CI_ID_TOKEN_AWS`,
    ],
    [
      "Vault's to a cluster of an audience of its own",
      "https://eu.example",
      "PROD_EU",
      { CI_ID_TOKEN: vault },
      "Set CI_ID_TOKEN_PROD_EU",
    ],
    ["AWS's to Vault", AUDIENCE, "VAULT", { CI_ID_TOKEN: aws }, "Set CI_ID_TOKEN_VAULT"],
    [
      "a wrong one under the right name",
      "sts.amazonaws.com",
      "AWS",
      { CI_ID_TOKEN: aws, CI_ID_TOKEN_AWS: vault },
      "CI_ID_TOKEN_AWS: given a token for",
    ],
    ["what is no JWT", AUDIENCE, "VAULT", { CI_ID_TOKEN: "opaque-hidden" }, "given what is no JWT with an audience"],
    ["a JWT for nobody", AUDIENCE, "VAULT", { CI_ID_TOKEN: jwt(undefined) }, "given what is no JWT with an audience"],
    ["a JWT of null", AUDIENCE, "VAULT", { CI_ID_TOKEN: "e30.bnVsbA.x" }, "given what is no JWT with an audience"],
  ])("%s: refused", async (_, audience, holder, given, said) => {
    const message = await failure(idToken(audience, holder, given));
    expect(message).toContain(said);
    expect(message).not.toMatch(/signature|hidden/);
  });
});

describe("AWS", () => {
  const role = { AWS_ROLE_ARN: "arn:aws:iam::1:role/plan" };

  test("the token lies in the run's folder, for this user alone, and is written anew each time", async () => {
    const made = await stateIdentity(folder, { ...env, ...role });
    const file = made.AWS_WEB_IDENTITY_TOKEN_FILE!;
    expect([
      Object.keys(made),
      isAbsolute(file),
      file.startsWith(folder),
      readFileSync(file, "utf8"),
      statSync(file).mode & 0o777,
    ]).toEqual([["AWS_WEB_IDENTITY_TOKEN_FILE"], true, true, jwt("sts.amazonaws.com"), 0o600]);
    answer = (_, response) => void response.end('{"value":"second"}');
    await stateIdentity(folder, { ...env, ...role });
    expect(readFileSync(file, "utf8")).toBe("second");
  });

  test.each<[string, Record<string, string>]>([
    ["no role", { AWS_ROLE_ARN: "" }],
    ["a token that is there", { ...role, AWS_WEB_IDENTITY_TOKEN_FILE: "/there" }],
    ["keys that are there", { ...role, AWS_ACCESS_KEY_ID: "AKIA" }],
  ])("%s: nothing is asked", async (_, given) => {
    expect([await stateIdentity(folder, { ...env, ...given }), asked]).toEqual([{}, []]);
  });
});

describe("a job of production", () => {
  const platform = resolvePlatform(production);
  const identity = platform.pipelines!.identities.find(
    ({ cluster, vault, purpose }) => cluster && vault && purpose === "plan",
  )!;
  const cluster = identity.cluster!;
  const { context, pipelines: jobs } = platform.clusters.find(({ name }) => name === cluster)!;
  const variable = `TF_VAR_kubeconfig_${cluster.replaceAll("-", "_")}`;
  const job = (more: Record<string, string> = {}, of = platform) =>
    jobIdentity(of, identity.stack, "plan", folder, { ...env, VAULT_TOKEN: "a-person's", ...more });
  /** The platform with another setting of the cluster's, or of the Vault's. */
  const withPlaces = (own: object, vault: object = {}): Platform => ({
    ...platform,
    clusters: platform.clusters.map((each) => (each.name === cluster ? { ...each, ...own } : each)),
    vaults: platform.vaults.map((each) => (each.name === identity.vault ? { ...each, ...vault } : each)),
  });
  const kubeconfig = ({ env: made }: JobIdentity) =>
    JSON.parse(readFileSync(made[variable]!, "utf8")) as {
      clusters: { cluster: Record<string, string> }[];
      users: { user: { token: string } }[];
      "current-context": string;
    };

  test("has a kubeconfig of its own: the config's server and CA, the token of the cluster's audience", async () => {
    const made = await job();
    expect(kubeconfig(made).clusters[0]!.cluster).toEqual({
      server: jobs!.host,
      "certificate-authority-data": Buffer.from(jobs!.caCertificate).toString("base64"),
    });
    const file = made.env[variable]!;
    expect([
      kubeconfig(made).users[0]!.user.token,
      kubeconfig(made)["current-context"],
      isAbsolute(file),
      statSync(file).mode & 0o777,
    ]).toEqual([jwt(jobs!.audience), context, true, 0o600]);
    expect(JSON.stringify(made.env)).not.toContain("signature");
  });

  test("hears no variable that whoever writes the repository may set: neither a place nor a CA", async () => {
    const name = cluster.toUpperCase().replaceAll("-", "_");
    const place = { server: "https://mallory.example", ca: PEM, audience: AUDIENCE };
    const made = await job({
      CLUSTERS: JSON.stringify({ [cluster]: place }),
      [`KUBE_SERVER_${name}`]: place.server,
      [`KUBE_CA_${name}`]: PEM,
      [`KUBE_AUDIENCE_${name}`]: AUDIENCE,
      VAULT_CA: PEM,
      VAULT_CACERT: "/mallory.pem",
    });
    expect(kubeconfig(made)).toEqual(kubeconfig(await job()));
    expect(asked.map(({ url }) => new URL(url, "http://x").searchParams.get("audience"))).not.toContain(AUDIENCE);
    expect(readFileSync(made.env.VAULT_CACERT!, "utf8")).toBe(CERTIFICATES.internal);
  });

  test("at its next login has the next token in the same file: a plan remembers the path", async () => {
    const first = await job();
    answer = (_, response) => void response.end('{"value":"second"}');
    const second = await job();
    expect(second.env).toEqual(first.env);
    expect(kubeconfig(second).users[0]!.user.token).toBe("second");
  });

  test("takes the platform's audience where the cluster has none", async () => {
    await job({}, withPlaces({ pipelines: { ...jobs, audience: undefined } }));
    expect(new URL(asked[0]!.url, "http://x").searchParams.get("audience")).toBe(platform.pipelines!.audience);
  });

  test.each<[string, Record<string, string>, Platform]>([
    ["Terraform's own variable names one", { [variable]: "/etc/kube/jane" }, platform],
    ["the cluster has no pipelines", {}, withPlaces({ pipelines: undefined })],
  ])("uses the kubeconfig that is there where %s, and no token is asked for", async (_, given, of) => {
    expect(Object.keys((await job(given, of)).env)).toEqual(["VAULT_CACERT"]);
    expect(asked).toEqual([]);
  });

  test("trusts the config's CA of its Vault, from an absolute path that serves the login and Terraform", async () => {
    const { VAULT_CACERT: path } = (await job()).env;
    expect([isAbsolute(path!), path!.startsWith(folder), readFileSync(path!, "utf8")]).toEqual([
      true,
      true,
      CERTIFICATES.internal,
    ]);
  });

  test("keeps an absolute VAULT_CACERT where the config has no certificate, and refuses a relative one", async () => {
    const without = withPlaces({ pipelines: undefined }, { ca: { secret: "acme-internal-ca" } });
    expect((await job({ VAULT_CACERT: "/etc/ca.pem" }, without)).env).toEqual({ VAULT_CACERT: "/etc/ca.pem" });
    expect(await failure(job({ VAULT_CACERT: "certs/ca.pem" }, without))).toContain(
      "VAULT_CACERT: given certs/ca.pem, a relative path; accepted: an absolute one, because Terraform runs in " +
        `another folder. Or give the config the certificate itself: vaults.${identity.vault}.ca.certificate.`,
    );
  });
});
