import { spawnSync } from "node:child_process";
import { rotationMetrics } from "../../../cli/ops/secrets/metrics";
import type { SetStatus } from "../../../cli/ops/secrets/status";
import { ops } from "./run-ops";

const set = (more: Partial<SetStatus>): SetStatus => ({
  app: "web",
  environment: "dev",
  path: "kvv2/shop/web/web-dev",
  owner: "team-web",
  state: "set",
  version: 3,
  pinnedVersion: null,
  pinnedFinding: null,
  undeliveredKeys: [],
  changed: "2026-01-01T00:00:00.123456789Z",
  by: null,
  ageSeconds: 5,
  rotateEverySeconds: 86_400,
  overdue: false,
  missingKeys: [],
  generatedKeys: [],
  undeclaredKeys: [],
  ...more,
});

const lines = rotationMetrics("shop", "main", [
  set({}),
  set({ environment: "qa", rotateEverySeconds: null }),
  set({ environment: "stg", changed: null }),
  set({ environment: "old", state: "retired" }),
  set({ environment: "prod", state: "never set" }),
]);

test("a set that rotates has the time when it is due; others have none", () => {
  const name = "vault_tenancy_rotation_due_timestamp_seconds";
  expect(lines.slice(1)).toEqual([
    `# TYPE ${name} gauge`,
    `${name}{platform="shop",vault="main",app="web",environment="dev"} 1767312000`,
    `${name}{platform="shop",vault="main",app="web",environment="prod"} 1767312000`,
  ]);
});

const promtool = spawnSync("promtool", ["--version"]).status === 0;
(promtool ? test : test.skip)("Prometheus takes it", () => {
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: `${lines.join("\n")}\n` });
  expect([status, String(stdout), String(stderr)]).toEqual([0, "", ""]);
});

test("it is one way of printing, and JSON another", async () => {
  const { code, err } = await ops("secrets status --json --metrics", { env: {} });
  expect([code, err]).toEqual([2, expect.stringMatching(/--metrics.* cannot be used with .*--json/)]);
});
