import { at, rule } from "../fixture";
import { NODE_POLICY, NODE_ROLE, NODE_AUTH, NODE_BINDING, inSample, type Planted } from "./mistake";

/** Mistakes in what a workload is given, and in its binding. */
export const WORKLOADS: readonly Planted[] = [
  inSample(
    "a prefix without a slash matches the other app",
    "isolation",
    /sample-node-api-vault-operator-sa.* can read .*sample-python-api-local/,
    /rule "kvv2\/data\/sample\/sample-\*"/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy = rule("kvv2/data/sample/sample-*", "read");
    },
  ),
  inSample(
    "a broad deny loses to a narrower allow",
    "isolation",
    /can read .*sample-python-api-local/,
    /rule "kvv2\/data\/sample\/sample-python-api\/sample-python-api-local"/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy +=
        rule("kvv2/data/sample/sample-python-api/*", "deny") +
        rule("kvv2/data/sample/sample-python-api/sample-python-api-local", "read");
    },
  ),
  inSample(
    "a + one segment short reaches every app",
    "isolation",
    /can read .*sample-python-api-/,
    /rule "kvv2\/data\/sample\/\+\/\*"/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy = rule("kvv2/data/sample/+/*", "read");
    },
  ),
  inSample(
    "a workload policy reads the tree",
    "least-privilege",
    /grants read on kvv2\/data\/sample\/\*, which is no secret set's data/,
    /sample-node-api_workload_policy/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy = rule("kvv2/data/sample/*", "read");
    },
  ),
  inSample(
    "a workload policy names two sets",
    "least-privilege",
    /is about 2 secret sets/,
    /sample-node-api_workload_policy/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy += rule("kvv2/data/sample/sample-node-api/sample-node-api-dev", "read");
    },
  ),
  inSample(
    "a workload policy may delete",
    "least-privilege",
    /grants delete on/,
    /sample-node-api_workload_policy/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy = rule(
        "kvv2/data/sample/sample-node-api/sample-node-api-local",
        "read",
        "delete",
      );
    },
  ),
  inSample(
    "a policy that no role has yet is about another set than its name says",
    "least-privilege",
    /is called after .*-dev and grants .*-prod/,
    /sample-node-api_workload_policy in sample-dev/,
    (s) => {
      at(s, "sample-dev", NODE_POLICY).policy = rule("kvv2/data/sample/sample-node-api/sample-node-api-prod", "read");
    },
  ),
  inSample(
    "a role bound to the wrong namespace",
    "binding",
    /does not admit sample\/sample-node-api-vault-operator-sa/,
    /sample-node-api_binding_auth/,
    (s) => {
      at(s, "sample-local", NODE_ROLE).bound_service_account_namespaces = ["samples"];
    },
  ),
  inSample(
    "a role bound to the wrong namespace lets in whoever makes that account",
    "isolation",
    /workload local\/samples\/sample-node-api-vault-operator-sa, no app's service account, can read/,
    /sample-node-api_workload_role/,
    (s) => {
      at(s, "sample-local", NODE_ROLE).bound_service_account_namespaces = ["samples"];
    },
  ),
  inSample(
    "a role bound to every service account of a namespace",
    "least-privilege",
    /admits every service account that sample\/\* matches/,
    /sample-node-api_workload_role/,
    (s) => {
      at(s, "sample-local", NODE_ROLE).bound_service_account_names = ["*"];
    },
  ),
  inSample(
    "every service account of a namespace reads one app's set",
    "isolation",
    /sample-python-api-vault-operator-sa, app sample-python-api in local, can read .*sample-node-api-local/,
    /sample-node-api_workload_role/,
    (s) => {
      at(s, "sample-local", NODE_ROLE).bound_service_account_names = ["*"];
    },
  ),
  inSample(
    "a role without an audience",
    "least-privilege",
    /takes tokens for any audience/,
    /sample-node-api_workload_role/,
    (s) => {
      delete at(s, "sample-local", NODE_ROLE).audience;
    },
  ),
  inSample(
    "a role whose policy is misspelt",
    "binding",
    /has the policy sample-node-api-locl, which no stack writes/,
    /sample-node-api_workload_role/,
    (s) => {
      at(s, "sample-local", NODE_ROLE).token_policies = ["sample-node-api-locl"];
    },
  ),
  inSample(
    "a role with the policy of the other app",
    "isolation",
    /sample-node-api-vault-operator-sa, app sample-node-api in local, can read .*sample-python-api-local/,
    /sample-python-api_workload_policy/,
    (s) => {
      at(s, "sample-local", NODE_ROLE).token_policies.push("sample-python-api-local");
    },
  ),
  inSample(
    "a role that an earlier binding left behind",
    "least-privilege",
    /is used by no VaultAuth/,
    /sample-node-api_workload_role/,
    (s) => {
      at(s, "sample-local", NODE_AUTH).manifest.spec.kubernetes.role = "sample-python-api-local";
    },
  ),
  inSample(
    "a VaultAuth for a service account that is not there",
    "binding",
    /there is no service account sample\/sample-node-api-sa/,
    /sample-node-api_binding_auth/,
    (s) => {
      at(s, "sample-local", NODE_AUTH).manifest.spec.kubernetes.serviceAccount = "sample-node-api-sa";
    },
  ),
  inSample(
    "a VaultAuth that asks for another audience",
    "binding",
    /takes tokens for vault, and the VaultAuth asks for kubernetes/,
    /sample-node-api_binding_service-account/,
    (s) => {
      at(s, "sample-local", NODE_AUTH).manifest.spec.kubernetes.audiences = ["kubernetes"];
    },
  ),
  inSample(
    "a binding with a data/ in its path",
    "binding",
    /cannot read kvv2\/data\/data\/sample/,
    /sample-node-api_binding_static-secret/,
    (s) => {
      at(s, "sample-local", NODE_BINDING).manifest.spec.path = "data/sample/sample-node-api/sample-node-api-local";
    },
  ),
  inSample(
    "a binding that carries the other app's set",
    "isolation",
    /sample-python-api-local of sample-python-api in local is delivered to sample-node-api/,
    /Secret local\/sample\/sample-app-node-api/,
    (s) => {
      at(s, "sample-local", NODE_BINDING).manifest.spec.path = "sample/sample-python-api/sample-python-api-local";
    },
  ),
  inSample(
    "a binding whose VaultAuth is not there",
    "binding",
    /there is no VaultAuth sample\/sample-node-api-auth/,
    /sample-node-api_binding_static-secret/,
    (s) => {
      at(s, "sample-local", NODE_BINDING).manifest.spec.vaultAuthRef = "sample-node-api-auth";
    },
  ),
  inSample(
    "a binding into a Secret that nobody makes",
    "binding",
    /there is no Secret local\/sample\/other/,
    /sample-node-api_workload_policy/,
    (s) => {
      at(s, "sample-local", NODE_BINDING).manifest.spec.destination.name = "other";
    },
  ),
  inSample(
    "a VaultAuth that every namespace may use",
    "isolation",
    /may be used from \*/,
    /spec\.allowedNamespaces/,
    (s) => {
      at(s, "sample-local", NODE_AUTH).manifest.spec.allowedNamespaces = ["*"];
    },
  ),
];
