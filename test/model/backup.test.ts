import { UNSAFE } from "../helpers/configs";
import { CRON } from "../../model/rules";
import { DURATION, message, platform, refusal, refuses, config, type Change } from "./support";

const TO = { volume: {} };
const ha = (backup?: unknown): Change => ({
  "vaults/main/mode": "ha",
  "vaults/main/backup": backup,
  "vaults/main/unsafeWithout": { tls: UNSAFE.tls, ...(backup === undefined && { backup: UNSAFE.backup }) },
});
const installed = (change: Change) => platform(change).vaults[0]!;

test("by default there is a snapshot every six hours, kept for two weeks", () => {
  expect(installed(ha({ to: TO })).installation!.backup).toEqual({
    schedule: "0 0,6,12,18 * * *",
    to: TO,
    keep: expect.objectContaining({ seconds: 14 * 86_400 }),
  });
});

test("nobody takes snapshots unless the config says so", () => {
  expect(installed(ha()).installation).not.toHaveProperty("backup");
});

test("the server's own cluster can log in for it, where no environment runs there", () => {
  const change = { ...ha({ to: TO }), "environments/dev/cluster": undefined };
  expect(installed({ ...change, ...ha() }).authMounts.map(({ path }) => path)).toEqual(["userpass"]);
  expect(installed(change).authMounts).toEqual([
    { path: "userpass", type: "userpass" },
    { path: "kubernetes", type: "kubernetes", cluster: "home" },
  ]);
  expect(platform(change).clusters[0]!.operator).toBeUndefined();
});

describe("what cannot be a backup is refused, saying what can", () => {
  refuses([
    [
      "of file storage",
      { "vaults/main/backup": { to: TO } },
      'vaults.main.backup: given an object of to; accepted: only beside mode: "ha". Of file storage Vault takes no ' +
        "snapshots: copy its stopped volume.",
    ],
    [
      "a schedule in words",
      ha({ to: TO, schedule: "@daily" }),
      `vaults.main.backup.schedule: given "@daily"; accepted: ${CRON.accepted}.`,
    ],
    ["a time that is none", ha({ to: TO, keep: "2w" }), `vaults.main.backup.keep: given "2w"; accepted: ${DURATION}.`],
    ["one that goes nowhere", ha({}), "vaults.main.backup.to: given nothing; accepted: an object of volume."],
    [
      "one of a Vault that exists already",
      {
        "vaults/main": { address: "https://vault.example", backup: { to: TO } },
        "environments/dev/cluster": undefined,
      },
      "vaults.main.backup: given an object of to; accepted: only beside cluster. Without cluster the Vault exists " +
        "already, and this setting has no effect.",
    ],
  ]);
});

test("a group may be called backup only where the policy of that name is not the backup's", () => {
  const group = { "people/groups/backup": { grants: [{ access: "read", apps: "all" }] } };
  expect(refusal(config(group))).toBe("accepted");
  expect(refusal(config({ ...group, ...ha({ to: TO }) }))).toBe(
    message(
      "people.groups.backup: given \"backup\"; accepted: a policy name of its own. Vault's or the product's policy " +
        "backup has it already.",
    ),
  );
});

test.each(["0 * * * *", "*/15 0-6 1,15 * 0", "59 23 31 12 6", "0 0 * * 1-5/2"])("%s is a schedule", (text) =>
  expect(CRON.accepts(text)).toBe(true),
);

test.each([
  "",
  "0 * * *",
  "0 * * * * *",
  "0  * * * *",
  "60 * * * *",
  "0 24 * * *",
  "0 0 0 * *",
  "0 0 32 * *",
  "0 0 * 13 *",
  "0 0 * * 7",
  "5-1 * * * *",
  "*/0 * * * *",
  "0 0 * JAN *",
  "0 0,,1 * * *",
  "0 0 ? * *",
  "0 * * * *\n",
])("%j is no schedule", (text) => expect(CRON.accepts(text)).toBe(false));
