import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lookAt } from "../../../cli/ops/restart/look";
import production from "../../../config/production";
import { named, resolvePlatform } from "../../../model";
import { stubCluster } from "../stub-kubeconfig";
import { StubServer } from "../vault/stub-server";
import { ops } from "./run-ops";

const CONFIG = join(__dirname, "..", "..", "..", "config");
const PRODUCTION = { PLATFORM: join(CONFIG, "production.ts") };

test.each([
  ["restart storefront", 2, /required option '--environment <name>' not specified/],
  ["restart --environment stg", 2, /APP: given none; accepted: an app, or --all\./],
  ["restart storefront --all --environment stg", 2, /APP: given one, and --all; accepted: an app, or --all\./],
  ["restart storefornt --environment stg", 2, /APP: given "storefornt".*Did you mean "storefront"\?/],
  ["restart storefront --environment stgg", 2, /--environment: given "stgg".*Did you mean "stg"\?/],
  ["restart reporting --environment dev", 2, /names nothing to restart;.*apps\.reporting\.restartTargets/],
  ["restart storefront --environment stg --batch 0", 2, /accepted: a whole number from 1 to 9999/],
  ["restart storefront --environment stg --check --yes", 2, /cannot be used with option/],
])("%s: %d", async (words, code, message) =>
  expect(await ops(words, { env: PRODUCTION })).toMatchObject({ code, err: expect.stringMatching(message) }),
);

test("an environment without a cluster has nothing to restart", async () => {
  const { code, err } = await ops("restart --all --environment dev", { env: { PLATFORM: join(CONFIG, "sample.ts") } });
  expect([code, err]).toEqual([2, expect.stringContaining('--environment: given "dev", which has no cluster')]);
});

describe("what is seen of a workload", () => {
  const stub = new StubServer();
  let home: string;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "restart-"));
    await stub.start();
  });
  afterAll(async () => {
    rmSync(home, { recursive: true });
    await stub.stop();
  });

  const platform = resolvePlatform(production);
  const tenant = { ...named(platform.tenants, "storefront-stg"), shared: [] };
  const secret = (...managedFields: object[]) => ({ status: 200, json: { metadata: { managedFields } } });
  const deployment = { status: 200, json: { metadata: {}, spec: { selector: { matchLabels: { app: "s" } } } } };
  const data = (time: string) => ({ time, fieldsV1: { "f:data": {} } });
  const pod = (name: string, startedAt: string | undefined, more: object = {}) => ({
    metadata: {
      name,
      ownerReferences: [{ kind: "ReplicaSet", name: "storefront-5d8f", controller: true }],
      ...more,
    },
    status: {
      phase: "Running",
      containerStatuses: [{ state: startedAt ? { running: { startedAt } } : { waiting: {} } }],
    },
  });
  const pods = (...items: object[]) => ({ status: 200, json: { items } });
  const look = async (secretOwner: "operator" | "terraform" = "operator") => {
    const kubernetes = await stubCluster(home, stub.address);
    const environment = { ...named(platform.environments, "stg"), secretOwner };
    return (await lookAt(kubernetes, environment, tenant).finally(() => kubernetes.close()))[0]!;
  };

  test("of the Secret only the metadata is asked for, and only a change of its data counts", async () => {
    stub.answer(
      secret(data("2026-01-02T00:00:00Z"), data("2026-01-01T00:00:00Z"), {
        time: "2026-01-09T00:00:00Z",
        fieldsV1: {},
      }),
      deployment,
      pods(
        pod("before", "2026-01-01T23:59:59Z"),
        pod("in-the-same-second", "2026-01-02T00:00:00Z"),
        pod("after", "2026-01-02T00:00:01Z"),
        pod("not-begun", undefined),
        pod("of-a-job", "2026-01-01T00:00:00Z", {
          ownerReferences: [{ kind: "Job", name: "storefront-migrate", controller: true }],
        }),
        pod("of-another", "2026-01-01T00:00:00Z", {
          ownerReferences: [{ kind: "ReplicaSet", name: "storefronts-5d8f", controller: true }],
        }),
        pod("of-nobody", "2026-01-01T00:00:00Z", { ownerReferences: undefined }),
        pod("leaving", "2026-01-01T00:00:00Z", { deletionTimestamp: "2026-01-02T00:00:00Z" }),
      ),
    );
    expect(await look()).toEqual({
      app: "storefront",
      namespace: "storefront-stg",
      kind: "Deployment",
      name: "storefront",
      changed: "2026-01-02T00:00:00Z",
      pods: 4,
      older: ["before", "in-the-same-second"],
      problem: null,
    });
    expect(stub.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /api/v1/namespaces/storefront-stg/secrets/storefront-stg-secrets",
      "GET /apis/apps/v1/namespaces/storefront-stg/deployments/storefront",
      "GET /api/v1/namespaces/storefront-stg/pods?labelSelector=app%3Ds",
    ]);
    expect(stub.requests[0]!.headers.accept).toBe("application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
  });

  test("who may not read the Secret is told when the operator carried values over", async () => {
    const condition = { type: "SecretSynced", status: "True", lastTransitionTime: "2026-01-02T00:00:00Z" };
    stub.answer(
      { status: 403, json: { message: "no" } },
      { status: 200, json: { metadata: {}, status: { conditions: [condition] } } },
      deployment,
      pods(pod("before", "2026-01-01T00:00:00Z")),
    );
    expect(await look()).toMatchObject({ changed: "2026-01-02T00:00:00Z", older: ["before"] });
  });

  test.each([
    ["False", [{ type: "SecretSynced", status: "False", reason: "VaultClientError", message: "sealed" }]],
    ["absent", []],
  ])("after an outage the operator does not say when: a problem, not nothing (%s)", async (_, conditions) => {
    stub.answer(
      { status: 403, json: { message: "no" } },
      { status: 200, json: { metadata: {}, status: { conditions } } },
      deployment,
      pods(pod("before", "2026-01-01T00:00:00Z")),
    );
    expect(await look()).toMatchObject({
      changed: null,
      older: [],
      problem:
        "it is not known when the values of Secret storefront-stg/storefront-stg-secrets changed: the operator says " +
        `${conditions.length ? "VaultClientError: sealed" : "nothing of it"}; give yourself get on secrets in ` +
        "storefront-stg",
    });
  });

  test("a Secret that is not there is a problem where a pod runs", async () => {
    stub.answer({ status: 404, json: {} }, deployment, pods(pod("before", "2026-01-01T00:00:00Z")));
    expect(await look()).toMatchObject({ changed: null, problem: expect.stringMatching(/: it is not there \(/) });
    stub.answer({ status: 404, json: {} }, deployment, pods());
    expect(await look()).toMatchObject({ changed: null, problem: null });
  });

  test("but not of a Secret of Terraform's, of which the operator says so at every look", async () => {
    stub.answer({ status: 403, json: { message: "no" } });
    await expect(look("terraform")).rejects.toThrow(/secrets\/storefront-stg-secrets .*not allowed: no/);
  });

  test("a Secret that is not there makes no pod older; a target that is not there is a problem", async () => {
    stub.answer({ status: 404, json: {} }, { status: 404, json: {} });
    expect(await look()).toMatchObject({
      changed: null,
      older: [],
      problem: "there is no Deployment storefront in namespace storefront-stg: correct apps.storefront.restartTargets",
    });
  });
});
