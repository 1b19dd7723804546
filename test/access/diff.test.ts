import { changesBetween, check, COMMENT_LIMIT, diffComment, linesOf, type AccessChange } from "../../access";
import production from "../../config/production";
import sample from "../../config/sample";
import { JOBS_API_SERVER } from "../../model";
import { UNSAFE } from "../helpers/configs";
import { accessOf, at, productionStacks, rule, sampleStacks, stacksOf, type Stacks } from "./fixture";

const changed = (fresh: () => Stacks, change: (stacks: Stacks) => void): AccessChange[] => {
  const head = fresh();
  change(head);
  return changesBetween(accessOf(fresh()), accessOf(head));
};
const comment = (base: Stacks, head: Stacks): string => {
  const [before, after] = [accessOf(base), accessOf(head)];
  return diffComment(after.platform, changesBetween(before, after), check(before), check(after));
};
const words = ({ risk, who, set, escalation, gained, lost }: AccessChange) => [
  risk,
  who,
  set ? `${set.app} in ${set.environment}` : escalation?.name,
  gained.join(" "),
  lost.join(" "),
];
const policy = (stacks: Stacks, group: string, vault = "nonprod") =>
  at(stacks, `acme-access-${vault}`, `vault_policy.group_${group}_policy`);

describe("what changes between two syntheses", () => {
  test.each([
    ["the sample", sampleStacks],
    ["production", productionStacks],
  ])("nothing, when nothing does: %s", (_, stacks) => {
    expect(changesBetween(accessOf(stacks()), accessOf(stacks()))).toEqual([]);
    expect(comment(stacks(), stacks())).toMatch(/no change\n$/);
  });

  test("a person put into a group gains what the group reaches, by the group", () => {
    const changes = changed(productionStacks, (stacks) => {
      at(stacks, "acme-access-nonprod", "vault_identity_group.group_payments-custodians").member_entity_ids.push(
        "${vault_identity_entity.user_lucia--romero_entity.id}",
      );
    });
    expect(changes.map(words)).toEqual([
      ["high", "person lucia.romero", "payments in stg", "delete update read", ""],
      ["low", "person lucia.romero", "payments in dev", "see", ""],
      ["low", "person lucia.romero", "payments in qa", "see", ""],
    ]);
    expect(changes[0]?.by).toEqual(["vault_identity_group.group_payments-custodians in acme-access-nonprod"]);
  });

  test("a grant narrowed from write to read: what is lost is of no risk", () => {
    const changes = changed(productionStacks, (stacks) => {
      policy(stacks, "payments-developers").policy = rule("apps/data/acme/payments/payments-dev", "read");
    });
    expect(changes.filter(({ who }) => who === "person noah.lindqvist").map(words)).toEqual([
      ["none", "person noah.lindqvist", "payments in stg", "", "see"],
      ["none", "person noah.lindqvist", "payments in dev", "", "delete update"],
      ["none", "person noah.lindqvist", "payments in qa", "", "delete update read"],
    ]);
  });

  test("whom a stack trusts: what it was and what it becomes, in words of the argument", () => {
    const issuer = "vault_jwt_auth_backend.pipelines";
    const changes = changed(productionStacks, (stacks) => {
      at(stacks, "acme-access-prod", issuer).oidc_discovery_url = "https://token.evil.example";
    });
    const by = [`${issuer} in acme-access-prod`];
    expect(changes).toEqual([
      expect.objectContaining({ risk: "high", who: "auth mount jwt-ci", by, trust: expect.objectContaining({}) }),
      expect.objectContaining({ risk: "none", who: "auth mount jwt-ci", by }),
    ]);
    const [line] = linesOf(changes);
    expect(line).toMatchObject({
      gains: "`oidc_discovery_url https://token.evil.example`",
      what: "whom acme-access-prod trusts",
    });
  });

  test("where the jobs send their tokens for a cluster: no resource says it, and a change of it is said", () => {
    const changes = changed(productionStacks, (stacks) => {
      const { trust } = stacks["acme-operator-prod-eu"].locals.metadata;
      trust[JOBS_API_SERVER] = { ...trust[JOBS_API_SERVER], host: "https://api.evil.example" };
    });
    expect(changes.map(({ risk, who }) => [risk, who])).toEqual([
      ["high", JOBS_API_SERVER],
      ["none", JOBS_API_SERVER],
    ]);
    expect(linesOf(changes)[0]).toMatchObject({
      gains: "`host https://api.evil.example`",
      what: "whom acme-operator-prod-eu trusts",
    });
  });

  test("a new namespace is reached by the connection that is there already: nobody new is trusted", () => {
    const changes = changed(sampleStacks, (stacks) => {
      const { manifest } = at(stacks, "sample-local", "kubernetes_manifest.connection_sample");
      stacks["sample-local"].resource.kubernetes_manifest.connection_more = {
        manifest: { ...manifest, metadata: { ...manifest.metadata, namespace: "more" } },
      };
    });
    expect(changes.filter(({ trust }) => trust)).toEqual([]);
  });

  test("a privilege escalation comes first, and is said once, not for every set", () => {
    const changes = changed(productionStacks, (stacks) => {
      policy(stacks, "support-readers").policy += rule("sys/policies/acl/*", "update");
    });
    expect(changes.map(words)).toEqual([["critical", "person tomas.novak", "policies", "escalate", ""]]);
    expect(changes[0]?.by).toEqual(["vault_policy.group_support-readers_policy in acme-access-nonprod"]);
  });

  test("a shared set's new reader is high, wherever; a new shared set with its readers is not", () => {
    const { broker } = production.sharedSets!;
    const head = stacksOf({
      ...production,
      sharedSets: {
        broker: { ...broker!, readBy: [...broker!.readBy, "reporting"] },
        mail: { owner: "team-mail", keys: ["MAIL_PASSWORD"], readBy: ["reporting"], environments: ["dev"] },
      },
    });
    const changes = changesBetween(accessOf(productionStacks()), accessOf(head));
    const account = "reporting-vault-operator-sa";
    expect(changes.filter(({ who }) => who.startsWith("workload")).map(words)).toEqual([
      ["high", `workload prod-eu/reporting/${account}`, "broker in prod-eu", "read", ""],
      ["high", `workload nonprod/reporting-dev/${account}`, "broker in dev", "read", ""],
      ["low", `workload nonprod/reporting-dev/${account}`, "mail in dev", "read", ""],
    ]);
    expect(changes[0]?.by).toEqual(["vault_policy.tenant_reporting-prod-eu_workload_policy in acme-access-prod"]);
  });

  test("destroying is critical, wherever", () => {
    const changes = changed(productionStacks, (stacks) => {
      policy(stacks, "support-readers").policy += rule("apps/destroy/acme/payments/payments-dev", "update");
    });
    expect(changes.map(words)).toEqual([["critical", "person tomas.novak", "payments in dev", "destroy", ""]]);
  });

  test("a workload that gains what is not its own is high, that loses its own is medium", () => {
    const changes = changed(productionStacks, (stacks) => {
      at(
        stacks,
        "acme-access-nonprod",
        "vault_kubernetes_auth_backend_role.tenant_payments-dev_workload_role",
      ).token_policies = ["storefront-dev"];
    });
    expect(changes.map(words)).toEqual([
      ["high", "workload nonprod/payments-dev/payments-vault-operator-sa", "storefront in dev", "read", ""],
      ["medium", "workload nonprod/payments-dev/payments-vault-operator-sa", "payments in dev", "", "read"],
    ]);
  });

  test("protected comes before the rest, write before read", () => {
    const changes = changed(productionStacks, (stacks) => {
      policy(stacks, "support-readers").policy +=
        ["payments-dev", "payments-stg"].map((set) => rule(`apps/data/acme/payments/${set}`, "update")).join("") +
        rule("apps/data/acme/storefront/storefront-stg", "read");
    });
    expect(changes.map(words)).toEqual([
      ["high", "person tomas.novak", "payments in stg", "update", ""],
      ["high", "person tomas.novak", "storefront in stg", "read", ""],
      ["medium", "person tomas.novak", "payments in dev", "update", ""],
    ]);
  });

  test("an app that moves into another's namespace: its pods can read the Secret", () => {
    const changes = changed(productionStacks, (stacks) => {
      const account = at(stacks, "acme-prod-eu", "kubernetes_service_account_v1.reporting_binding_service-account");
      account.metadata.namespace = "payments";
    });
    expect(changes.map(words)).toContainEqual([
      "high",
      "pods of reporting in prod-eu/payments",
      "payments in prod-eu",
      "read",
      "",
    ]);
  });
});

