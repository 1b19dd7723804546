import { enrol, passSecondFactor, showAccount } from "../../../cli/ops/second-factor";
import { SecretValue, VaultError, type VaultClient } from "../../../cli/vault";
import { resolvePlatform } from "../../../model";
import { smallConfig } from "../../helpers/configs";
import { scriptedIo } from "../up/scripted-io";

const TOKEN = new SecretValue("hvs.token");
const WANTED = { token: new SecretValue(""), policies: [], secondFactor: { request: "r", methods: ["m"] } };

/** A Vault that takes one code, and says this of any other. */
function vault(code: string, says = "login MFA validation failed for methodID: [m]") {
  const sent: unknown[] = [];
  const write = async (path: string, body: unknown) => {
    sent.push([path, JSON.parse(JSON.stringify(body, (_, each: unknown) => each))]);
    const { mfa_payload: given } = body as { mfa_payload: { m: [SecretValue] } };
    if (given.m[0].unsafeReveal() === code) return { data: null, auth: { token: TOKEN, policies: ["p"] } };
    const request = { method: "POST", path, address: "http://vault", hadToken: false };
    throw new VaultError("forbidden", request, { status: 403, errors: [says] });
  };
  return { client: { write } as unknown as VaultClient, sent };
}

const codes = (...given: string[]) => scriptedIo({ secret: () => given.shift()! });

describe("a login that asks for a second factor", () => {
  it("is as it is where none is asked for", async () => {
    const auth = { token: TOKEN, policies: ["p"] };
    expect(await passSecondFactor(scriptedIo(), vault("1").client, "ann", auth)).toEqual(auth);
  });

  it("takes the code by a hidden prompt, spaces around it or not, and sends it in no text", async () => {
    const { client, sent } = vault("123456");
    const io = codes(" 123456 ");
    expect((await passSecondFactor(io, client, "ann", WANTED)).token).toBe(TOKEN);
    expect(io.questions).toEqual(["Code of ann's authenticator app"]);
    expect(sent).toEqual([["sys/mfa/validate", { mfa_request_id: "r", mfa_payload: { m: ["[secret]"] } }]]);
  });

  it("asks three times", async () => {
    const io = codes("1", "2", "3");
    await expect(passSecondFactor(io, vault("4").client, "ann", WANTED)).rejects.toThrow(
      "ann: the code is not right, 3 times. See that the clock of the device is right, and log in again.",
    );
    expect(io.errLines).toHaveLength(2);
  });

  it("says whom to ask who is not enrolled, at once", async () => {
    const says = 'MFA secret for method "m" not present in entity "e"';
    await expect(passSecondFactor(codes("1"), vault("4", says).client, "ann", WANTED)).rejects.toThrow(
      "ann has no authenticator app in this Vault, which asks for a code: whoever is in platform-admin invites you " +
        "again (npm run ops -- users invite ann), and you accept that.",
    );
  });

  it("needs a terminal", async () => {
    await expect(passSecondFactor(scriptedIo({ terminal: false }), vault("1").client, "ann", WANTED)).rejects.toThrow(
      /no terminal to ask/,
    );
  });
});

describe("an account for an authenticator app", () => {
  it("is shown once, with its name and key, and never in a line of the output", async () => {
    let shown: readonly string[] = [];
    const io = scriptedIo({ shown: (lines) => void (shown = lines) });
    await showAccount(io, new SecretValue("otpauth://totp/small-main:ann?digits=6&secret=ABCDEFGHIJ"));
    expect(shown.join("\n")).toContain("account  small-main:ann\n  key      ABCD EFGH IJ");
    expect([...io.outLines, ...io.errLines]).toEqual([]);
  });

  it("is not made where the Vault has no second factor yet", async () => {
    const client = { list: async () => [] } as unknown as VaultClient;
    const platform = resolvePlatform(smallConfig());
    await expect(enrol(scriptedIo(), client, platform, platform.vaults[0]!, { id: "e", name: "ann" })).rejects.toThrow(
      "Vault main has no second factor small-main yet: apply the stack small-access-main " +
        "(npm run deploy -- small-access-main), then run this again.",
    );
  });

  it("is not made where several could be the one that logins ask for", async () => {
    const client = { list: async () => ["m-1", "m-2"], readIfPresent: async () => ({ issuer: "small-main" }) };
    const platform = resolvePlatform(smallConfig());
    const made = enrol(scriptedIo(), client as unknown as VaultClient, platform, platform.vaults[0]!, {
      id: "e",
      name: "ann",
    });
    await expect(made).rejects.toThrow(/^Vault main has several second factors small-main: m-1, m-2\. .*did not make/);
  });
});
