import { KvClient, SecretValue, VaultClient, VaultError } from "../../cli/vault";
import { Duration } from "../../model/duration";
import { KvPath } from "../../model/kv-path";
import { Canary, describeLive, startVault, type VaultServer } from "./servers";

const canary = new Canary();
const secrets = new KvPath("kvv2", "sample/app/app-dev");

function clientOf(vault: VaultServer, timeoutMs = 5000): VaultClient {
  return new VaultClient({
    address: vault.address,
    caFile: vault.caFile,
    timeoutMs,
    retry: { retries: 1, baseMs: 10 },
  });
}

async function failure(request: Promise<unknown>): Promise<VaultError> {
  const error: unknown = await request.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(VaultError);
  return error as VaultError;
}

describeLive(["vault"], "the client and a Vault in use", () => {
  let vault: VaultServer;
  let client: VaultClient;
  let kv: KvClient;
  beforeAll(async () => {
    vault = await startVault({ storage: "dev" });
    client = clientOf(vault);
    client.token = new SecretValue(vault.rootToken);
    kv = new KvClient(client);
    await client.write("sys/mounts/kvv2", { type: "kv-v2" });
  });
  afterAll(() => client.close());

  test("a secret set is created once, patched key by key, and never over somebody else's write", async () => {
    expect(await kv.subkeys(secrets)).toBeUndefined();
    const first = { options: { cas: 0 }, data: { A: "TBD" } };
    await client.write(secrets.data(), first);
    expect((await failure(client.write(secrets.data(), first))).kind).toBe("casMismatch");
    expect(await kv.patch(secrets, { B: new SecretValue(canary.value("B")) }, 1)).toBe(2);
    expect((await failure(kv.patch(secrets, { A: "late" }, 1))).kind).toBe("casMismatch");
    expect(await kv.subkeys(secrets)).toEqual({ keys: ["A", "B"], version: 2, deleted: false });
    expect(await client.read(secrets.data())).toMatchObject({ data: { A: "TBD" } });
    expect(await client.list(new KvPath("kvv2", "sample").metadata())).toEqual(["app/"]);
  });

  test("metadata says when each version came, and by whom where the server knows", async () => {
    const metadata = await kv.metadata(secrets);
    expect(metadata?.current_version).toBe(2);
    expect(metadata?.versions.map(({ version }) => version)).toEqual([1, 2]);
    expect(metadata?.versions[1]?.created_by).toMatchObject({ actor: "root", operation: "patch" });
  });

  test("a deleted version is told from one that never was, and a patch of what is not there fails", async () => {
    const other = secrets.child("deleted");
    await client.write(other.data(), { data: { A: "TBD" } });
    await client.delete(other.data());
    expect(await kv.subkeys(other)).toEqual({ keys: [], version: 1, deleted: true });
    expect((await failure(kv.patch(secrets.child("never"), { A: "x" }, 0))).kind).toBe("notFound");
    expect((await failure(kv.metadata(new KvPath("nothing", "x")))).nextStep).toContain("nothing is mounted there");
  });

  test("a wrapped password is unwrapped once", async () => {
    const password = canary.value("wrapped");
    const { token, ttl } = await client.wrap({ password: new SecretValue(password) }, Duration.of("1m"));
    expect(ttl).toBe(60);
    const nobody = new VaultClient({ address: vault.address });
    expect((await nobody.unwrap<{ password: string }>(token)).unsafeReveal()).toEqual({ password });
    expect((await failure(nobody.unwrap(token))).message).toContain("wrapping token is not valid or does not exist");
  });

  test("a token that is unknown, missing or without a right is told apart", async () => {
    const { auth } = await client.write("auth/token/create", { policies: ["default"] });
    const steps = await Promise.all(
      [new SecretValue("hvs.nonsense"), null, auth?.token].map(async (token) => {
        const error = await failure(client.read(secrets.data(), { token }));
        return `${error.kind}: ${error.nextStep}`;
      }),
    );
    expect(steps).toEqual([
      "forbidden: the token is not valid any more: log in again",
      "forbidden: no token was sent: log in, or set VAULT_TOKEN",
      `forbidden: use a token whose policies grant read on ${secrets.data()}; npm run access shows who has it`,
    ]);
  });

  test("a quota of Vault's is a rateLimited error", async () => {
    await client.write("sys/quotas/rate-limit/tight", { path: secrets.mount, rate: 1, interval: "60s" });
    const answers = await Promise.allSettled([1, 2, 3].map(() => kv.metadata(secrets)));
    await client.delete("sys/quotas/rate-limit/tight");
    const kinds = answers.flatMap((answer) =>
      answer.status === "rejected" ? [(answer.reason as VaultError).kind] : [],
    );
    expect(kinds).toEqual(["rateLimited", "rateLimited"]);
  });
});

