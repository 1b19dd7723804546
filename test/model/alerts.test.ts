import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import production from "../../config/production";
import { operatorAlerts, resolvePlatform, ROTATION_DUE, serverAlerts, type AlertedServer } from "../../model";
import { highlyAvailable } from "../constructs/vault-helpers";

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
if (!hasPromtool)
  process.stderr.write('"alerts, by promtool" is skipped: promtool is missing; it comes with Prometheus\n');

const prod = resolvePlatform(production).vaults.find(({ name }) => name === "prod")!.installation as AlertedServer;
const rules = [...serverAlerts(prod), ...operatorAlerts()];

test("a server without a backup, cert-manager or more servers than one has no alert of these", () => {
  const small = serverAlerts({ ...highlyAvailable({ mode: "standalone" }), alerts: { prometheus: "monitoring" } });
  expect(small.map(({ alert }) => alert)).toEqual([
    "VaultSealed",
    "VaultAuditFailing",
    "VaultVolumeNearlyFull",
    "VaultMetricsAbsent",
    "VaultSecretOverdue",
  ]);
});

test("a snapshot may be a day and a half old where the config says nothing", () => {
  const old = serverAlerts({ ...prod, alerts: { prometheus: "monitoring" } });
  expect(old.find(({ alert }) => alert === "VaultBackupTooOld")!.expr).toContain("> 129600");
});

/** Series by the minute, from 0 to when an alert is asked for, in minutes, and whether it must fire then. */
type Case = readonly [
  what: string,
  alert: string,
  at: number,
  fires: boolean,
  series: { readonly [name: string]: string },
];

const pod = 'namespace="vault",pod="vault-0"';
const other = 'namespace="vault",pod="vault-1"';
const job = 'namespace="vault",cronjob="backup"';
const certificate = "certmanager_certificate_expiration_timestamp_seconds";
const login = 'controller_resource_status{controller="vaultauth",name="shop",exported_namespace="shop"}';
const failed = (operation: string) =>
  `vso_client_operations_errors_total{operation="${operation}",vault_connection="shop/vault"}`;

const due = `${ROTATION_DUE}{platform="shop",vault="main",app="web",environment="dev"}`;

const space = (claim: string, available: number) => {
  const at = `{namespace="vault",persistentvolumeclaim="${claim}"}`;
  return {
    [`kubelet_volume_stats_available_bytes${at}`]: `${available}x30`,
    [`kubelet_volume_stats_capacity_bytes${at}`]: "100x30",
  };
};

