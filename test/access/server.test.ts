import { changesBetween } from "../../access";
import { serverOf } from "../../model";
import { accessOf, at, productionStacks, rule, type Stacks, withServer } from "./fixture";

const SERVER = "acme-vault-nonprod";

/** The production example with one group's policy and its servers' image changed. */
function installed(image: object, policy?: string): Stacks {
  const stacks = withServer(productionStacks(), image);
  if (policy) at(stacks, "acme-access-nonprod", "vault_policy.group_support-readers_policy").policy = policy;
  return stacks;
}

const servers = (stacks: Stacks) => accessOf(stacks).vaults.map(({ name, server }) => `${name} ${server}`);

/** What another version makes of the same policy: who gains and loses what on which sets, by what. */
function upgrade(from: string, to: string, policy: string) {
  const [base, head] = [from, to].map((tag) => accessOf(installed({ tag }, policy)));
  return changesBetween(base!, head!).map(({ who, set, gained, lost, by }) =>
    [who, `${set?.app} in ${set?.environment}`, gained.join(" "), lost.join(" "), by.join()].join(" | "),
  );
}

describe("the server of a Vault", () => {
  test("is the one that its stack installs", () => {
    expect(servers(productionStacks())).toEqual([`nonprod ${serverOf()}`, `prod ${serverOf()}`]);
    expect(servers(installed({ tag: "2.1.0" }))).toContain("nonprod 2.1.0");
    expect(servers(installed({ repository: "openbao/openbao", tag: "2.6.2" }))).toContain("nonprod openbao-2.6.2");
  });

  test("is, where it exists already, the one that the config names, else the pinned one", () => {
    const existing = (server?: string) => {
      const { [SERVER]: _, ...stacks } = productionStacks();
      stacks["acme-access-nonprod"].locals.metadata.server = server;
      return servers(stacks);
    };
    expect(existing("openbao-2.6.2")).toContain("nonprod openbao-2.6.2");
    expect(existing()).toContain(`nonprod ${serverOf()}`);
  });

  test.each([
    ["an image of no version", (stacks: Stacks) => void Object.assign(stacks, installed({ tag: "latest" }))],
    [
      "values of another form",
      (stacks: Stacks) => void (at(stacks, SERVER, "helm_release.vault_release").values = ["server: {}"]),
    ],
  ])("is a finding where it cannot be told: %s", (_, change) => {
    const stacks = productionStacks();
    change(stacks);
    const { unsupported } = accessOf(stacks);
    expect(unsupported.map(({ where, why }) => `${where}: ${why}`)).toContainEqual(
      expect.stringMatching(/^helm_release\..+ in acme-vault-nonprod: its image is no exact version, so what policies/),
    );
    expect(servers(stacks)).toContain(`nonprod ${serverOf()}`);
  });
});

describe("another version of the server, and the same policies", () => {
  test("no difference where no policy denies", () => {
    const policy = rule("apps/data/acme/payments/*", "read");
    expect(upgrade("1.21.1", "2.2.2", policy)).toEqual([]);
  });

  test("since 2.0.3 a narrower deny keeps a list out: the cells that change are shown, by the version", () => {
    const policy = rule("apps/metadata/acme/*", "list") + rule("apps/metadata/acme/payments/*", "deny");
    expect(upgrade("2.0.2", "2.0.3", policy)).toEqual(
      ["stg", "dev", "qa"].map(
        (environment) => `person tomas.novak | payments in ${environment} |  | see | the version of Vault nonprod`,
      ),
    );
    expect(upgrade("2.0.3", "2.2.2", policy)).toEqual([]);
  });

  test("since 2.2.2 a deny in other case is one; back to 2.2.1 is a gain", () => {
    const policy = rule("apps/data/acme/payments/*", "read") + rule("apps/data/acme/payments/Payments-dev", "deny");
    const line = (gained: string, lost: string) =>
      `person tomas.novak | payments in dev | ${gained} | ${lost} | the version of Vault nonprod`;
    expect(upgrade("2.2.1", "2.2.2", policy)).toEqual([line("", "read")]);
    expect(upgrade("2.2.2", "2.2.1", policy)).toEqual([line("read", "")]);
  });
});
