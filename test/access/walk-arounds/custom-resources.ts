import { at, type Mutable, type Stacks } from "../fixture";
import { add, addManifest, each, LOCAL, OPERATOR, set, type Mutation } from "./mutation";

/** A manifest in the sample's namespace, unless it says another. */
function manifest(apiVersion: string, kind: string, rest: Mutable): (stacks: Stacks) => void {
  return (s) => addManifest(s, LOCAL, apiVersion, kind, { metadata: { namespace: "sample" }, ...rest });
}

/** Custom resources and manifests that nobody reads, or that only an apply makes known. */
export const CUSTOM_RESOURCES: readonly Mutation[] = [
  ...each({ config: "sample", expect: "judged" }, [
    {
      name: "what the operator makes by any engine",
      change: manifest("secrets.hashicorp.com/v1beta1", "VaultDynamicSecret", {
        spec: { mount: "database", path: "creds/admin", destination: { name: "x" } },
      }),
    },
    {
      name: "any path of the API as a Secret",
      change: manifest("secrets.hashicorp.com/v1beta1", "VaultDynamicSecret", {
        spec: {
          mount: "kvv2",
          path: "data/sample/sample-python-api/sample-python-api-local",
          requestHTTPMethod: "GET",
          destination: { name: "x", create: true },
        },
      }),
    },
    {
      name: "certificates that the operator makes",
      change: manifest("secrets.hashicorp.com/v1beta1", "VaultPKISecret", {
        spec: { mount: "pki", role: "any", destination: { name: "x" } },
      }),
    },
    {
      name: "a login for every object",
      change: manifest("secrets.hashicorp.com/v1beta1", "VaultAuthGlobal", {
        spec: { allowedNamespaces: ["*"], defaultMount: "kubernetes", kubernetes: { role: "x" } },
      }),
    },
    {
      name: "a transformation that others may use",
      change: manifest("secrets.hashicorp.com/v1beta1", "SecretTransformation", {
        spec: { templates: { all: { text: "{{ .Secrets }}" } } },
      }),
    },
    {
      name: "values in a pod by the CSI driver",
      change: manifest("secrets.hashicorp.com/v1beta1", "CSISecrets", {
        spec: { secrets: { vaultStaticSecrets: [] } },
      }),
    },
    {
      name: "a login at somebody else's cloud",
      change: manifest("secrets.hashicorp.com/v1beta1", "HCPAuth", { spec: { organizationID: "x", projectID: "y" } }),
    },
    {
      name: "values of somebody else's cloud",
      change: manifest("secrets.hashicorp.com/v1beta1", "HCPVaultSecretsApp", {
        spec: { appName: "x", destination: { name: "x" } },
      }),
    },
    {
      name: "another operator's store",
      change: manifest("external-secrets.io/v1", "ClusterSecretStore", {
        spec: { provider: { vault: { server: "http://sample-vault.sample-vault.svc:8200", path: "kvv2" } } },
      }),
    },
    {
      name: "another operator's binding",
      change: manifest("external-secrets.io/v1", "ExternalSecret", {
        spec: { data: [{ remoteRef: { key: "sample/x" } }] },
      }),
    },
    {
      name: "a class of the CSI driver",
      change: manifest("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass", {
        spec: { provider: "vault", parameters: { roleName: "sample-node-api-local" } },
      }),
    },
    {
      name: "a definition of new kinds",
      change: manifest("apiextensions.k8s.io/v1", "CustomResourceDefinition", { spec: { group: "evil.example" } }),
    },
    {
      name: "a service that answers for Vault",
      change: manifest("v1", "Service", {
        metadata: { name: "sample-vault", namespace: "sample-vault" },
        spec: { externalName: "evil.example" },
      }),
    },
    {
      name: "a manifest by expression",
      change: (s) => add(s, LOCAL, "kubernetes_manifest.extra", { manifest: '${yamldecode(file("x.yaml"))}' }),
    },
    {
      name: "a manifest of a kind by expression",
      change: manifest("secrets.hashicorp.com/v1beta1", "${var.kind}", { spec: {} }),
    },
    {
      name: "a manifest of a name by expression",
      change: manifest("secrets.hashicorp.com/v1beta1", "VaultAuth", {
        metadata: { name: "${var.name}", namespace: "sample" },
        spec: {},
      }),
    },
    {
      name: "a binding's namespace by expression",
      change: (s) => {
        at(s, LOCAL, "kubernetes_manifest.sample-node-api_binding_static-secret").manifest.metadata.namespace =
          "${var.x}";
      },
    },
    {
      name: "a login's spec by expression",
      change: (s) => {
        at(s, LOCAL, "kubernetes_manifest.sample-node-api_binding_auth").manifest.spec = "${var.spec}";
      },
    },
    {
      name: "fields that the provider computes",
      change: (s) =>
        set(s, LOCAL, "kubernetes_manifest.sample-node-api_binding_auth", {
          computed_fields: ["spec.allowedNamespaces"],
        }),
    },
    {
      name: "a cloud's role for a service account, by an annotation",
      change: (s) =>
        add(s, LOCAL, "kubernetes_annotations.extra", {
          api_version: "v1",
          kind: "ServiceAccount",
          metadata: { name: "sample-node-api-vault-operator-sa", namespace: "sample" },
          annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/x" },
        }),
    },
    {
      name: "a namespace in which pods may do anything",
      change: (s) => {
        const { metadata } = at(s, OPERATOR, "kubernetes_namespace_v1.operator_namespace");
        metadata.labels["pod-security.kubernetes.io/enforce"] = "privileged";
      },
    },
  ]),
];
