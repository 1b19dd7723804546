import { asksForToken, decodeToken, generateRoot } from "../../../cli/ops/root-token/generate-root";
import { Shares } from "../../../cli/ops/unseal/shares";
import { SecretValue, VaultClient } from "../../../cli/vault";
import { scriptedIo } from "../up/scripted-io";
import { StubServer } from "../vault/stub-server";

describe("a root token from shares", () => {
  test("is decoded with the one-time password", () => {
    const otp = "Zk3vQ9";
    const encoded = Buffer.from(Buffer.from("hvs.ab").map((byte, index) => byte ^ otp.charCodeAt(index)))
      .toString("base64")
      .replace(/=+$/, "");
    expect(decodeToken(new SecretValue(encoded), otp).unsafeReveal()).toBe("hvs.ab");
  });

  test.each([
    ["1.21.1", false],
    ["2.0.4", true],
    ["10.0.0", true],
  ])("Vault %s asks for a token: %p", (version, asks) => expect(asksForToken(version)).toBe(asks));

  test("where Vault 2 asks for a token and there is none, the way out is said; with one, it is sent", async () => {
    const stub = await new StubServer().start();
    const sealStatus = { status: 200, json: { type: "shamir", sealed: false } };
    stub.answer(sealStatus, { status: 403, json: { errors: ["permission denied"] } });
    const client = new VaultClient({ address: stub.address });
    const io = scriptedIo({ secret: () => "A".repeat(43) + "=" });
    await expect(generateRoot(io, client, new Shares(io))).rejects.toThrow(
      'enable_unauthenticated_access = ["generate-root"]',
    );
    expect(stub.requests.every(({ headers }) => headers["x-vault-token"] === undefined)).toBe(true);

    const attempt = { started: false, nonce: "n", progress: 0, required: 1, complete: false };
    const encoded_token = Buffer.from([..."hvs.ab"].map((letter) => letter.charCodeAt(0) ^ "1".charCodeAt(0))).toString(
      "base64",
    );
    stub.answer(
      sealStatus,
      { status: 200, json: attempt },
      { status: 200, json: { ...attempt, started: true, otp: "111111" } },
      { status: 200, json: { ...attempt, progress: 1, complete: true, encoded_token } },
    );
    client.token = new SecretValue("hvs.of-a-person");
    expect((await generateRoot(io, client, new Shares(io))).unsafeReveal()).toBe("hvs.ab");
    expect(stub.requests.slice(-3).map(({ headers }) => headers["x-vault-token"])).toEqual(
      Array(3).fill("hvs.of-a-person"),
    );
    client.close();
    await stub.stop();
  });
});
