import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { OperatorAdmission } from "../../constructs";
import { acceptedIn, type AdmissionPolicy } from "../helpers/admission";
import { resourcesById, synthConstructs, type Block } from "../helpers/synth";
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
    new OperatorAdmission(stack, "admission", { admitted: [{ name: "shop-dev", namespaces, from }] });
  };
}

const accepted = (...objects: readonly Made[]) =>
  acceptedIn(byKind("ValidatingAdmissionPolicy", objects) as unknown as AdmissionPolicy);

const byKind = (kind: string, objects: readonly Made[] = [CONNECTION]) =>
  Object.values(resourcesById(synthConstructs(admit(objects)), "kubernetes_manifest"))
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

  test("of a dynamic secret: its login, its credentials, its Secret and whom it restarts; not when it renews", () => {
    const spec = {
      vaultAuthRef: "shop",
      mount: "database",
      path: "static-creds/shop-dev.orders",
      allowStaticCreds: true,
      renewalPercent: 50,
      destination: { name: "shop-orders", create: true, transformation: { includes: ["^username$"] } },
      rolloutRestartTargets: [{ kind: "Deployment", name: "a" }],
    };
    expect(accepted({ kind: "VaultDynamicSecret", name: "orders", spec })).toEqual({
      "shop.VaultDynamicSecret.orders":
        "vaultAuthRef=shop mount=database path=static-creds/shop-dev.orders allowStaticCreds=true " +
        "rolloutRestartTargets=Deployment/a destination.name=shop-orders",
    });
  });

  test("of any other kind: nothing, though the stack has one", () => {
    expect(accepted(CONNECTION, { kind: "VaultPKISecret", name: "pki", spec: { mount: "pki" } })).toEqual({
      "shop.VaultConnection.vault": "address=https://vault:8200",
    });
  });
});

test("an error of the policy's is a refusal, and it reads nothing that can be missing", () => {
  expect(byKind("ValidatingAdmissionPolicyBinding").spec).toMatchObject({
    policyName: "shop-dev",
    validationActions: ["Deny", "Audit"],
  });
  expect(Object.keys(byKind("ValidatingAdmissionPolicyBinding").spec)).not.toContain("paramRef");
  expect(Object.keys(byKind("ValidatingAdmissionPolicy").spec)).not.toContain("paramKind");
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

  test("more than the API server takes in one object", () => {
    const objects = Array.from({ length: 11 }, (_, i) => ({
      ...CONNECTION,
      name: `vault-${i}`,
      spec: { address: `https://${"x".repeat(100_000)}` },
    }));
    expect(refusals(admit(objects))).toEqual([expect.stringContaining("OperatorAdmission.from")]);
  });
});

test("a text is one in CEL too, whatever stands in it", () => {
  const spec = { address: "https://vault:8200/it's\\here" };
  expect(accepted({ ...CONNECTION, spec })).toEqual({
    "shop.VaultConnection.vault": "address=https://vault:8200/it's\\here",
  });
});

test("what is more than one expression may be is in several, each looked into", () => {
  const objects = Array.from({ length: 3000 }, (_, i) => ({ ...CONNECTION, name: `vault-${i}` }));
  const policy = byKind("ValidatingAdmissionPolicy", objects) as unknown as AdmissionPolicy;
  const maps = policy.spec.variables.filter(({ name }) => /^accepted\d/.test(name));
  expect(maps.length).toBeGreaterThan(1);
  expect(Math.max(...maps.map(({ expression }) => expression.length))).toBeLessThan(100_000);
  expect(Object.keys(acceptedIn(policy))).toHaveLength(objects.length);
  const looked = policy.spec.variables.find(({ name }) => name === "accepted")!.expression;
  for (const { name } of maps) expect(looked).toContain(`variables.${name}[?variables.key]`);
});
