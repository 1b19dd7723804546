import { checklist } from "../../../cli/ops/breach/checklist";
import { pinnedFinding, tellPinned, versionText } from "../../../cli/ops/secrets/pinned";
import { assess, findings } from "../../../cli/ops/secrets/status";
import { bindingStatus } from "../../../cli/ops/status/clusters";
import type { KvMetadata } from "../../../cli/vault";
import { named, resolvePlatform } from "../../../model";
import { smallConfig } from "../../helpers/configs";
import { scriptedIo } from "../up/scripted-io";

const NOW = new Date("2026-06-30T12:00:00Z");
const AT = "apps.shop.environments.dev.pinnedVersion";

const platform = (pinnedVersion: number | undefined, maxVersions = 10) =>
  resolvePlatform(
    smallConfig({
      vaults: { main: { cluster: "local", unsafeNoTls: true, maxVersions } },
      apps: { shop: { owner: "team-shop", keys: ["A", "B"], environments: { dev: { pinnedVersion } } } },
    }),
  );
const tenant = (pinnedVersion?: number) => named(platform(pinnedVersion).tenants, "shop-dev");

/** Versions from `oldest` to `newest`, one of which may differ. */
function metadata(oldest: number, newest: number, differs: object = {}, more: Partial<KvMetadata> = {}): KvMetadata {
  return {
    current_version: newest,
    created_time: "2026-01-01T00:00:00Z",
    versions: Array.from({ length: newest - oldest + 1 }, (_, i) => ({
      version: oldest + i,
      created_time: "2026-06-01T00:00:00Z",
      deletion_time: "",
      destroyed: false,
      ...(oldest + i === 3 && differs),
    })),
    ...more,
  };
}

describe("what is amiss with a pinned version", () => {
  test.each<[string, KvMetadata | undefined, string | undefined, RegExp]>([
    ["nothing", metadata(1, 4), undefined, /^$/],
    ["nothing where there is no set", undefined, undefined, /^$/],
    ["nothing where it is the newest", metadata(1, 3), undefined, /^$/],
    ["it is not there yet", metadata(1, 2), "pinned-version-missing", /^version 3 is pinned, and the newest is 2$/],
    [
      "it is not kept any more",
      metadata(5, 14),
      "pinned-version-missing",
      /does not keep it any more \(the oldest is 5\)/,
    ],
    ["it is destroyed", metadata(1, 4, { destroyed: true }), "pinned-version-deleted", /and is destroyed$/],
    [
      "it is deleted",
      metadata(1, 4, { deletion_time: "2026-06-30T11:59:59.5Z" }),
      "pinned-version-deleted",
      /and is deleted$/,
    ],
    [
      "it is to be deleted",
      metadata(1, 4, { deletion_time: "2026-07-02T00:00:00Z" }),
      "pinned-version-ends",
      /is deleted on 2026-07-02$/,
    ],
    ["one more may be written", metadata(2, 11), undefined, /^$/],
    [
      "the next one written removes it",
      metadata(3, 12),
      "pinned-version-ends",
      /the oldest of the 10 that Vault keeps$/,
    ],
    ["the set itself keeps more", metadata(3, 12, {}, { max_versions: 20 }), undefined, /^$/],
    ["the set itself says fewer, which does not count", metadata(1, 4, {}, { max_versions: 2 }), undefined, /^$/],
  ])("%s", (_, given, id, seen) => {
    const found = pinnedFinding(tenant(3), given, 10, NOW);
    expect(found?.id).toBe(id);
    expect(found?.seen ?? "").toMatch(seen);
    if (found) expect(found.remedy).toContain(`set ${AT} to a version that is there`);
  });

  test("of a set that is not pinned nothing is", () => {
    expect(pinnedFinding(tenant(), metadata(5, 14), 10, NOW)).toBeUndefined();
  });
});