describe("the comment", () => {
  test("opens with what matters: proofs that break, then the most severe change in words", () => {
    const head = productionStacks();
    policy(head, "support-readers").policy = rule("apps/data/acme/*", "read");
    const text = comment(productionStacks(), head);
    expect(text.split("\n\n")[0]).toBe("### Access to the secrets of `acme`: 1 gains, 0 lose; highest risk: high");
    expect(text.split("\n\n")[1]).toMatch(/^\*\*This breaks proofs:/);
    expect(text).toMatch(
      new RegExp(
        /- \*\*high\*\*: `person tomas\.novak` gains read: `broker, payments, storefront in stg \(protected\)`, /
          .source + /by `vault_policy\.group_support-readers_policy in acme-access-nonprod`/.source,
      ),
    );
    expect(text).toContain("| risk | who | gains | loses | secret sets | by |");
  });

  test("says findings that were there before only as a number", () => {
    const broken = () => {
      const stacks = productionStacks();
      policy(stacks, "support-readers").policy = rule("apps/data/acme/*", "read");
      return stacks;
    };
    const head = broken();
    policy(head, "payments-developers").policy += rule("apps/destroy/acme/payments/payments-dev", "update");
    const text = comment(broken(), head);
    expect(text).not.toContain("This breaks");
    expect(text).toMatch(/findings of the proofs were there before/);
  });

  describe("of 5 environments × 50 apps", () => {
    const names = Array.from({ length: 50 }, (_, i) => `app-${String(i).padStart(2, "0")}`);
    const apps = Object.fromEntries(
      names.map((name) => [name, { owner: `team-of-${name}`, keys: ["DB_USERNAME", "DB_PASSWORD"] }]),
    );
    const environments = Object.fromEntries(
      ["dev", "qa", "stg", "prod-eu", "prod-us"].map((name) => [
        name,
        { vault: "main", cluster: "local", namespace: `{app}-${name}`, protected: name.startsWith("prod") },
      ]),
    );
    const people = {
      groups: Object.fromEntries(
        names.flatMap((name) => [
          [`${name}-writers`, { grants: [{ access: "write", apps: [name], environments: Object.keys(environments) }] }],
          [`${name}-readers`, { grants: [{ access: "read", apps: [name] }] }],
        ]),
      ),
      users: Object.fromEntries(
        names.flatMap((name) =>
          ["a", "b", "c"].map((letter) => [
            `${letter}.of-${name}`,
            { groups: [letter === "a" ? `${name}-writers` : `${name}-readers`] },
          ]),
        ),
      ),
    };
    const vaults = { main: { ...sample.vaults.main, unsafeWithout: UNSAFE } };
    const large = { ...sample, vaults, apps, environments, people } as never;
    const one = { [names[0]!]: apps[names[0]!] };
    const small = { ...sample, vaults, apps: one, environments, people: undefined } as never;

    test.each([
      ["all of it new", small, large],
      ["all of it gone", large, small],
    ])("stays under 60 KB, whole sentences first: %s", (_, base, head) => {
      const text = comment(stacksOf(base), stacksOf(head));
      expect(Buffer.byteLength(text)).toBeLessThan(COMMENT_LIMIT);
      expect(text).toMatch(/^### Access to the secrets of `sample`: /);
      expect(text).toMatch(/<\/details>\n$/);
    });

    test("every person with a policy widened in a way of its own: cut where it is full, and counted", () => {
      const base = stacksOf(large);
      const head = stacksOf(large);
      for (const [i, name] of names.entries())
        for (const environment of Object.keys(environments))
          for (const [id, each] of Object.entries<{ policy: string }>(head["sample-access-main"].resource.vault_policy))
            if (id.startsWith("group_app-"))
              each.policy +=
                rule(`kvv2/destroy/sample/${name}/${name}-${environment}`, "update") +
                (id.includes(`app-${String((i * 7) % 50).padStart(2, "0")}`)
                  ? rule(`kvv2/data/sample/${name}/${name}-${environment}`, "delete")
                  : "");
      const text = comment(base, head);
      expect(Buffer.byteLength(text)).toBeLessThan(COMMENT_LIMIT);
      expect(text).toMatch(/highest risk: critical/);
    });
  });

  test("joins people who gain the same by the same", () => {
    const head = productionStacks();
    policy(head, "storefront-developers").policy += rule("apps/data/acme/payments/payments-dev", "read");
    const lines = linesOf(changesBetween(accessOf(productionStacks()), accessOf(head)));
    expect(lines).toEqual([
      expect.objectContaining({
        who: ["person jonas.weber", "person lucia.romero"],
        gains: "read",
        what: "payments in dev",
      }),
    ]);
  });
});