const CASES: readonly Case[] = [
  ["a sealed server", "VaultSealed", 5, true, { [`vault_core_unsealed{${pod},cluster=""}`]: "0x10" }],
  [
    "an unsealed one, with the series of when it was sealed",
    "VaultSealed",
    5,
    false,
    { [`vault_core_unsealed{${pod},cluster=""}`]: "0x10", [`vault_core_unsealed{${pod},cluster="c"}`]: "1x10" },
  ],
  [
    "a sealed server elsewhere",
    "VaultSealed",
    5,
    false,
    { 'vault_core_unsealed{namespace="x",pod="vault-0"}': "0x10" },
  ],
  [
    "one of two that is sealed",
    "VaultSealed",
    5,
    true,
    { [`vault_core_unsealed{${pod}}`]: "1x10", [`vault_core_unsealed{${other}}`]: "0x10" },
  ],
  [
    "standbys alone",
    "VaultNoLeader",
    5,
    true,
    { [`vault_core_active{${pod}}`]: "0x10", [`vault_core_active{${other}}`]: "0x10" },
  ],
  ["nobody at all", "VaultNoLeader", 5, true, {}],
  [
    "a leader",
    "VaultNoLeader",
    5,
    false,
    { [`vault_core_active{${pod}}`]: "1x10", [`vault_core_active{${other}}`]: "0x10" },
  ],
  [
    "requests that no device recorded",
    "VaultAuditFailing",
    5,
    true,
    {
      [`vault_audit_log_request_failure{${pod}}`]: "0 0 1 2 3 4",
      [`vault_audit_log_response_failure{${pod}}`]: "0x10",
    },
  ],
  [
    "requests that none recorded, long ago",
    "VaultAuditFailing",
    5,
    false,
    { [`vault_audit_log_request_failure{${pod}}`]: "7x10", [`vault_audit_log_response_failure{${pod}}`]: "3x10" },
  ],
  ["a set due an hour and more ago", "VaultSecretOverdue", 200, true, { [due]: "6000x300" }],
  ["a set due half an hour ago", "VaultSecretOverdue", 130, false, { [due]: "6000x300" }],
  ["a set that is due tomorrow", "VaultSecretOverdue", 200, false, { [due]: "86400x300" }],
  ["an audit volume with a twentieth left", "VaultVolumeNearlyFull", 20, true, space("audit-vault-0", 5)],
  ["a volume with a fifth left", "VaultVolumeNearlyFull", 20, false, space("data-vault-1", 20)],
  ["a full volume of somebody else", "VaultVolumeNearlyFull", 20, false, space("data-shop-0", 0)],
  ["no metrics", "VaultMetricsAbsent", 20, true, {}],
  ["metrics of a standby", "VaultMetricsAbsent", 20, false, { [`vault_core_unsealed{${other}}`]: "1x30" }],
  [
    "a snapshot of four hours ago",
    "VaultBackupTooOld",
    240,
    true,
    { [`kube_cronjob_status_last_successful_time{${job}}`]: "0x300", [`kube_cronjob_created{${job}}`]: "0x300" },
  ],
  [
    "a snapshot of two hours ago",
    "VaultBackupTooOld",
    120,
    false,
    { [`kube_cronjob_status_last_successful_time{${job}}`]: "0x300", [`kube_cronjob_created{${job}}`]: "0x300" },
  ],
  ["no snapshot ever", "VaultBackupTooOld", 240, true, { [`kube_cronjob_created{${job}}`]: "0x300" }],
  ["no CronJob at all", "VaultBackupTooOld", 20, true, {}],
  ["a CronJob that nobody looks at for ten minutes", "VaultBackupTooOld", 10, false, {}],
  ["no snapshot yet", "VaultBackupTooOld", 120, false, { [`kube_cronjob_created{${job}}`]: "0x300" }],
  [
    "a certificate that ends in six days",
    "VaultCertificateNearItsEnd",
    90,
    true,
    { [`${certificate}{name="vault",exported_namespace="vault"}`]: `${6 * 86_400}x100` },
  ],
  [
    "a certificate that ends in eight days",
    "VaultCertificateNearItsEnd",
    90,
    false,
    { [`${certificate}{name="vault",namespace="vault"}`]: `${8 * 86_400}x100` },
  ],
  ["a login that is not valid", "VaultLoginNotValid", 15, true, { [login]: "0x20" }],
  ["a login that is", "VaultLoginNotValid", 15, false, { [login]: "1x20" }],
  ["a binding whose login fails", "VaultBindingNotReady", 25, true, { [failed("login")]: "0+1x30" }],
  ["a binding whose set is not there", "VaultBindingNotReady", 25, true, { [failed("read")]: "0+1x30" }],
  ["one failure that is over", "VaultBindingNotReady", 25, false, { [failed("read")]: "0x8 1x30" }],
];

test("each alert has a case in which it fires, and one in which it does not", () => {
  for (const { alert } of rules)
    expect(
      [alert, ...new Set(CASES.filter(([, name]) => name === alert).map(([, , , fires]) => fires))].sort(),
    ).toEqual([alert, false, true].sort());
});

(hasPromtool ? describe : describe.skip)("alerts, by promtool", () => {
  const folder = mkdtempSync(join(tmpdir(), "alerts-"));
  const promtool = (command: "check" | "test", file: string) =>
    spawnSync("promtool", [command, "rules", join(folder, file)], { encoding: "utf8" });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("their expressions are Prometheus'", () => {
    writeFileSync(join(folder, "rules.json"), JSON.stringify({ groups: [{ name: "vault-tenancy", rules }] }));
    expect(promtool("check", "rules.json")).toMatchObject({ status: 0 });
  });

  test.each(CASES.map((each) => ({ what: each[0], alert: each[1], each })))("$alert: $what", ({ each }) => {
    const [, alert, at, fires, series] = each;
    const { labels, annotations } = rules.find((rule) => rule.alert === alert)!;
    const firing = `alertname="${alert}",alertstate="firing",severity="${labels.severity}"`;
    writeFileSync(join(folder, "rules.json"), JSON.stringify({ groups: [{ name: "vault-tenancy", rules }] }));
    const asked = {
      rule_files: ["rules.json"],
      evaluation_interval: "1m",
      tests: [
        {
          interval: "1m",
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          // How many fire is what counts, not by which labels: the count of those that do.
          promql_expr_test: [
            {
              expr: `count(ALERTS{${firing}}) or vector(0)`,
              eval_time: `${at}m`,
              exp_samples: [{ labels: "{}", value: fires ? 1 : 0 }],
            },
          ],
        },
      ],
    };
    writeFileSync(join(folder, "test.json"), JSON.stringify(asked));
    expect(annotations.summary).not.toBe("");
    expect(promtool("test", "test.json")).toMatchObject({ status: 0 });
  });
});
