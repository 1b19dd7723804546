import { AuditDevices, EnvSecretSet, KvMount } from "../../constructs";
import type { AuditConfig } from "../../model";
import { resources, synthConstructs, type Block } from "../helpers/synth";

const devices = (...given: AuditConfig[]) =>
  resources(
    synthConstructs((stack) => void new AuditDevices(stack, "audit", { devices: given })),
    "vault_audit",
  );

test.each<[AuditConfig, object]>([
  [
    { type: "file", path: "/vault/audit/audit.log" },
    { type: "file", path: "file-vault-audit-audit-log", options: { file_path: "/vault/audit/audit.log" } },
  ],
  [
    { type: "file", path: "stdout" },
    { type: "file", path: "file-stdout", options: { file_path: "stdout" } },
  ],
  [
    { type: "socket", address: "logs:9090" },
    { type: "socket", path: "socket-logs-9090", options: { address: "logs:9090", socket_type: "tcp" } },
  ],
  [
    { type: "socket", address: "logs:9090", socketType: "udp" },
    { type: "socket", path: "socket-logs-9090", options: { address: "logs:9090", socket_type: "udp" } },
  ],
  [{ type: "syslog" }, { type: "syslog", path: "syslog-vault", options: { tag: "vault" } }],
  [
    { type: "syslog", tag: "Secrets" },
    { type: "syslog", path: "syslog-secrets", options: { tag: "Secrets" } },
  ],
])("%j is one device under a path of its own", (device, made) => {
  expect(devices(device)).toEqual([made]);
});

test("two devices are two: one that cannot write does not stop Vault", () => {
  expect(
    devices({ type: "file", path: "/vault/audit/audit.log" }, { type: "file", path: "stdout" }).map(({ path }) => path),
  ).toEqual(["file-stdout", "file-vault-audit-audit-log"]);
});

test("no device writes values or tokens in the clear", () => {
  for (const device of devices(
    { type: "file", path: "stdout" },
    { type: "socket", address: "logs:9090" },
    { type: "syslog" },
  ))
    expect(device.options).not.toHaveProperty("log_raw");
});

test("a device's address does not change with its place in the list", () => {
  const [a, b]: AuditConfig[] = [{ type: "file", path: "stdout" }, { type: "syslog" }];
  const ids = (...given: AuditConfig[]) =>
    Object.keys(
      synthConstructs((stack) => void new AuditDevices(stack, "audit", { devices: given })).resource!.vault_audit!,
    ).sort();
  expect(ids(a!, b!)).toEqual(ids(b!, a!));
  expect(ids(a!, b!)).toEqual(expect.arrayContaining(ids(b!)));
});

test("devices are enabled one after the other, and before all else in a Vault that is told to wait", () => {
  const { resource = {} } = synthConstructs((stack) => {
    const devices = [
      { type: "file", path: "/vault/audit/audit.log" } as const,
      { type: "file", path: "stdout" } as const,
    ];
    new AuditDevices(stack, "audit", { devices }).goBefore(stack);
    const mount = new KvMount(stack, "kv", { path: "kv" });
    new EnvSecretSet(stack, "set", { mount, path: "shop/dev", keys: ["KEY"], owner: "team-shop" });
  });
  const { vault_audit, ...others } = resource;
  const [[first, { depends_on: before }], [second, { depends_on }]] = Object.entries(vault_audit!).sort(([, a]) =>
    a.depends_on ? 1 : -1,
  ) as [[string, Block], [string, Block]];
  expect([before, depends_on]).toEqual([undefined, [`vault_audit.${first}`]]);
  const all = Object.values(others).flatMap((byId) => Object.values(byId));
  expect(all.length).toBeGreaterThan(3);
  for (const each of all) expect(each.depends_on).toContain(`vault_audit.${second}`);
});