describeLive(["vault", "openssl"], "the client and a Vault in trouble", () => {
  let vault: VaultServer;
  let client: VaultClient;
  beforeAll(async () => {
    vault = await startVault({ storage: "file", tls: true });
    client = clientOf(vault, 500);
  });
  afterAll(() => client.close());

  test("a new server is uninitialised and sealed; then initialised and sealed; then neither", async () => {
    expect(await client.sealStatus()).toMatchObject({ initialized: false, sealed: true });
    await vault.init(3, 2);
    client.token = new SecretValue(vault.rootToken);
    expect(await client.sealStatus()).toMatchObject({ type: "shamir", initialized: true, sealed: true, n: 3, t: 2 });
    await vault.unseal();
    expect(await client.sealStatus()).toMatchObject({ initialized: true, sealed: false });
  });

  test("a certificate that is not trusted names VAULT_CACERT", async () => {
    const error = await failure(new VaultClient({ address: vault.address, retry: { retries: 0 } }).sealStatus());
    expect(error.kind).toBe("unreachable");
    expect(error.nextStep).toContain("set VAULT_CACERT");
  });

  test("a certificate for another name says so", async () => {
    const options = { address: vault.address, caFile: vault.caFile, retry: { retries: 0 } };
    expect(
      (await failure(new VaultClient({ ...options, serverName: "vault.example.com" }).sealStatus())).nextStep,
    ).toContain("VAULT_TLS_SERVER_NAME");
    expect(await new VaultClient({ ...options, serverName: "localhost" }).sealStatus()).toMatchObject({
      sealed: false,
    });
  });

  test("plain HTTP to a TLS listener says which of the two to change", async () => {
    const plain = new VaultClient({ address: vault.address.replace("https:", "http:"), retry: { retries: 0 } });
    expect((await failure(plain.sealStatus())).nextStep).toContain("set VAULT_ADDR to https://");
  });

  test("a sealed Vault says how to unseal it, for a read and a write", async () => {
    await vault.seal();
    for (const request of [client.read("sys/mounts"), client.write("sys/mounts/x", { type: "kv-v2" })]) {
      const error = await failure(request);
      expect(error.kind).toBe("sealed");
      expect(error.message).toMatch(/HTTP 503\)\. Vault said: Vault is sealed\. Next: npm run ops -- unseal/);
    }
    await vault.unseal();
    await client.read("sys/mounts");
  });

  test("a paused Vault is a timeout in the time given, and answers again when it goes on", async () => {
    vault.pause();
    const started = Date.now();
    const error = await failure(client.read("sys/mounts"));
    vault.resume();
    expect(error.kind).toBe("timeout");
    expect(Date.now() - started).toBeLessThan(2000);
    await client.read("sys/mounts");
  });

  test("a stopped Vault is unreachable; started again it is sealed, then in order, on one client", async () => {
    await vault.kill9();
    expect((await failure(client.read("sys/mounts"))).kind).toBe("unreachable");
    await vault.start();
    expect((await failure(client.read("sys/mounts"))).kind).toBe("sealed");
    await vault.unseal();
    await client.read("sys/mounts");
  });
});
