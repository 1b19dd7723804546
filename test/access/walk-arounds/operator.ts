import { at, type Mutable, type Stacks } from "../fixture";
import {
  each,
  addManifest,
  LOCAL,
  OPERATOR,
  PROD_EU,
  PROD_SERVER,
  PROD_US,
  SERVER,
  setValues,
  specOf,
  type Mutation,
} from "./mutation";

/** Changes where the operator takes Vault to be. */
function connection(values: Mutable): (stacks: Stacks) => void {
  return (s) => Object.assign(specOf(s, PROD_EU, "connection_payments"), values);
}

/** Changes what the operator logs in as. */
function auth(change: (spec: Mutable) => void): (stacks: Stacks) => void {
  return (s) => change(specOf(s, LOCAL, "sample-node-api_binding_auth"));
}

/** Changes what a binding delivers. */
function binding(change: (spec: Mutable) => void): (stacks: Stacks) => void {
  return (s) => change(specOf(s, LOCAL, "sample-node-api_binding_static-secret"));
}

/** Changes the server's values. */
function server(change: (values: Mutable) => void): (stacks: Stacks) => void {
  return (s) => setValues(s, SERVER, "vault_release", change);
}

/** Changes the operator's values. */
function operator(change: (values: Mutable) => void): (stacks: Stacks) => void {
  return (s) => setValues(s, OPERATOR, "operator_release", change);
}

/** Changes the certificate of the server. */
function certificate(values: Mutable): (stacks: Stacks) => void {
  return (s) => Object.assign(specOf(s, PROD_SERVER, "vault_certificate"), values);
}

const replace = (from: string, to: string) => (values: Mutable) => {
  values.server.standalone.config = values.server.standalone.config.replace(from, to);
};

/** What the operator and the server are told. */
export const OPERATOR_AND_SERVER: readonly Mutation[] = [
  ...each({ config: "production", expect: "judged" }, [
    { name: "a Vault at another address", change: connection({ address: "https://vault.evil.example" }) },
    { name: "a Vault of any certificate", change: connection({ skipTLSVerify: true }) },
    { name: "a Vault of another authority", change: connection({ caCertSecretRef: "evil-ca" }) },
    { name: "a Vault of no authority", change: connection({ caCertSecretRef: null }) },
    { name: "a Vault of another name", change: connection({ tlsServerName: "vault.evil.example" }) },
    {
      name: "a Vault asked with other headers",
      change: connection({ headers: { "X-Vault-Namespace": "team" } }),
    },
    {
      name: "a Vault that no TLS protects",
      change: (s) => {
        specOf(s, PROD_US, "connection_payments").address = "http://vault.prod.acme.example";
      },
    },
    {
      name: "a certificate for another name",
      change: (s) => specOf(s, PROD_SERVER, "vault_certificate").dnsNames.push("*.acme.example"),
    },
    {
      name: "a certificate that signs others",
      change: certificate({ isCA: true, usages: ["cert sign"] }),
    },
    {
      name: "a certificate of another issuer",
      change: certificate({ issuerRef: { kind: "ClusterIssuer", name: "self-signed" } }),
    },
    {
      name: "a second certificate for the server",
      change: (s) =>
        addManifest(s, PROD_SERVER, "cert-manager.io/v1", "Certificate", {
          metadata: { namespace: "vault" },
          spec: { ...at(s, PROD_SERVER, "kubernetes_manifest.vault_certificate").manifest.spec, secretName: "copy" },
        }),
    },
  ]),
  ...each({ config: "sample", expect: "judged" }, [
    {
      name: "a login in a namespace of Vault",
      change: auth((spec) => {
        spec.namespace = "team";
      }),
    },
    {
      name: "a login with the cluster's own audience",
      change: auth((spec) => {
        spec.kubernetes.audiences.push("https://kubernetes.default.svc");
      }),
    },
    {
      name: "a login whose token lives for ten years",
      change: auth((spec) => {
        spec.kubernetes.tokenExpirationSeconds = 315360000;
      }),
    },
    {
      name: "a login that another object adds to",
      change: auth((spec) => {
        spec.vaultAuthGlobalRef = { name: "everyone", namespace: "default", mergeStrategy: { params: "replace" } };
      }),
    },
    {
      name: "a login whose leases another mount encrypts",
      change: auth((spec) => {
        spec.storageEncryption = { mount: "transit", keyName: "known" };
      }),
    },
    {
      name: "a binding over a Secret that is somebody's",
      change: binding(({ destination }) => Object.assign(destination, { create: true, overwrite: true })),
    },
    {
      name: "a binding of every key and the answer itself",
      change: binding(({ destination }) => {
        delete destination.transformation;
      }),
    },
    {
      name: "a binding by a template of its own",
      change: binding(({ destination }) => {
        destination.transformation.templates = { all: { text: '{{ get .Secrets "x" }}' } };
      }),
    },
    {
      name: "a binding into a Secret that is a service account's token",
      change: binding(({ destination }) =>
        Object.assign(destination, {
          create: true,
          name: "extra",
          type: "kubernetes.io/service-account-token",
          annotations: { "kubernetes.io/service-account.name": "sample-python-api-vault-operator-sa" },
        }),
      ),
    },
    {
      name: "a binding into a Secret that others copy",
      change: binding(({ destination }) => {
        destination.annotations = { "reflector.v1.k8s.emberstack.com/reflection-allowed": "true" };
      }),
    },
    {
      name: "a binding in a namespace of Vault",
      change: binding((spec) => {
        spec.namespace = "team";
      }),
    },
    {
      name: "a server of no network policy",
      change: server((values) => {
        values.server.networkPolicy.enabled = false;
      }),
    },
    {
      name: "a server for development, with a known token",
      change: server((values) => {
        values.server.dev = { enabled: true, devRootToken: "root" };
      }),
    },
    {
      name: "a server with a second container at its volumes",
      change: server((values) => {
        values.server.extraContainers = [{ name: "x", image: "evil.example/x", volumeMounts: [{ name: "data" }] }];
      }),
    },
    {
      name: "a server that answers for its storage",
      change: server(replace("disable_mlock = true", "disable_mlock = true\nraw_storage_endpoint = true")),
    },
    {
      name: "a server that another Vault unseals",
      change: server(replace("storage ", 'seal "transit" {\n  address = "https://evil.example"\n}\nstorage ')),
    },
    {
      name: "an operator that logs everyone in",
      change: operator((values) => {
        values.defaultAuthMethod = { enabled: true, allowedNamespaces: ["*"], kubernetes: { role: "x" } };
      }),
    },
    {
      name: "an operator that takes what others say for everyone",
      change: operator((values) => {
        values.controller.manager.globalVaultAuthOptions.allowDefaultGlobals = true;
      }),
    },
    {
      name: "an operator that keeps its tokens in Secrets",
      change: operator((values) => {
        values.controller.manager.clientCache.persistenceModel = "direct-unencrypted";
      }),
    },
  ]),
  ...each({ config: "sample", expect: "isolation" }, [
    {
      name: "a login for another namespace too",
      change: auth((spec) => {
        spec.allowedNamespaces = ["default", "sample"];
      }),
    },
    {
      name: "a binding into the other app's Secret",
      change: binding(({ destination }) => {
        destination.name = "sample-app-python-api-local-db-connection-secret";
      }),
    },
  ]),
];
