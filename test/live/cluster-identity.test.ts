import { createPublicKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { AuthenticationV1Api, KubeConfig } from "@kubernetes/client-node";
import { jobIdentity } from "../../ci/lib/identity";
import production from "../../config/production";
import { resolvePlatform, type PipelineIdentity } from "../../model";
import { JOBS } from "../helpers/configs";
import { TestIssuer, type Claims } from "./ci-tokens";
import {
  CertificateAuthority,
  describeLive,
  startKubernetes,
  temporaryFolder,
  type KubernetesCluster,
} from "./servers";

const AUDIENCE = "https://nonprod.acme.example";
const GITHUB = "https://token.actions.githubusercontent.com";

/** An issuer that the API server asks for its keys, as it asks GitHub: over HTTPS, by discovery. */
async function serveIssuer(): Promise<{
  readonly issuer: TestIssuer;
  readonly ca: CertificateAuthority;
  readonly server: Server;
}> {
  const ca = await CertificateAuthority.create(temporaryFolder("issuer"));
  const { cert, key } = await ca.issue("issuer", { commonName: "issuer", names: ["IP:127.0.0.1"] });
  const server = createServer({ cert, key });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const issuer = new TestIssuer(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const discovery = {
    issuer: issuer.issuer,
    jwks_uri: `${issuer.issuer}/keys`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
  const keys = {
    keys: [{ ...createPublicKey(issuer.publicKey).export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "test" }],
  };
  server.on(
    "request",
    ({ url }, response) =>
      void response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify(url === "/keys" ? keys : discovery)),
  );
  return { issuer, ca, server };
}

/** The example of docs/pipelines.md, for this issuer: it is a promise, and so it is what runs here. */
function documentedConfiguration(issuer: TestIssuer, ca: CertificateAuthority): string {
  const block =
    /```yaml\n([^`]*kind: AuthenticationConfiguration[^`]*)```/.exec(
      readFileSync(join(__dirname, "../../docs/pipelines.md"), "utf8"),
    )?.[1] ?? "";
  const indent = /^ */.exec(block)![0];
  const text = block.replaceAll(new RegExp(`^${indent}`, "gm"), "");
  expect(text).toContain(`url: ${GITHUB},`);
  return text.replace(`url: ${GITHUB},`, `url: "${issuer.issuer}", certificateAuthority: ${JSON.stringify(ca.cert)},`);
}

describeLive(["kubernetes", "openssl"], "an API server that takes the CI's tokens", () => {
  let issuer: TestIssuer;
  let ca: CertificateAuthority;
  let server: Server;
  const { pipelines, clusters } = resolvePlatform(production);
  const identityOf = (name: string): PipelineIdentity => pipelines!.identities.find((each) => each.name === name)!;
  const prefix = clusters.find(({ name }) => name === "nonprod")!.pipelines!.userPrefix;

  beforeAll(async () => {
    ({ issuer, ca, server } = await serveIssuer());
  }, 60_000);
  afterAll(() => {
    server.close();
    // The API server keeps its connection.
    server.closeAllConnections();
  });

  /** Who a token's bearer is for the API server; undefined where it is refused. */
  async function whoIs(
    cluster: KubernetesCluster,
    environment: string,
    changes: Claims = {},
    how?: Parameters<TestIssuer["token"]>[1],
  ): Promise<string | undefined> {
    const token = issuer.token(issuer.claims(environment, { aud: AUDIENCE, ...changes }), how);
    const { status, body } = await cluster.request<{ status?: { userInfo?: { username?: string } } }>(
      "POST",
      "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      {},
      { token },
    );
    return status === 201 ? body.status?.userInfo?.username : undefined;
  }

  /** The keys are fetched a moment after the server is up. */
  const ready = (cluster: KubernetesCluster) =>
    cluster.until(
      async () => (await whoIs(cluster, "watch-acme-dev")) !== undefined,
      "the API server has the issuer's keys",
    );

  describe("with the configuration of docs/pipelines.md", () => {
    let cluster: KubernetesCluster;
    beforeAll(async () => {
      const file = join(temporaryFolder("authentication"), "authentication.yaml");
      writeFileSync(file, documentedConfiguration(issuer, ca));
      cluster = await startKubernetes({ apiServerArgs: [`--authentication-config=${file}`] });
      await ready(cluster);
    }, 60_000);

    test.each(["plan-acme-dev", "watch-acme-dev", "apply-acme-dev"])(
      "%s is the user to whom the operator's stack gives its rights",
      async (name) => {
        expect(await whoIs(cluster, name)).toBe(`${prefix}${identityOf(name).subject}`);
      },
    );

    test.each<[string, string, Claims, Parameters<TestIssuer["token"]>[1]]>([
      ["another repository by its number", "plan-acme-dev", { repository_id: "1" }, "signed"],
      ["no repository's number", "plan-acme-dev", { repository_id: undefined }, "signed"],
      [
        "a pull request in the environment that watches",
        "watch-acme-dev",
        { ref: "refs/pull/7/merge", event_name: "pull_request" },
        "signed",
      ],
      [
        "a pull request in the environment that applies",
        "apply-acme-dev",
        { ref: "refs/pull/7/merge", event_name: "pull_request" },
        "signed",
      ],
      ["another branch's push, to apply", "apply-acme-dev", { ref: "refs/heads/feature" }, "signed"],
      ["a tag called main, to apply", "apply-acme-dev", { ref: "refs/tags/main" }, "signed"],
      [
        "pull_request_target, to plan",
        "plan-acme-dev",
        { event_name: "pull_request_target", ref: "refs/heads/main" },
        "signed",
      ],
      ["a push, to plan", "plan-acme-dev", { event_name: "push", ref: "refs/heads/main" }, "signed"],
      ["no deployment environment", "plan-acme-dev", { environment: undefined }, "signed"],
      ["Vault's audience", "plan-acme-dev", { aud: "https://vault.acme.example" }, "signed"],
      ["a token of yesterday", "plan-acme-dev", { exp: Math.floor(Date.now() / 1000) - 86_400 }, "signed"],
      ["another issuer", "plan-acme-dev", { iss: GITHUB }, "signed"],
      ["a stranger's key", "plan-acme-dev", {}, "stranger"],
      ["no signature", "plan-acme-dev", {}, "none"],
      ["the public key as a MAC's", "plan-acme-dev", {}, "public key as MAC"],
    ])("%s is refused", async (_, environment, changes, how) => {
      expect(await whoIs(cluster, environment, changes, how)).toBeUndefined();
    });

    /** Who a job is for the API server by the kubeconfig that ci/ makes of the config. */
    async function byKubeconfig(place: { readonly host: string; readonly caCertificate: string }) {
      const platform = resolvePlatform({
        ...production,
        clusters: {
          ...production.clusters,
          nonprod: { ...production.clusters.nonprod!, pipelines: { ...JOBS, ...place } },
        },
      });
      const token = issuer.token(issuer.claims("watch-acme-dev", { aud: AUDIENCE }));
      const env = { CI_ID_TOKEN_NONPROD: token, VAULT_TOKEN: "not used" };
      const { env: made } = await jobIdentity(platform, "acme-dev", "watch", temporaryFolder("job"), env);
      const config = new KubeConfig();
      config.loadFromFile(made.TF_VAR_kubeconfig_nonprod!);
      const { status } = await config.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: {} });
      return status?.userInfo?.username;
    }

    test("a job reaches the config's API server, by the config's CA, and trusts no other", async () => {
      const place = { host: cluster.address, caCertificate: cluster.ca };
      expect(await byKubeconfig(place)).toBe(`${prefix}${identityOf("watch-acme-dev").subject}`);
      await expect(byKubeconfig({ ...place, caCertificate: ca.cert })).rejects.toThrow(/certificate/);
      // The issuer's server stands for one that is not the cluster's: the token is not shown to it.
      await expect(byKubeconfig({ ...place, host: issuer.issuer })).rejects.toThrow(/certificate/);
    });

    test("who was let in has only what a binding gives", async () => {
      const token = issuer.token(issuer.claims("plan-acme-dev", { aud: AUDIENCE }));
      const lists = async () =>
        (await cluster.request("GET", "/api/v1/namespaces/default/configmaps", undefined, { token })).status;
      expect(await lists()).toBe(403);
      const role = { apiVersion: "rbac.authorization.k8s.io/v1", metadata: { name: "test", namespace: "default" } };
      await cluster.ok("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles", {
        ...role,
        rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["list"] }],
      });
      const subjects = [
        {
          kind: "User",
          apiGroup: "rbac.authorization.k8s.io",
          name: `${prefix}${identityOf("plan-acme-dev").subject}`,
        },
      ];
      await cluster.ok("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", {
        ...role,
        subjects,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "test" },
      });
      await cluster.until(async () => (await lists()) === 200, "the binding holds");
    });
  });

  test("with the flags alone a job is its name: a pull request is taken for the apply", async () => {
    const flags = [
      `--oidc-issuer-url=${issuer.issuer}`,
      `--oidc-client-id=${AUDIENCE}`,
      "--oidc-username-claim=sub",
      `--oidc-username-prefix=${prefix}`,
      `--oidc-ca-file=${ca.certFile}`,
    ];
    const cluster = await startKubernetes({ apiServerArgs: flags });
    await ready(cluster);
    expect(
      await whoIs(cluster, "apply-acme-dev", {
        ref: "refs/pull/7/merge",
        event_name: "pull_request",
        repository_id: "1",
      }),
    ).toBe(`${prefix}${identityOf("apply-acme-dev").subject}`);
    expect(await whoIs(cluster, "apply-acme-dev", { aud: "https://vault.acme.example" })).toBeUndefined();
  }, 60_000);
});
