import { enrol, withoutOldApp } from "../../../cli/ops/second-factor";
import { takeOver } from "../../../cli/ops/users/accept";
import { SecretValue, VaultError, type VaultClient } from "../../../cli/vault";
import { resolvePlatform } from "../../../model";
import { smallConfig } from "../../helpers/configs";
import { scriptedIo, type Script } from "../up/scripted-io";

const platform = resolvePlatform(smallConfig());
const vault = platform.vaults[0]!;
const TOKEN = new SecretValue("hvs.token");
const refused = (path: string) => {
  const request = { method: "POST", path, address: "http://vault", hadToken: false } as const;
  return new VaultError("forbidden", request, { status: 403, errors: ["login MFA validation failed"] });
};

describe("an invitation that is opened", () => {
  const ACCOUNT = "otpauth://totp/small-main:ann?digits=6&secret=ABCDEFGHIJ";
  const invitation = new SecretValue({ username: "ann", password: "given", account: ACCOUNT });
  const USED = /^the invitation is used up, .* of ann in Vault main is not known to be set: ask for another invitation/;

  /** Takes the invitation of a Vault that takes the code 7 alone. */
  function take(script: Script) {
    const io = scriptedIo(script);
    const sent: string[] = [];
    const write = async (path: string, body: { mfa_payload?: { m: [SecretValue] } }) => {
      sent.push(path);
      if (path.includes("/login/")) {
        const secondFactor = { request: "r", methods: ["m"] };
        return { auth: { token: new SecretValue(""), policies: [], secondFactor } };
      }
      if (body.mfa_payload && body.mfa_payload.m[0].unsafeReveal() !== "7") throw refused(path);
      return { data: null, auth: { token: TOKEN, policies: [] } };
    };
    const client = { write } as unknown as VaultClient;
    const taken = takeOver(io, { platform, vault, client }, invitation, new SecretValue("own"));
    return { io, sent, taken };
  }

  test("is tried again after three wrong codes, and works then", async () => {
    const codes = ["1", "2", "3", "7"];
    const { io, sent, taken } = take({ secret: () => codes.shift()! });
    await taken;
    expect(io.errLines).toContainEqual(expect.stringContaining("the code is not right, 3 times"));
    expect(io.questions).toContain("The invitation is opened and works here alone, until this ends. Try again?");
    expect(sent).toContain("auth/userpass/users/ann/password");
  });

  const left = () => {
    throw new Error("left by Ctrl-C");
  };
  test.each<[string, Script]>([
    ["a code that is never right, and no more tries", { secret: () => "1", confirm: () => false }],
    ["a prompt that is left", { secret: left, confirm: () => false }],
    ["a prompt that is left, and the next one, too", { secret: left, confirm: left }],
    ["an account that is not shown to the end", { shown: left, confirm: () => false }],
    ["no terminal", { terminal: false }],
  ])("is said to be used up after %s", (_, script) => expect(take(script).taken).rejects.toThrow(USED));
});

describe("a failure once the old authenticator app is destroyed", () => {
  const SAYS = "the old authenticator app of ann works no more: run this again now, while this login lasts";

  test("is said with what it means, where no new one can be made", async () => {
    const io = scriptedIo();
    const client = {
      list: async () => ["m"],
      readIfPresent: async () => ({ issuer: "small-main" }),
      write: async (path: string) => {
        if (path.endsWith("admin-generate")) throw refused(path);
      },
    } as unknown as VaultClient;
    await expect(enrol(io, client, platform, vault, { id: "e", name: "ann" })).rejects.toThrow(VaultError);
    expect(io.errLines).toEqual([SAYS]);
  });

  test("is said with what it means, whatever comes after", async () => {
    const io = scriptedIo();
    await expect(withoutOldApp(io, "ann", () => Promise.reject(new Error("sealed")))).rejects.toThrow("sealed");
    expect(io.errLines).toEqual([SAYS]);
    expect(await withoutOldApp(io, "ann", async () => 1)).toBe(1);
    expect(io.errLines).toHaveLength(1);
  });
});
