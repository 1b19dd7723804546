import { select, selectKey, selectKeys, selectSet } from "../../../cli/ops/secrets/select";
import production from "../../../config/production";
import sample from "../../../config/sample";
import { resolvePlatform } from "../../../model";
import { ops } from "./run-ops";

const platform = resolvePlatform(sample);
const acme = resolvePlatform(production);
const tenant = platform.tenants[0]!;
const [username, password] = tenant.keys as [string, string];

describe("which sets are meant", () => {
  test("all of one Vault", () =>
    expect(select(platform, {})).toMatchObject({ vault: "main", tenants: { length: 10 } }));
  test("several Vaults need one named", () =>
    expect(() => select(acme, {})).toThrow(/--vault: given nothing.*accepted: nonprod, prod\./));
  test("an environment decides the Vault", () =>
    expect(select(acme, { environment: "prod-eu" })).toMatchObject({ vault: "prod", tenants: { length: 4 } }));
  test("a combination that there is not", () =>
    expect(() => select(acme, { app: "reporting", environment: "qa" })).toThrow(
      /a combination that no secret set has/,
    ));
  test("a shared set by its name, in an app's place", () => {
    expect(selectSet(acme, "broker", "stg").path.toString()).toBe("apps/acme/broker/broker-stg");
    expect(select(acme, { app: "broker", vault: "prod" }).tenants.map(({ name }) => name)).toEqual([
      "broker-prod-eu",
      "broker-prod-us",
    ]);
  });
  test("an app in an environment where it does not run", () =>
    expect(() => selectSet(acme, "reporting", "qa")).toThrow(/ENV: given "qa"; accepted: dev, prod-eu\./));
  test("a key that this environment has not", () =>
    expect(() => selectKey(selectSet(acme, "payments", "dev"), "WEBHOOK_SIGNING_KEY")).toThrow(
      /KEY: given "WEBHOOK_SIGNING_KEY"; accepted: DB_USERNAME, DB_PASSWORD, ACQUIRER_API_KEY\./,
    ));
  test("what is no key's name is not repeated", () =>
    expect(() => selectKey(tenant, "s3cr3t!")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("s3cr3t") }),
    ));
});

describe("several keys of a set", () => {
  test("are taken in the order given", () =>
    expect(selectKeys(tenant, [password, username])).toEqual([password, username]));
  test("are each given once", () =>
    expect(() => selectKeys(tenant, [username, username])).toThrow(/KEY: given .*; accepted: each key once\./));
  test("a word after the first that is none may be a value, and is not repeated", () =>
    expect(() => selectKeys(tenant, [username, "hunter2"])).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    ));
  test("standard input is the value of one", async () =>
    expect(await ops(`secrets set ${tenant.app} dev ${username} ${password} --stdin`, { stdin: "x" })).toMatchObject({
      code: 2,
      err: "--stdin: given with 2 keys; accepted: one key, whose value it is.",
    }));
});
