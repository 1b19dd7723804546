import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { used } from "../../cli/access-used";
import { readVaultLogs } from "../../cli/access-used/vault-log";
import sample from "../../config/sample";
import { Duration, resolvePlatform } from "../../model";
import { captured } from "../cli/captured";
import { startSampleVault, type SampleVault } from "./sample-vault";
import { describeLive } from "./servers";

const set = (app: string, environment: string, prefix = "data") =>
  `kvv2/${prefix}/sample/sample-${app}-api/sample-${app}-api-${environment}`;

/** What a log says of everybody: `person mei: read dev, write dev`, sets by the last part of their path. */
async function told(platform: ReturnType<typeof resolvePlatform>, vault: string, files: readonly string[]) {
  const { everyone, damages } = await readVaultLogs(platform, vault, files, new Date());
  expect(damages).toEqual([]);
  return Object.fromEntries(
    everyone.flatMap(({ kind, name, byPath }) => {
      const uses = [...byPath].flatMap(([path, all]) =>
        [...all.keys()].map((use) => `${use} ${path === "" ? "elsewhere" : path.split("/").slice(-2).join("/")}`),
      );
      return uses.length === 0 ? [] : [[`${kind} ${name}`, uses.sort()]];
    }),
  );
}

describeLive(["vault"], "what was used, by two audit devices of a Vault", () => {
  let vault: SampleVault;
  let files: string[];
  const platform = resolvePlatform(sample);
  const as = (token: string) => (method: string, path: string, body?: unknown) =>
    vault.server.request(method, path, { token, body });

  beforeAll(async () => {
    vault = await startSampleVault();
    files = [await vault.server.enableAudit("one"), await vault.server.enableAudit("two")];
    const reader = as(await vault.login("sample-node-api-user"));
    const writer = as(await vault.login("sample-python-api-admin"));
    await reader("GET", set("node", "dev"));
    await reader("GET", set("node", "dev", "subkeys"));
    await reader("LIST", "kvv2/metadata/sample/sample-node-api/");
    await reader("GET", set("python", "dev")); // refused
    await reader("PATCH", set("node", "qa"), { data: { A: "1" } }); // refused
    await writer("PATCH", set("python", "qa"), { options: {}, data: { A: "1" } });
    await writer("GET", set("python", "stg"));
    await writer("DELETE", set("python", "stg"));
    await writer("GET", set("python", "stg")); // deleted: no values
    await writer("PUT", set("python", "stg", "undelete"), { versions: [1] });
    await writer("GET", "kvv2/data/sample/sample-python-api/none");
    // A token that a person made of the own one has neither user nor name.
    await vault.server.ok("PUT", "sys/policies/acl/child", {
      body: { policy: 'path "auth/token/create" { capabilities = ["update"] }' },
    });
    const { entity_id: entity } = (
      await vault.server.ok<{ data: { entity_id: string } }>("GET", "auth/token/lookup-self", {
        token: await vault.login("sample-admin"),
      })
    ).data;
    await vault.server.ok("POST", `identity/entity/id/${entity}`, { body: { policies: ["child"] } });
    const { auth } = await vault.server.ok<{ auth: { client_token: string } }>("POST", "auth/token/create", {
      token: await vault.login("sample-admin"),
      body: { display_name: "deploy" },
    });
    await as(auth.client_token)("GET", set("node", "prod"));
    await as(vault.server.rootToken)("GET", set("node", "local"));
    // A user of another mount, whose display name and user are somebody's.
    await vault.server.ok("POST", "sys/auth/userpass-sample", { body: { type: "userpass" } });
    await vault.server.ok("PUT", "sys/policies/acl/stranger", {
      body: { policy: 'path "kvv2/data/*" { capabilities = ["read"] }' },
    });
    await vault.server.ok("POST", "auth/userpass-sample/users/admin", {
      body: { password: "a-strange-password", token_policies: "stranger" },
    });
    const stranger = await vault.server.ok<{ auth: { client_token: string } }>(
      "POST",
      "auth/userpass-sample/login/admin",
      { token: "", body: { password: "a-strange-password" } },
    );
    await as(stranger.auth.client_token)("GET", set("python", "prod"));
  });

  const EXPECTED = {
    "person sample-node-api-user": [
      "ask sample-node-api/sample-node-api-dev",
      "read sample-node-api/sample-node-api-dev",
      "see sample-node-api/",
      "see sample-node-api/sample-node-api-dev",
    ],
    "person sample-python-api-admin": [
      "ask elsewhere",
      "ask sample-python-api/sample-python-api-stg",
      "delete sample-python-api/sample-python-api-stg",
      "read sample-python-api/sample-python-api-stg",
      "write sample-python-api/sample-python-api-qa",
      "write sample-python-api/sample-python-api-stg",
    ],
    "person sample-admin": ["ask sample-node-api/sample-node-api-prod", "read sample-node-api/sample-node-api-prod"],
    "other root": ["ask sample-node-api/sample-node-api-local", "read sample-node-api/sample-node-api-local"],
    "other userpass-sample-admin": [
      "ask sample-python-api/sample-python-api-prod",
      "read sample-python-api/sample-python-api-prod",
    ],
  };

  test("exactly what was done, by whom; of one device and of both", async () => {
    expect(await told(platform, "main", [files[0]!])).toEqual(EXPECTED);
    expect(await told(platform, "main", files)).toEqual(EXPECTED);
  });

  test("the same of files that were rotated, packed, and given in any order", async () => {
    const lines = readFileSync(files[0]!, "utf8").split(/(?<=\n)/);
    const part = (name: string, content: string | Buffer) => {
      const file = join(vault.server.folder, name);
      writeFileSync(file, content);
      return file;
    };
    const half = Math.floor(lines.length / 2);
    const parts = [
      part("a.log", lines.slice(half).join("")),
      part("a.log.1", gzipSync(lines.slice(0, half + 3).join(""))),
    ];
    expect(await told(platform, "main", parts)).toEqual(EXPECTED);
    expect(await told(platform, "main", [...parts].reverse())).toEqual(EXPECTED);
  });

  test("the command's suggestions are those, once the log is old enough", async () => {
    const run = (days: string, later: number) =>
      captured((output) =>
        used(
          Object.assign(output, {
            now: () => new Date(Date.now() + later),
            env: { PLATFORM: "config/sample.ts" },
          }),
          files,
          { days: Duration.parse(days)!, longestGap: Duration.of("1d"), format: "terminal" },
        ),
      );
    const young = await run("90d", 0);
    expect([young.code, young.out]).toEqual([
      1,
      expect.stringMatching(/not known, so nothing is suggested\n.*The log begins on/),
    ]);
    const { code, out } = await run("12h", 13 * 3_600_000);
    expect(code).toBe(3);
    expect(out).toContain("  userpass-sample-admin: sample/sample-python-api/sample-python-api-prod (ask ");
    expect(out.slice(out.indexOf("suggestions"))).toContain(
      'people.groups["sample-node-api-admin"].grants[0]: nobody used it in 12h: take it out?',
    );
  });

  test("breach begins with what was read", async () => {
    const { code, out } = await vault.ops(
      `breach --user sample-admin --audit-log ${files.join(" --audit-log ")}`,
      vault.server.rootToken,
    );
    expect(code).toBe(0);
    expect(/^### (.*)$/m.exec(out)![1]).toBe("sample-node-api in prod");
    expect(out).toMatch(/- \*\*values read\*\*: .* UTC, from `127\.0\.0\.1`/);
    expect(out.match(/values read/g)).toHaveLength(1);
  });
});