describe("what writes a value says", () => {
  const told = (pinned: number | undefined, written: number, maxVersions?: number) => {
    const io = scriptedIo({});
    const known = platform(pinned, maxVersions);
    tellPinned(io, known, named(known.tenants, "shop-dev"), written);
    return [io.outLines, io.errLines];
  };

  test("when it reaches pods: the place in the config, and the stacks in their order", () => {
    expect(told(3, 4)).toEqual([
      [
        `Pods in dev get version 3, pinned: version 4 reaches them when ${AT} in the config is 4, and ` +
          "small-operator-local and then small-dev are applied.",
      ],
      [],
    ]);
  });

  test.each([
    ["not pinned", undefined, 4],
    ["pinned to what was written", 4, 4],
  ])("nothing where the environment is %s", (_, pinned, written) => expect(told(pinned, written)).toEqual([[], []]));

  test.each([
    [6, []],
    [
      7,
      [
        "warning: version 3 is the oldest of the 5 that Vault keeps (vaults.main.maxVersions): the next value that " +
          "is written removes it",
      ],
    ],
    [
      8,
      [
        "warning: version 3 is not among the 5 that Vault keeps (vaults.main.maxVersions) any more: pin a newer one, " +
          "and apply that",
      ],
    ],
  ])("that the pinned version goes: version %d of which 5 are kept", (written, warned) =>
    expect(told(3, written, 5)[1]).toEqual(warned),
  );
});

describe("status", () => {
  test.each([
    [4, 3, "3 of 4, pinned"],
    [3, 3, "3 of 3, pinned"],
    [undefined, 3, "3, pinned"],
    [4, undefined, "4"],
    [4, null, "4"],
    [null, null, "–"],
    [undefined, undefined, "–"],
  ])("of %s and %s pinned says %s", (newest, pinned, text) => expect(versionText(newest, pinned)).toBe(text));

  test("of a binding shows what the cluster has, not what the config says", () => {
    const object = { metadata: { name: "s" }, spec: { version: 2 } };
    expect(bindingStatus({ tenant: tenant(3), object }, metadata(1, 4))).toMatchObject({
      pinnedVersion: 2,
      newestVersion: 4,
    });
    const newest = { metadata: { name: "s" }, spec: { version: 0 } };
    expect(bindingStatus({ tenant: tenant(3), object: newest }).pinnedVersion).toBeUndefined();
  });

  test("of a set names a key that is stored and not in the version that pods get", () => {
    const subkeys = (version: number, keys: readonly string[]) => ({ keys, version, deleted: false });
    const facts = { tenant: tenant(3), metadata: metadata(1, 4), subkeys: subkeys(4, ["A", "B"]) };
    const status = assess({ ...facts, pinnedSubkeys: subkeys(3, ["A"]) }, NOW, 10);
    expect(status).toMatchObject({ version: 4, pinnedVersion: 3, pinnedFinding: null, undeliveredKeys: ["B"] });
    expect(findings(status)).toEqual([
      "pods get version 3, pinned, which has no B: pin a version that has, and apply that",
    ]);
    // What is not stored at all is missing, and said once.
    const missing = { ...facts, subkeys: subkeys(4, ["A"]), pinnedSubkeys: subkeys(3, ["A"]) };
    expect(assess(missing, NOW, 10)).toMatchObject({ missingKeys: ["B"], undeliveredKeys: [] });
  });

  test("of a set says what is amiss with its pinned version", () => {
    const facts = { tenant: tenant(3), metadata: metadata(3, 12), subkeys: undefined };
    expect(findings(assess(facts, NOW, 10)).filter((line) => line.includes("pinned"))).toEqual([
      "version 3 is pinned, and is the oldest of the 10 that Vault keeps: " +
        `set ${AT} to a version that is there (the newest is 12), and apply, before that`,
    ]);
  });
});

test("after a breach, changed values of a pinned set reach pods by the config", () => {
  const set = { tenant: tenant(3), read: true, change: false, protected: false };
  const plan = { title: "x", vault: "main", cut: [], remarks: [], look: [], values: [set], valuesNote: "", after: [] };
  expect(checklist(plan, { platform: "small", at: NOW, done: false })).toContain(
    `secrets set shop dev B\`\n- [ ] set \`${AT}\` to the version that these make, and apply that: pods get version 3`,
  );
});
