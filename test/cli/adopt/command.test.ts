import { runAdopt } from "../../../cli/adopt";
import { entityProblem, holdersOf } from "../../../cli/adopt/holders";
import { localMounts } from "../../../cli/adopt/left";
import { choosePlatform, placeOf } from "../../../cli/adopt/places";
import { changedSettings } from "../../../cli/adopt/settings";
import { Acl, readPolicy } from "../../../policies/evaluate";
import { scriptedIo } from "../up/scripted-io";
import { foundOf } from "./found-of";

async function run(...words: string[]) {
  const io = scriptedIo({ terminal: false });
  await runAdopt(words, io);
  return { code: io.code ?? 0, out: io.outLines.join("\n"), err: io.errLines.join("\n") };
}

describe("adopt", () => {
  test("asks for the Vault's address", async () => {
    expect(await run("--out", "nowhere.ts")).toEqual({
      code: 2,
      out: "",
      err: "--vault: given nothing, nor VAULT_ADDR; accepted: a URL such as https://vault.example.com:8200.",
    });
  });

  test("writes over no file, and asks no Vault then", async () => {
    const { code, err } = await run("--vault", "http://127.0.0.1:1", "--out", "package.json");
    expect([code, err]).toEqual([
      2,
      '--out: given "package.json", which is there; accepted: a file that is not. Nothing was read.',
    ]);
  });

  test("shows a policy that reads names, and no value", async () => {
    const { code, out } = await run("--policy", "--mount", "secret");
    expect(code).toBe(0);
    const acl = Acl.of([{ name: "reader", policy: readPolicy(out) }]);
    const SET = "shop/web/web-dev";
    expect(acl.allows("list", "secret/metadata/shop").allowed).toBe(true);
    expect(acl.allows("read", `secret/subkeys/${SET}`).allowed).toBe(true);
    for (const operation of ["read", "create", "update", "patch", "delete", "list"] as const)
      expect([operation, acl.allows(operation, `secret/data/${SET}`).allowed]).toEqual([operation, false]);
    for (const operation of ["create", "update", "delete"] as const)
      for (const path of [`secret/metadata/${SET}`, "sys/policies/acl/x", "auth/userpass/users/x", "identity/group"])
        expect([path, acl.allows(operation, path).allowed]).toEqual([path, false]);
  });
});

describe("a secret's place", () => {
  test.each([
    ["shop/web/web-dev", "web dev"],
    ["shop/web/web-dev-eu", "web dev-eu"],
    ["shop/web-api/web-api-dev", "web-api dev"],
    ["shop/web/dev", undefined],
    ["shop/web/web-", undefined],
    ["shop/web/web-Dev", undefined],
    ["shop/web/web-dev/deeper", undefined],
    ["Shop/web/web-dev", undefined],
    ["shop/my web/my web-dev", undefined],
    ["shop/web/web-vault", undefined],
    ["web-dev", undefined],
  ])("%s is %s", (path, place) => {
    const found = placeOf("kvv2", path);
    expect(found && `${found.app} ${found.environment}`).toBe(place);
  });

  const mount = (path: string, ...secrets: string[]) => ({ path, version: 2, secrets });

  test("is in the folder that has the most", () => {
    const mounts = [mount("a", "shop/web/web-dev"), mount("b", "shop/web/web-dev", "shop/web/web-qa", "x/y/y-dev")];
    expect(choosePlatform(mounts)).toMatchObject({ mount: "b", platform: "shop" });
    expect(choosePlatform(mounts, undefined, "x")).toMatchObject({ mount: "b", platform: "x" });
  });

  test("is asked for where two have as many, and where there is none", () => {
    const mounts = [mount("a", "shop/web/web-dev"), mount("b", "shop/web/web-dev")];
    expect(() => choosePlatform(mounts)).toThrow(
      "--name, --mount: given nothing that decides; accepted: one of a/shop (1 secret), b/shop (1 secret).",
    );
    expect(() => choosePlatform(mounts, "c")).toThrow('--mount: given "c"; accepted: a kv-v2 mount');
    expect(() => choosePlatform([mount("a", "web")])).toThrow("there is no secret at a path that this product has");
  });
});

test("what is local is named: Terraform would replace it", () => {
  const mount = (path: string, local: boolean) => ({ type: "vault_mount", values: { path, local } });
  const auth = (path: string, local: boolean) => ({ type: "vault_auth_backend", values: { path, local } });
  const named = (...objects: Parameters<typeof foundOf>[0]["objects"] & object) =>
    localMounts(foundOf({ objects }), "kvv2");
  expect(named(mount("kvv2", true), auth("userpass", true))).toEqual(["kv mount kvv2", "auth method userpass"]);
  expect(named(mount("kvv2", false), auth("userpass", false), mount("other", true), auth("ldap", true))).toEqual([]);
});

test("who logs in elsewhere, too, is left: what the other login gives is not known", () => {
  const objects = [{ type: "vault_userpass_auth_backend_user", values: { mount: "userpass", username: "ada" } }];
  const problem = (...more: object[]) => {
    const aliases = [{ id: "1", mount_path: "auth/userpass/", name: "ada" }, ...more];
    const found = foundOf({ objects, entities: [{ id: "e", name: "ada", aliases }] as never });
    return entityProblem(found, holdersOf(found)[0]!);
  };
  expect(problem()).toBeUndefined();
  expect(problem({ id: "2", mount_path: "auth/ldap/", name: "ada" })).toBe(
    "it also logs in at ldap, whose rights cannot be judged",
  );
});

test("a login that becomes listed is told", () => {
  const changed = (tune: { listing_visibility?: string }) =>
    changedSettings(
      foundOf({ objects: [{ type: "vault_auth_backend", values: { path: "userpass", tune } }] }),
      "kvv2",
    ).map(({ what }) => what);
  expect(changed({ listing_visibility: "unauth" })).toEqual([]);
  expect(changed({})).toEqual(["listing_visibility of auth method userpass (hidden)"]);
});
