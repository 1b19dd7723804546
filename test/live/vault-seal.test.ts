import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { reloadScript } from "../../constructs/vault-certificate-reload";
import { serverConfig } from "../../constructs/vault-server-config";
import type { SealConfig } from "../../model";
import { installation } from "../constructs/vault-helpers";
import {
  CertificateAuthority,
  describeLive,
  JsonHttp,
  pause,
  requireBinary,
  ServerProcess,
  startVault,
  temporaryFolder,
  type VaultServer,
} from "./servers";
import { withFreePorts } from "./servers/ports";
import { until } from "./until";

/** The one name that any certificate for the server must have; these certificates have no other, and no address. */
const NAME = "sample-vault.sample-vault.svc";

describeLive(["vault", "openssl"], "a renewed certificate", () => {
  test("is served once the watching program has told the server, and not before", async () => {
    const folder = temporaryFolder("reload");
    const authority = await CertificateAuthority.create(folder);
    const renew = async (name: string): Promise<string> => {
      const { certFile, keyFile } = await authority.issue(name, { commonName: name, names: [`DNS:${NAME}`] });
      copyFileSync(keyFile, join(folder, "served", "tls.key"));
      copyFileSync(certFile, join(folder, "served", "tls.crt"));
      return name;
    };
    mkdirSync(join(folder, "served"));
    mkdirSync(join(folder, "data"));
    await renew("first");
    await withFreePorts(2, async (ports) => {
      const text = serverConfig(installation({ tls: { secret: "server-tls" } }))
        .replaceAll("/vault/userconfig/server-tls/", `${folder}/served/`)
        .replace("/vault/data", join(folder, "data"))
        .replace("[::]:8200", `127.0.0.1:${ports[0]}`)
        .replace("[::]:8201", `127.0.0.1:${ports[1]}`);
      writeFileSync(join(folder, "server.hcl"), text);
      const server = new ServerProcess({
        name: "vault",
        command: requireBinary("vault"),
        args: ["server", `-config=${join(folder, "server.hcl")}`],
        folder,
      });
      const served = (): Promise<string> =>
        new Promise((resolve, reject) => {
          const socket = connect({ host: "127.0.0.1", port: ports[0]!, servername: NAME, ca: authority.cert }, () => {
            resolve(String(socket.getPeerCertificate().subject.CN));
            socket.end();
          }).once("error", reject);
        });
      await server.waitUntil(
        async () => (await served()) === "first" && server.logs().includes("Vault server started"),
      );

      await renew("second");
      await pause(500);
      expect(await served()).toBe("first");

      // Looks more often, and at this one server: in its pod it is the only one.
      const script = reloadScript(join(folder, "served", "tls.crt"))
        .replace(/sleep \d+/, "sleep 0.1")
        .replace("$(pidof vault)", String(server.pid));
      const watcher = new ServerProcess({
        name: "certificate-reload",
        command: "/bin/sh",
        args: ["-uc", script],
        folder,
      });
      await pause(300);
      expect(await served()).toBe("first");
      await renew("third");
      await until(async () => (await served()) === "third");
      expect(server.running).toBe(true);
      expect(watcher.logs()).toContain("certificate changed: told the server");
    });
  });
});

describeLive(["vault", "openssl"], "a server unsealed by another Vault", () => {
  let other: VaultServer;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    other = await startVault({ storage: "dev", tls: true });
    await other.ok("POST", "sys/mounts/transit", { body: { type: "transit" } });
    await other.ok("POST", "transit/keys/unseal", { body: {} });
    const { auth } = await other.ok<{ auth: { client_token: string } }>("POST", "auth/token/create", {
      body: { policies: ["root"], period: "1h" },
    });
    // The pod's environment: the chart says where this server is, and we which CA its certificate is from and whom it
    // is for. None of them is the other's.
    const own = await CertificateAuthority.create(temporaryFolder("own-ca"));
    env = {
      VAULT_TOKEN: auth.client_token,
      VAULT_ADDR: "http://127.0.0.1:8200",
      VAULT_CACERT: own.certFile,
      VAULT_TLS_SERVER_NAME: NAME,
    };
  });

  /** A standalone server with a transit seal, started: its log once it answers, or has ended. */
  async function started(ca: string | undefined): Promise<{ readonly log: string; readonly http: JsonHttp }> {
    const folder = temporaryFolder("transit");
    mkdirSync(join(folder, "data"));
    const seal: SealConfig = {
      type: "transit",
      address: other.address,
      keyName: "unseal",
      ca,
      credentials: { VAULT_TOKEN: { secret: "seal", key: "token" } },
    };
    return withFreePorts(2, async (ports) => {
      const text = serverConfig(installation({ seal }))
        .replace("/vault/userconfig/other-ca/ca.crt", other.caFile!)
        .replace("/vault/data", join(folder, "data"))
        .replace("[::]:8200", `127.0.0.1:${ports[0]}`)
        .replace("[::]:8201", `127.0.0.1:${ports[1]}`);
      writeFileSync(join(folder, "server.hcl"), text);
      const server = new ServerProcess({
        name: "vault",
        command: requireBinary("vault"),
        args: ["server", `-config=${join(folder, "server.hcl")}`],
        folder,
        env,
      });
      const http = new JsonHttp(`http://127.0.0.1:${ports[0]}`);
      await until(async () => !server.running || (await http.send("GET", "/v1/sys/seal-status")).status === 200);
      return { log: server.logs(), http };
    });
  }

  test("trusts the other's CA and unseals itself as it is initialised", async () => {
    const { http } = await started("other-ca");
    expect(
      (await http.send("PUT", "/v1/sys/init", { body: { recovery_shares: 1, recovery_threshold: 1 } })).status,
    ).toBe(200);
    await until(async () => !(await http.send<{ sealed: boolean }>("GET", "/v1/sys/seal-status")).body.sealed);
    expect((await http.send("GET", "/v1/sys/seal-status")).body).toMatchObject({ type: "transit", sealed: false });
  });

  test("would take its own CA for the other's if none were named: then the variable is left out", async () => {
    expect((await started(undefined)).log).toMatch(/certificate signed by unknown authority/);
  });
});
