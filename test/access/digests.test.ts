import { createHash } from "node:crypto";
import { check } from "../../access";
import production from "../../config/production";
import { VERSIONS, type PlatformConfig } from "../../model";
import { synthPlatform } from "../helpers/synth";
import { accessOf, productionStacks, type Stacks } from "./fixture";

const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Production as it is with config/digests.json. */
const held = (name: string) => ({ digest: digestOf(name) });
const config: PlatformConfig = {
  ...production,
  vaults: Object.fromEntries(
    Object.entries(production.vaults).map(([name, vault]) => [
      name,
      { ...vault, image: held("vault"), chart: held("vault chart") },
    ]),
  ),
  clusters: Object.fromEntries(
    Object.entries(production.clusters).map(([name, cluster]) => [
      name,
      {
        ...cluster,
        operator: {
          ...cluster.operator,
          image: held("operator"),
          proxyImage: held("proxy"),
          chart: held("operator chart"),
        },
      },
    ]),
  ),
};

const stacks = (): Stacks => synthPlatform(config).stacks as Stacks;

const release = (stack: string) => {
  const [values] = Object.values(stacks()[stack].resource.helm_release) as [
    { chart: string; version?: string; repository?: string; values: [string] },
  ];
  return values;
};

test("a release takes its chart from the project, by the digest in its name, and asks no repository", () => {
  const { chart, version, repository } = release("acme-vault-prod");
  const hex = digestOf("vault chart").slice("sha256:".length);
  expect([chart, version, repository]).toEqual([
    `../../../charts/vault-${VERSIONS.charts.vault.version}.sha256-${hex}.tgz`,
    undefined,
    undefined,
  ]);
});

test("every image that runs has its digest behind its tag", () => {
  const [server] = release("acme-vault-prod").values;
  const { vault, operator, operatorProxy } = VERSIONS.images;
  expect(JSON.parse(server)).toMatchObject({
    server: {
      image: { repository: vault.repository, tag: `${vault.tag}@${digestOf("vault")}` },
      extraContainers: [{ image: `${vault.repository}:${vault.tag}@${digestOf("vault")}` }],
    },
  });
  expect(JSON.parse(release("acme-operator-prod-us").values[0])).toMatchObject({
    controller: {
      kubeRbacProxy: {
        image: { repository: operatorProxy.repository, tag: `${operatorProxy.tag}@${digestOf("proxy")}` },
      },
      manager: { image: { repository: operator.repository, tag: `${operator.tag}@${digestOf("operator")}` } },
    },
  });
});

describe("the proofs", () => {
  const failures = (change: (all: Stacks) => void = () => undefined) => {
    const all = stacks();
    change(all);
    return check(accessOf(all)).failures.map(({ says }) => says);
  };
  /** Changes what the values of a stack's release say. */
  const planted = (stack: string, from: string, to: string) =>
    failures((all) => {
      const [values] = Object.values(all[stack].resource.helm_release) as [{ values: [string] }];
      expect(values.values[0]).toContain(from);
      values.values = [values.values[0].replaceAll(from, to)];
    });

  test("hold", () => {
    expect(failures()).toEqual([]);
  });

  test.each([
    ["the server", "acme-vault-prod", digestOf("vault")],
    ["the operator", "acme-operator-prod-us", digestOf("operator")],
    ["the proxy", "acme-operator-prod-us", digestOf("proxy")],
    ["the proxy's repository", "acme-operator-prod-us", "quay.io/brancz/"],
  ])("do not hold with another image of %s", (_, stack, from) => {
    expect(planted(stack, from, from.startsWith("sha256") ? digestOf("another") : "evil.example/")).not.toEqual([]);
  });

  test.each([
    ["the operator", { manager: { image: { tag: "0.1.0" } } }],
    ["the proxy", { kubeRbacProxy: { image: { tag: "v0.1.0" } } }],
  ])("do not hold where the config leaves the image of %s to the chart, and the stack names a tag", (_, controller) => {
    const all = productionStacks();
    const [values] = Object.values(all["acme-operator-prod-us"].resource.helm_release) as [{ values: [string] }];
    const read = JSON.parse(values.values[0]) as { controller: { manager: object } };
    const manager = { ...read.controller.manager, ...("manager" in controller && controller.manager) };
    values.values = [JSON.stringify({ ...read, controller: { ...read.controller, ...controller, manager } })];
    expect(check(accessOf(all)).failures.map(({ proof }) => proof)).toEqual(["trust"]);
  });

  test("do not hold with another archive", () => {
    const chart = digestOf("operator chart").replace(":", "-");
    const said = failures((all) => {
      const [values] = Object.values(all["acme-operator-prod-us"].resource.helm_release) as [{ chart: string }];
      values.chart = values.chart.replace(chart, digestOf("another").replace(":", "-"));
    });
    expect(said).not.toEqual([]);
  });
});
