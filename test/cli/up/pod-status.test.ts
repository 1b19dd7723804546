import { runsSteadily, stageOf, troublesOf, type Observed, type PodStatus } from "../../../cli/up/pod-status";
import recorded from "./recorded-pods.json";

// What the API of a real cluster said in each case (test/pods/troubles.test.ts makes them), but for fields that nobody
// looks at.
const observed = (name: keyof typeof recorded) => recorded[name] as unknown as Observed;
const OPERATOR = "pod vault-secrets-operator-controller-manager-69dcd79db5-tk62g, container manager";

test.each([
  [
    "crashLoop",
    "pod crashing-vault-0, container vault",
    /^it crashes: ended 3 times, the last time with exit code 1$/,
    /^Its last lines say why; correct the config\.$/,
    true,
  ],
  ["crashed", "pod crashing-vault-0, container vault", /^it crashes: ended 4 times/, /^Its last lines/, true],
  [
    "imageNotPulled",
    OPERATOR,
    /^its image hashicorp\/vault-secrets-operator:1\.4\.1 cannot be pulled: ErrImagePull, .*registry-1\.docker\.io/,
    /^Check the image's name and tag/,
    false,
  ],
  ["imageBackOff", OPERATOR, /cannot be pulled: ImagePullBackOff, /, /^Check the image's name and tag/, false],
  ["noNode", "pod nonode-vault-0", /^no node takes it: 0\/1 nodes .* Insufficient memory/, /^Add a node/, false],
  [
    "noVolume",
    "pod novolume-vault-0, claim data-novolume-vault-0",
    /^no volume is bound to it \(class none-such\): storageclass.storage.k8s.io "none-such" not found$/,
    /^Name a storage class that exists/,
    false,
  ],
  [
    "forbidden",
    "StatefulSet forbidden-vault",
    /^its pods are refused by the API server: .* violates PodSecurity "restricted:v1\.34": unrestricted capabilities/,
    /^The namespace takes restricted pods alone/,
    true,
  ],
] as const)("%s: where, what, what to do, and whether waiting is in vain", (name, where, what, remedy, lasting) => {
  const troubles = troublesOf(observed(name));
  expect(troubles).toMatchObject([{ where, lasting }]);
  expect(troubles[0]!.what).toMatch(what);
  expect(troubles[0]!.remedy).toMatch(remedy);
});

test("what an admission webhook or a quota refuses may pass: waiting is not in vain", () => {
  const forbidden = observed("forbidden");
  const message =
    'create Pod forbidden-vault-0 failed error: Internal error occurred: failed calling webhook "w.example"';
  const events = forbidden.events.map((event) => ({ ...event, message }));
  expect(troublesOf({ ...forbidden, events })).toMatchObject([
    { where: "StatefulSet forbidden-vault", what: expect.stringContaining(message) as string, lasting: false },
  ]);
});

test("the lines of a crash are those of the container that ended: in the back-off, of the one before", () =>
  expect((["crashed", "crashLoop"] as const).map((name) => troublesOf(observed(name))[0]!.log?.previous)).toEqual([
    false,
    true,
  ]));

test("while all goes its ordinary way there is no trouble, and the stage is told", () => {
  for (const name of ["starting", "runs"] as const) expect(troublesOf(observed(name))).toEqual([]);
  expect((["starting", "runs", "noNode"] as const).map((name) => stageOf(observed(name).pods[0]!))).toEqual([
    "ContainerCreating (vault)",
    "runs",
    "waits for a node",
  ]);
});

describe("what was not recorded", () => {
  const pod = (state: object, more: object = {}): PodStatus => ({
    metadata: { name: "p" },
    status: {
      phase: "Running",
      containerStatuses: [{ name: "c", image: "i:1", ready: false, restartCount: 0, state, ...more }],
    },
  });
  const only = (pods: readonly PodStatus[], more: Partial<Observed> = {}) =>
    troublesOf({ pods, claims: [], events: [], wanting: [], ...more });

  test.each([
    ["ErrImagePull", 'manifests "9": not found', true],
    ["ErrImagePull", "pull access denied, repository does not exist", true],
    ["ErrImagePull", "dial tcp: i/o timeout", false],
    ["InvalidImageName", "", true],
  ])("%s, %s: in vain is %p", (reason, message, lasting) =>
    expect(only([pod({ waiting: { reason, message } })])).toMatchObject([{ lasting }]),
  );

  test("a container that ran out of memory, and one whose Secret is missing", () => {
    const killed = { terminated: { exitCode: 137, reason: "OOMKilled" } };
    expect(only([pod(killed)])).toMatchObject([
      { what: "it crashes: ended 1 time, the last time with exit code 137 (OOMKilled)", lasting: false },
    ]);
    const waiting = { reason: "CreateContainerConfigError", message: 'secret "tls" not found' };
    expect(only([pod({ waiting })])).toMatchObject([
      { what: 'cannot be started: CreateContainerConfigError, secret "tls" not found', lasting: false },
    ]);
  });

  test("a volume that cannot be mounted is told by its event, and only while the pod waits", () => {
    const events = [
      {
        type: "Warning",
        reason: "FailedMount",
        message: 'MountVolume.SetUp failed for volume "tls" : secret "tls" not found',
        involvedObject: { kind: "Pod", name: "p" },
      },
    ];
    expect(only([pod({ waiting: { reason: "ContainerCreating" } })], { events })).toMatchObject([
      { where: "pod p", what: expect.stringMatching(/^cannot be started: FailedMount, .*secret "tls" not found$/) },
    ]);
    expect(only([pod({ running: { startedAt: "2026-01-01T00:00:00Z" } })], { events })).toEqual([]);
  });

  test("a job's container that has done its work is no crash", () =>
    expect(only([pod({ terminated: { exitCode: 0, reason: "Completed" } })])).toEqual([]));

  test("a container that was started again counts once it has run for ten seconds; the first start at once", () => {
    const startedAt = "2026-01-01T00:00:00Z";
    const after = (seconds: number, restartCount: number) =>
      runsSteadily(pod({ running: { startedAt } }, { restartCount }), Date.parse(startedAt) + seconds * 1000);
    expect([after(1, 0), after(1, 1), after(11, 1)]).toEqual([true, false, true]);
    expect(runsSteadily(pod({ waiting: { reason: "CrashLoopBackOff" } }), Date.now())).toBe(false);
  });
});
