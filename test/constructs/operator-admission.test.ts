import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { AppNamespace, OperatorAdmission, OperatorInstall } from "../../constructs";
import { only, resourcesById, synthConstructs, type Block } from "../helpers/synth";
import { refusals } from "./refusals";

interface Made {
  readonly kind: string;
  readonly name: string;
  readonly spec: object;
}

const CONNECTION: Made = { kind: "VaultConnection", name: "vault", spec: { address: "https://vault:8200" } };

/** Adds the admission of some objects of namespace `shop`. */
function admit(objects: readonly Made[], namespaces: readonly string[] = ["shop"]) {
  return (stack: TerraformStack) => {
    const from = new Construct(stack, "shop-dev");
    objects.forEach(
      ({ kind, name, spec }, i) =>
        new Manifest(from, `object_${i}`, {
          manifest: {
            apiVersion: "secrets.hashicorp.com/v1beta1",
            kind,
            metadata: { name, namespace: "shop" },
            spec,
          },
        }),
    );
    const { home } = new OperatorInstall(stack, "operator");
    new OperatorAdmission(stack, "admission", {
      name: "shop",
      home,
      admitted: [{ name: "shop-dev", namespaces, from }],
    });
  };
}

const accepted = (...objects: readonly Made[]) =>
  only(synthConstructs(admit(objects)), "kubernetes_config_map_v1").data;

const byKind = (kind: string) =>
  Object.values(resourcesById(synthConstructs(admit([CONNECTION])), "kubernetes_manifest"))
    .map(({ manifest }) => manifest as Block & { readonly spec: Block })
    .find((manifest) => manifest.kind === kind && manifest.apiVersion === "admissionregistration.k8s.io/v1")!;

describe("what is accepted", () => {
  test("of a connection: its address and its CA", () => {
    const spec = { address: "https://vault:8200", skipTLSVerify: false, caCertSecretRef: "ca" };
    expect(accepted({ ...CONNECTION, spec })).toEqual({
      "shop.VaultConnection.vault": "address=https://vault:8200 caCertSecretRef=ca",
    });
  });

  test("of an auth: where it logs in, and as whom", () => {
    const jwt = { role: "shop-dev", serviceAccount: "shop", audiences: ["vault", "b"], tokenExpirationSeconds: 600 };
    const spec = { vaultConnectionRef: "vault", mount: "jwt", method: "jwt", jwt };
    expect(accepted({ kind: "VaultAuth", name: "shop", spec })).toEqual({
      "shop.VaultAuth.shop":
        "vaultConnectionRef=vault mount=jwt method=jwt " +
        "jwt.role=shop-dev jwt.serviceAccount=shop jwt.audiences=vault,b jwt.tokenExpirationSeconds=600",
    });
  });

  test("of a static secret: its login, its set, its Secret and whom it restarts; not how often", () => {
    const spec = {
      vaultAuthRef: "shop",
      mount: "kv",
      type: "kv-v2",
      path: "shop/shop-dev",
      refreshAfter: "60s",
      destination: { name: "shop-secrets", create: true, transformation: { includes: ["^KEY$"] } },
      rolloutRestartTargets: [
        { kind: "Deployment", name: "a" },
        { kind: "StatefulSet", name: "b" },
      ],
    };
    expect(accepted({ kind: "VaultStaticSecret", name: "shop", spec })).toEqual({
      "shop.VaultStaticSecret.shop":
        "vaultAuthRef=shop mount=kv type=kv-v2 path=shop/shop-dev rolloutRestartTargets=Deployment/a,StatefulSet/b " +
        "destination.name=shop-secrets",
    });
  });

  test("of any other kind: nothing, though the stack has one", () => {
    expect(accepted(CONNECTION, { kind: "VaultDynamicSecret", name: "db", spec: { mount: "db" } })).toEqual({
      "shop.VaultConnection.vault": "address=https://vault:8200",
    });
  });
});

test("without what is accepted nothing is, and an error of the policy's is a refusal", () => {
  expect(byKind("ValidatingAdmissionPolicyBinding").spec).toMatchObject({
    policyName: "shop",
    paramRef: { name: "shop-dev", namespace: "vault-secrets-operator", parameterNotFoundAction: "Deny" },
    validationActions: ["Deny", "Audit"],
  });
  expect(byKind("ValidatingAdmissionPolicy").spec.failurePolicy).toBe("Fail");
});

test("namespaces are chosen by the label that the API server itself writes", () => {
  expect(byKind("ValidatingAdmissionPolicyBinding").spec.matchResources).toMatchObject({
    namespaceSelector: {
      matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["shop"] }],
    },
  });
});

test("every kind of the operator's is looked at, those to come too", () => {
  expect(byKind("ValidatingAdmissionPolicy").spec.matchConstraints).toMatchObject({
    resourceRules: [{ apiGroups: ["secrets.hashicorp.com"], apiVersions: ["*"], resources: ["*"], scope: "*" }],
  });
});

describe("refused", () => {
  test("no namespace: a selector of none would be refused by the API server", () => {
    expect(refusals(admit([CONNECTION], []))).toEqual([expect.stringContaining("OperatorAdmission.namespaces")]);
  });

  test("a namespace of Kubernetes'", () => {
    expect(refusals(admit([CONNECTION], ["kube-system"]))).toEqual([
      expect.stringContaining("OperatorAdmission.namespaces"),
    ]);
  });

  test("more than a ConfigMap holds", () => {
    const objects = Array.from({ length: 11 }, (_, i) => ({
      ...CONNECTION,
      name: `vault-${i}`,
      spec: { address: `https://${"x".repeat(100_000)}` },
    }));
    expect(refusals(admit(objects))).toEqual([expect.stringContaining("OperatorAdmission.from")]);
  });
});

test("a home that somebody else made is waited for by nothing", () => {
  const json = synthConstructs((stack) => {
    const home = AppNamespace.fromName(stack, "home", "vso");
    new OperatorAdmission(stack, "admission", {
      name: "shop",
      home,
      admitted: [{ name: "shop-dev", namespaces: ["shop"], from: stack }],
    });
  });
  expect(only(json, "kubernetes_config_map_v1").depends_on).toBeUndefined();
});
