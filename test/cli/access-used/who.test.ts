import { everybody, pathsOf } from "../../../cli/access-used/who";
import { Facts } from "../../../cli/audit-log/facts";
import type { Actor } from "../../../cli/audit-log/entry";
import production from "../../../config/production";
import { OIDC_MOUNT, OIDC_ROLE, resolvePlatform, type Platform } from "../../../model";
import { withOidc } from "../../helpers/oidc-config";

const platform = resolvePlatform(production);
const tenant = platform.tenants.find(({ name }) => name === "storefront-prod-eu")!;
const { set } = pathsOf(tenant.path);

const names = (...actors: Actor[]) => namesOf(platform, ...actors);

function namesOf(of: Platform, ...actors: Actor[]): string[] {
  const facts = new Facts();
  actors.forEach((actor, i) =>
    facts.add({ time: Date.UTC(2026, 5, 1) + i, actor, used: { use: "read", path: set, address: "" } }, new Set([set])),
  );
  return everybody(facts, of, "prod").map(({ kind, name }) => `${kind} ${name}`);
}

const mei: Actor = { entity: "e-mei", display: "userpass-mei.tanaka", login: "mei.tanaka" };

describe("whom a log names", () => {
  test.each<[string, Actor, string]>([
    ["a user", mei, "person mei.tanaka"],
    ["one who has left the config", { entity: "e", display: "userpass-gone", login: "gone" }, "person gone"],
    [
      "a service account by kubernetes",
      { entity: "e", display: "kubernetes-storefront-storefront-vault-operator-sa", login: "storefront-prod-eu" },
      "workload storefront/prod-eu",
    ],
    [
      "a service account by its issuer's keys",
      {
        entity: "e",
        display: "kubernetes-prod-us-system:serviceaccount:storefront:storefront-vault-operator-sa",
        login: "storefront-prod-us",
      },
      "workload storefront/prod-us",
    ],
    ["a root token", { entity: "", display: "root", login: "" }, "other root"],
  ])("%s", (_, actor, name) => expect(names(actor)).toEqual([name]));

  test("whom an identity provider knows, where the Vault has such a login: never a user of the same name", () => {
    const actor = { entity: "e", display: `${OIDC_MOUNT}-mei.tanaka`, login: OIDC_ROLE };
    const child = { entity: "e", display: "token", login: "" };
    expect(names(actor)).toEqual([`other ${actor.display} (${OIDC_ROLE})`]);
    expect(namesOf(resolvePlatform(withOidc), actor, child)).toEqual(["external mei.tanaka"]);
    expect(namesOf(resolvePlatform(withOidc), { ...actor, login: "another" })).toEqual([
      `other ${actor.display} (another)`,
    ]);
  });

  test("a pipeline, by its role and the subject of its token", () => {
    const identity = platform.pipelines!.identities.find(({ vault }) => vault === "prod")!;
    const actor = { entity: "e", display: `jwt-ci-${identity.subject}`, login: identity.name };
    expect(names(actor)).toEqual([`pipeline ${identity.name}`]);
    expect(names({ ...actor, display: `${actor.display}x` })).toEqual([`other ${actor.display}x (${identity.name})`]);
  });

  test.each<[string, Actor, string]>([
    [
      "user tanaka at userpass-mei",
      { ...mei, display: "userpass-mei-tanaka", login: "tanaka" },
      "other userpass-mei-tanaka",
    ],
    ["user mei.tanaka elsewhere", { ...mei, display: "ldap-mei.tanaka" }, "other ldap-mei.tanaka"],
    [
      "a token that says so",
      { entity: "", display: "token-mei-tanaka", login: "mei.tanaka" },
      "other token-mei-tanaka (mei.tanaka)",
    ],
    [
      "another's role",
      { ...mei, display: "kubernetes-storefront-other-sa", login: "storefront-prod-eu" },
      "other kubernetes-storefront-other-sa (storefront-prod-eu)",
    ],
    [
      "a user called as an object's own",
      { entity: "e", display: "userpass-__proto__", login: "__proto__" },
      "person __proto__",
    ],
  ])("not mistaken: %s", (_, actor, name) => expect(names({ ...actor, entity: "e-other" })).toEqual([name]));

  test("a token that a person made of the own one, and another login of the same entity, are the person's", () =>
    expect(
      names({ entity: "e-mei", display: "token-ci", login: "" }, mei, {
        entity: "e-mei",
        display: "oidc-mei",
        login: "dev",
      }),
    ).toEqual(["person mei.tanaka"]));

  test("an entity of two people is nobody's", () =>
    expect(
      names(
        mei,
        { entity: "e-mei", display: "userpass-gone", login: "gone" },
        { entity: "e-mei", display: "token", login: "" },
      ),
    ).toEqual(["other token of entity e-mei", "person gone", "person mei.tanaka"]));
});
