import production from "../../config/production";
import type { PlatformConfig } from "../../model";
import { acceptedIn, type AdmissionPolicy } from "../helpers/admission";
import { CI, CONFIGS, JOBS, smallConfig } from "../helpers/configs";
import { objects, resources, resourcesById, synthPlatform, type Block, type StackJson } from "../helpers/synth";

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Block;
}

const manifests = (json: StackJson, kind: string) =>
  (objects(json) as unknown as Manifest[]).filter((each) => each.kind === kind);

/** The namespaces that a stack's policy holds, by the name of the binding. */
function held(json: StackJson): { readonly [binding: string]: readonly string[] } {
  type Selector = { namespaceSelector: { matchExpressions: [{ values: readonly string[] }] } };
  return Object.fromEntries(
    manifests(json, "ValidatingAdmissionPolicyBinding").map(({ metadata, spec }) => [
      metadata.name,
      (spec.matchResources as Selector).namespaceSelector.matchExpressions[0].values,
    ]),
  );
}

const accepted = (json: StackJson) =>
  Object.fromEntries(
    manifests(json, "ValidatingAdmissionPolicy").map((policy) => [
      policy.metadata.name,
      Object.keys(acceptedIn(policy as unknown as AdmissionPolicy)),
    ]),
  );

const small = (changes: Partial<PlatformConfig>) => synthPlatform(smallConfig(changes)).stacks["small-operator-local"]!;

/** The paths of all that a spec says, but for what is `false`. */
function paths(value: unknown, at: readonly string[] = []): string[] {
  if (value === false) return [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [at.join(".")];
  return Object.entries(value).flatMap(([name, each]) => paths(each, [...at, name]));
}

describe.each(Object.entries(CONFIGS))("of config/%s.ts", (_, config) => {
  const { stacks } = synthPlatform(config);
  const operators = Object.entries(stacks).filter(([name]) => name.includes("-operator-"));

  test("every object that an environment makes is accepted, by its kind and name, and nothing else", () => {
    const made = Object.entries(stacks).flatMap(([stack, json]) =>
      objects(json).flatMap((object) => {
        const { apiVersion, kind, metadata } = object as Block & { metadata: { namespace: string; name: string } };
        return String(apiVersion).startsWith("secrets.hashicorp.com/")
          ? `${stack} ${metadata.namespace}.${String(kind)}.${metadata.name}`
          : [];
      }),
    );
    const said = operators.flatMap(([, json]) =>
      Object.entries(accepted(json)).flatMap(([stack, keys]) => keys.map((key) => `${stack} ${key}`)),
    );
    expect(said.sort()).toEqual(made.sort());
    expect(made.length).toBeGreaterThan(0);
  });

  test("every field that an environment writes is one that the policy knows", () => {
    const [, operator] = operators[0]!;
    const validations = manifests(operator, "ValidatingAdmissionPolicy")[0]!.spec.validations as Block[];
    const known = String(validations.at(-1)!.messageExpression);
    const written = Object.values(stacks).flatMap((json) =>
      ["VaultConnection", "VaultAuth", "VaultStaticSecret"].flatMap((kind) =>
        manifests(json, kind).flatMap(({ spec }) => paths(spec)),
      ),
    );
    const fields = new Set(known.match(/[A-Za-z./-]+/g));
    expect([...new Set(written)].filter((path) => !fields.has(path))).toEqual([]);
  });
});

test("the policy holds wherever an environment's job may write", () => {
  const { stacks } = synthPlatform(production);
  for (const json of Object.values(stacks)) {
    const written: { [stack: string]: string[] } = {};
    for (const { metadata } of resources(json, "kubernetes_role_binding_v1")) {
      const { name, namespace } = metadata as { readonly name: string; readonly namespace: string };
      if (name.startsWith("apply-")) (written[name.replace("apply-", "")] ??= []).push(namespace);
    }
    for (const [stack, namespaces] of Object.entries(written)) expect(held(json)[stack]).toEqual(namespaces.sort());
  }
  expect(held(stacks["acme-operator-nonprod"]!)["acme-dev"]).toEqual([
    "payments-dev",
    "reporting-dev",
    "storefront-dev",
  ]);
});

test("a namespace whose app leaves is held, with nothing accepted in it", () => {
  const json = small({
    environments: { dev: { vault: "main", cluster: "local", namespace: "{app}" } },
    apps: {
      shop: { owner: "team-shop", keys: ["KEY"] },
      till: { owner: "team-till", keys: ["KEY"], environments: { dev: { secretSet: "retired" } } },
    },
  });
  expect(held(json)).toEqual({ "small-dev": ["shop", "till"] });
  expect(accepted(json)["small-dev"]!.filter((key) => !key.startsWith("shop."))).toEqual([]);
});

test("one that is another environment's already is held for that one", () => {
  const json = small({
    environments: {
      dev: { vault: "main", cluster: "local", namespace: "{app}" },
      qa: { vault: "main", cluster: "local", namespace: "till" },
    },
    apps: {
      shop: { owner: "team-shop", keys: ["KEY"], environments: ["dev"] },
      till: { owner: "team-till", keys: ["KEY"], environments: { dev: { secretSet: "retired" }, qa: {} } },
    },
  });
  expect(held(json)).toEqual({ "small-dev": ["shop"], "small-qa": ["till"] });
});

test("no job may write the policies and their bindings; a plan reads them by name", () => {
  const json = small({ ...CI, clusters: { local: { context: "local", pipelines: JOBS } } });
  type Rule = { readonly resources: readonly [string]; readonly verbs: readonly string[] };
  const rules = Object.values(resourcesById(json, "kubernetes_cluster_role_v1")).flatMap(({ rule }) => rule as Rule[]);
  const about = rules.filter(({ resources: [what] }) => what.startsWith("validating"));
  expect(about.map(({ resources: [what], verbs }) => [what, verbs.join()])).toEqual(
    expect.arrayContaining([
      ["validatingadmissionpolicies", "get"],
      ["validatingadmissionpolicybindings", "get"],
    ]),
  );
  expect(about.flatMap(({ verbs }) => verbs).filter((verb) => !["get", "list"].includes(verb))).toEqual([]);
});
