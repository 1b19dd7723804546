import production from "../../config/production";
import { CI, JOBS, smallConfig } from "../helpers/configs";
import { resources, resourcesById, synthPlatform, type Block, type StackJson } from "../helpers/synth";

describe("rights in a cluster", () => {
  const { stacks } = synthPlatform(production);
  const operator = stacks["acme-operator-nonprod"]!;
  type Rule = {
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
    readonly resource_names?: readonly string[];
  };
  const rules = (json: StackJson, name: string) =>
    resources(json, "kubernetes_cluster_role_v1")
      .filter(({ metadata }) => (metadata as Block).name === name)
      .flatMap(({ rule }) => (rule ?? []) as readonly Rule[]);

  test("where the operator makes the Secrets, no job reads any", () => {
    for (const json of Object.values(stacks))
      for (const { rule } of resources(json, "kubernetes_cluster_role_v1"))
        expect((rule as readonly Rule[]).filter(({ resources: [what] }) => what === "secrets" || what === "*")).toEqual(
          [],
        );
  });

  test("where Terraform makes them, a plan reads the named ones and nothing else", () => {
    const config = smallConfig({
      ...CI,
      clusters: { local: { context: "local", pipelines: JOBS } },
    });
    const { "small-operator-local": json } = synthPlatform(config).stacks;
    const secrets = (name: string) => rules(json!, name).filter(({ resources: [what] }) => what === "secrets");
    expect(secrets("plan-small-dev")).toEqual([
      { api_groups: [""], resources: ["secrets"], resource_names: ["shop-dev-secrets"], verbs: ["get"] },
    ]);
    expect(secrets("apply-small-dev").map(({ verbs, resource_names }) => [verbs.join(), resource_names])).toEqual([
      ["create", undefined],
      ["delete,get,patch", ["shop-dev-secrets"]],
    ]);
  });

  test("a plan's verbs only look", () => {
    for (const json of Object.values(stacks))
      for (const { metadata, rule } of resources(json, "kubernetes_cluster_role_v1"))
        if (String((metadata as Block).name).startsWith("plan-"))
          expect(
            (rule as readonly Rule[]).flatMap(({ verbs }) => verbs).filter((verb) => !["get", "list"].includes(verb)),
          ).toEqual([]);
  });

  test("are the user's that the API server makes of the job's subject, in the namespaces of its stack", () => {
    const bindings = resources(operator, "kubernetes_role_binding_v1").filter(
      ({ role_ref }) => (role_ref as Block).name === "apply-acme-dev",
    );
    expect(bindings.map(({ metadata }) => (metadata as Block).namespace).sort()).toEqual([
      "payments-dev",
      "reporting-dev",
      "storefront-dev",
    ]);
    for (const { subject } of bindings)
      expect(subject).toEqual([
        {
          kind: "User",
          name: "ci:repo:acme/vault-tenancy:environment:apply-acme-dev",
          api_group: "rbac.authorization.k8s.io",
        },
      ]);
  });

  test("of a plan are the watch's too: one role, two users; there is no role that is called after a watch", () => {
    for (const json of Object.values(stacks)) {
      const bindings = [
        ...resources(json, "kubernetes_role_binding_v1"),
        ...resources(json, "kubernetes_cluster_role_binding_v1"),
      ].filter(({ role_ref }) => String((role_ref as Block).name).startsWith("plan-"));
      for (const { role_ref, subject } of bindings) {
        const stack = String((role_ref as Block).name).replace(/^plan-|-everywhere$/g, "");
        expect((subject as Block[]).map(({ name }) => name)).toEqual(
          ["plan", "watch"].map((purpose) => `ci:repo:acme/vault-tenancy:environment:${purpose}-${stack}`),
        );
      }
      expect(JSON.stringify(resources(json, "kubernetes_cluster_role_v1"))).not.toContain("watch-");
    }
    expect(
      resources(operator, "kubernetes_role_binding_v1").filter(
        ({ role_ref }) => (role_ref as Block).name === "plan-acme-dev",
      ),
    ).toHaveLength(3);
  });

  test("a server and an operator are applied by nobody's job: it would need the whole cluster", () => {
    const names = Object.values(stacks).flatMap((json) =>
      resources(json, "kubernetes_cluster_role_v1").map(({ metadata }) => String((metadata as Block).name)),
    );
    expect(names.filter((name) => /^apply-acme-(vault|operator)/.test(name))).toEqual([]);
    expect(names).toContain("plan-acme-vault-nonprod");
  });

  test("the operator's stack makes the namespaces; an environment that made one forgets it, undestroyed", () => {
    expect(Object.keys(resourcesById(operator, "kubernetes_namespace_v1"))).toEqual(
      expect.arrayContaining(["operator_namespace", "namespace_storefront-dev"]),
    );
    expect(resources(stacks["acme-dev"]!, "kubernetes_namespace_v1")).toEqual([]);
    expect(stacks["acme-dev"]!.removed).toContainEqual({
      from: "kubernetes_namespace_v1.namespace_storefront-dev",
      lifecycle: { destroy: false },
    });
  });
});
