import { cannotRoll, progressOf, selectorText, type Controller } from "../../../cli/ops/restart/rollout";

const controller = (spec: object, status: object, generation = 2): Controller => ({
  metadata: { generation },
  spec: { selector: {}, ...spec },
  status: { observedGeneration: 2, ...status },
});

describe("how far a rollout is", () => {
  test.each([
    ["Deployment", { replicas: 3 }, { replicas: 3, updatedReplicas: 3, availableReplicas: 3 }, true],
    ["Deployment", { replicas: 3 }, { replicas: 4, updatedReplicas: 3, availableReplicas: 3 }, false],
    ["Deployment", { replicas: 3 }, { replicas: 3, updatedReplicas: 2, availableReplicas: 3 }, false],
    ["Deployment", { replicas: 3 }, { replicas: 3, updatedReplicas: 3, availableReplicas: 2 }, false],
    ["Deployment", {}, { replicas: 1, updatedReplicas: 1, availableReplicas: 1 }, true],
    ["Deployment", { replicas: 0 }, {}, true],
    ["StatefulSet", { replicas: 2 }, { replicas: 2, updatedReplicas: 2, readyReplicas: 2 }, true],
    ["StatefulSet", { replicas: 2 }, { replicas: 2, updatedReplicas: 1, readyReplicas: 2 }, false],
    ["StatefulSet", { replicas: 2 }, { replicas: 2, updatedReplicas: 2, readyReplicas: 1 }, false],
    ["DaemonSet", {}, { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 }, true],
    ["DaemonSet", {}, { desiredNumberScheduled: 2, updatedNumberScheduled: 1, numberAvailable: 2 }, false],
    ["DaemonSet", {}, { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 }, false],
  ] as const)("%s %j with status %j: done %j", (kind, spec, status, done) =>
    expect(progressOf(kind, controller(spec, status)).done).toBe(done),
  );

  test("nothing is said until its controller has seen the change", () =>
    expect(progressOf("Deployment", controller({}, { updatedReplicas: 1, availableReplicas: 1 }, 3))).toEqual({
      done: false,
      says: "",
    }));

  test("it says how many are new and ready, and why it will not be done", () =>
    expect(
      progressOf(
        "Deployment",
        controller(
          { replicas: 3 },
          {
            replicas: 4,
            updatedReplicas: 1,
            availableReplicas: 3,
            conditions: [{ type: "Progressing", reason: "ProgressDeadlineExceeded", message: "has timed out" }],
          },
        ),
      ),
    ).toEqual({ done: false, says: "1 of 3 pods new, 3 ready", failure: "has timed out" }));
});

test.each([
  [{ paused: true }, /^it is paused/],
  [{ updateStrategy: { type: "OnDelete" } }, /OnDelete/],
  [{ updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } }, /below ordinal 2 alone/],
])("%j would not be reached by a restart", (spec, why) => expect(cannotRoll(controller(spec, {}))).toMatch(why));
test("others are", () =>
  expect(cannotRoll(controller({ updateStrategy: { type: "RollingUpdate" } }, {}))).toBeUndefined());

test("a selector is a query of all that it says", () =>
  expect(
    selectorText({
      matchLabels: { app: "web" },
      matchExpressions: [
        { key: "tier", operator: "In", values: ["a", "b"] },
        { key: "env", operator: "NotIn", values: ["dev"] },
        { key: "x", operator: "Exists" },
        { key: "y", operator: "DoesNotExist" },
      ],
    }),
  ).toBe("app=web,tier in (a,b),env notin (dev),x,!y"));
