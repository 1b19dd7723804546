import { boundSets } from "../../model";
import { platform, refusal, refuses, config, type Change } from "./support";

const BROKER = { owner: "team-mq", keys: ["BROKER_PASSWORD"], readBy: ["web", "web-api"] };
const pins = (change: Change) =>
  boundSets(platform(change).tenants).flatMap(({ name, pinned }) =>
    pinned ? [[name, pinned.version, pinned.at]] : [],
  );

describe("a pinned version", () => {
  it("is that of an app in one environment, and of no other", () => {
    expect(pins({ "apps/web/environments": { dev: { pinnedVersion: 3 }, prod: {} } })).toEqual([
      ["web-dev", 3, "apps.web.environments.dev.pinnedVersion"],
    ]);
  });

  it("of a shared set is that of each of its apps", () => {
    const broker = { ...BROKER, environments: { dev: { pinnedVersion: 7 } } };
    const at = "sharedSets.broker.environments.dev.pinnedVersion";
    expect(pins({ "sharedSets/broker": broker })).toEqual([
      ["web-dev/broker", 7, at],
      ["web-api-dev/broker", 7, at],
    ]);
  });

  it("goes with keys that differ, and with a set that is there already", () => {
    const dev = { pinnedVersion: 2, keys: ["DB_USER"], secretSet: "existing" };
    expect(pins({ "apps/web/environments": { dev } })).toHaveLength(1);
  });
});

const at = "apps.web.environments.dev.pinnedVersion";
const WHOLE = "a whole number from 1 to 1000000";
const DELIVERED = "only where the set is delivered";

describe("a pinned version is refused", () => {
  refuses([
    ...[0, -1, 1.5, "3", null, 1_000_001].map((given): [string, Change, string] => [
      `${JSON.stringify(given)}`,
      { "apps/web/environments": { dev: { pinnedVersion: given } } },
      `${at}: given ${JSON.stringify(given)}; accepted: ${WHOLE}.`,
    ]),
    [
      "of a set that leaves",
      { "apps/web/environments": { dev: { pinnedVersion: 3, secretSet: "retired" } } },
      `${at}: given 3; accepted: ${DELIVERED}. One that is retired is delivered nowhere.`,
    ],
    [
      "where there is no cluster",
      { "apps/web/environments": { prod: { pinnedVersion: 3 } } },
      `apps.web.environments.prod.pinnedVersion: given 3; accepted: ${DELIVERED}. environments.prod has no cluster.`,
    ],
    [
      "of a shared set where there is no cluster",
      { "sharedSets/broker": { ...BROKER, environments: { prod: { pinnedVersion: 1 } } } },
      `sharedSets.broker.environments.prod.pinnedVersion: given 1; accepted: ${DELIVERED}. ` +
        "environments.prod has no cluster.",
    ],
  ]);
});

describe("an environment that requires pinned versions", () => {
  const required = { "environments/dev/pinnedVersions": "required" };
  const pinned = { "apps/web/environments": { dev: { pinnedVersion: 1 } } };
  const missing = (where: string) =>
    `${where}: given "dev"; accepted: with its pinnedVersion: environments.dev.pinnedVersions is "required". ` +
    "Write dev: { pinnedVersion: 1 } in its environments, with the version that pods are to get; a map of " +
    "environments names each that it is in.";

  refuses([
    ["one of whose apps has none", { ...required, ...pinned }, missing('apps["web-api"]')],
    [
      "however its apps name it",
      { ...required, "apps/web/environments": ["prod", "dev"], "apps/web-api/environments": { dev: {} } },
      missing("apps.web.environments[1]"),
      missing('apps["web-api"].environments.dev'),
    ],
    [
      "one of whose shared sets has none",
      { ...required, ...pinned, "apps/web-api/environments": ["prod"], "sharedSets/broker": BROKER },
      missing("sharedSets.broker"),
    ],
    [
      "and has no cluster",
      { "environments/prod/pinnedVersions": "required" },
      'environments.prod.pinnedVersions: given "required"; accepted: only beside cluster. ' +
        "Without a cluster the environment has no Kubernetes side.",
    ],
    [
      "by another word",
      { "environments/dev/pinnedVersions": "require" },
      'environments.dev.pinnedVersions: given "require"; accepted: "optional", "required". Did you mean "required"?',
    ],
  ]);

  it("is right where each has one, but for those that leave", () => {
    const leaves = { "apps/web-api/environments": { dev: { secretSet: "retired" } } };
    expect(refusal(config({ ...required, ...pinned, ...leaves }))).toBe("accepted");
  });
});
