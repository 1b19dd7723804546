import type { Operation } from "../../policies/evaluate";
import { PolicyDocument } from "../../policies/write";
import {
  appliesWithLess,
  requiredClusterPermissions,
  requiredPermissions,
  RESOURCE_TYPES,
  type AppliedResource,
  type Purpose,
} from "../../resource-types";
import { aclOf } from "../policies/evaluate/lists";

const resource = (type: string, attributes: AppliedResource["attributes"] = {}): AppliedResource => ({
  type,
  attributes,
});
const SET = resource("vault_kv_secret_v2", { mount: "kvv2", name: "sample/app/app-dev" });
const POLICY = resource("vault_policy", { name: "app-dev" });
const USER = resource("vault_userpass_auth_backend_user", { mount: "userpass", username: "ann" });

const can = (resources: readonly AppliedResource[], purpose: Purpose, collections?: boolean) => {
  const acl = aclOf(PolicyDocument.of(...requiredPermissions(resources, purpose, { collections })).render());
  return (operation: Operation, path: string): boolean => acl.allows(operation, path).allowed;
};

describe("in Vault", () => {
  test("a placeholder is created, and neither token reads or changes a value", () => {
    const data = "kvv2/data/sample/app/app-dev";
    const [plan, apply] = [can([SET, POLICY], "plan"), can([SET, POLICY], "apply")];
    expect(apply("create", data)).toBe(true);
    for (const operation of ["read", "update", "patch", "delete"] as const)
      expect([operation, plan(operation, data), apply(operation, data)]).toEqual([operation, false, false]);
  });

  test("planning writes nothing, whatever the stack has", () => {
    const everything = Object.entries(RESOURCE_TYPES)
      .filter(([, { inVault }]) => inVault)
      .map(([type]) =>
        resource(type, { path: "p", mount: "m", name: "n", username: "u", backend: "b", role_name: "r" }),
      );
    expect(everything.length).toBeGreaterThan(10);
    const written = requiredPermissions(everything, "plan").filter(({ capabilities }) =>
      capabilities.some((each) => each !== "read" && each !== "sudo"),
    );
    expect(written).toEqual([]);
  });

  test("applying is for what the stack has, and with collections for others of its kind too", () => {
    const other = "sys/policies/acl/other";
    expect(can([POLICY], "apply")("delete", "sys/policies/acl/app-dev")).toBe(true);
    expect(can([POLICY], "apply")("update", other)).toBe(false);
    expect(can([POLICY], "apply", true)("update", other)).toBe(true);
    expect(can([POLICY], "plan", true)("read", other)).toBe(false);
  });

  test("a user is never updated: that would write the password again", () => {
    for (const collections of [false, true])
      expect(can([USER], "apply", collections)("update", "auth/userpass/users/ann")).toBe(false);
  });

  test("a collection's rule replaces those that it covers, and no other", () => {
    const paths = requiredPermissions([POLICY, USER], "apply", { collections: true }).map(({ path }) => path);
    expect(paths).toContain("sys/policies/acl/*");
    expect(paths).not.toContain("sys/policies/acl/app-dev");
  });

  test("a type whose requests are not known is refused, with what to do", () => {
    expect(() => requiredPermissions([resource("vault_quota_rate_limit")], "plan")).toThrow(
      "no required permissions are known for vault_quota_rate_limit; add its requests to its record in resource-types/",
    );
    expect(() => requiredPermissions([resource("vault_new_type")], "plan")).toThrow("vault_new_type");
    expect(requiredPermissions([resource("kubernetes_secret_v1"), resource("random_password")], "apply")).toEqual([]);
  });
});

describe("in a cluster", () => {
  const metadata = (name: string) => ({ metadata: { namespace: "app", name } });

  test("only named Secrets are read, and a plan writes none", () => {
    const secrets = ["a", "b"].map((name) => resource("kubernetes_secret_v1", metadata(name)));
    const rule = { group: "", resource: "secrets" };
    expect(requiredClusterPermissions(secrets, "plan").inNamespaces).toEqual([
      { ...rule, names: ["a", "b"], verbs: ["get"] },
    ]);
    expect(requiredClusterPermissions(secrets, "apply").inNamespaces).toEqual([
      { ...rule, verbs: ["create"] },
      { ...rule, names: ["a", "b"], verbs: ["delete", "get", "patch"] },
    ]);
  });

  test("a manifest asks for its own plural and the list of CRDs; a kind that is not known is refused", () => {
    const manifest = (kind: string) =>
      resource("kubernetes_manifest", { manifest: { apiVersion: "secrets.hashicorp.com/v1beta1", kind } });
    expect(requiredClusterPermissions([manifest("VaultAuth")], "plan")).toEqual({
      everywhere: [{ group: "apiextensions.k8s.io", resource: "customresourcedefinitions", verbs: ["list"] }],
      inNamespaces: [{ group: "secrets.hashicorp.com", resource: "vaultauths", verbs: ["get"] }],
    });
    // In no namespace: only read, by its name.
    const policy = { kind: "ValidatingAdmissionPolicy", metadata: { name: "shop" } };
    const apiVersion = "admissionregistration.k8s.io/v1";
    for (const purpose of ["plan", "apply"] as const)
      expect(
        requiredClusterPermissions([resource("kubernetes_manifest", { manifest: { apiVersion, ...policy } })], purpose),
      ).toMatchObject({
        everywhere: [{ resource: "validatingadmissionpolicies", names: ["shop"], verbs: ["get"] }, {}],
        inNamespaces: [],
      });
    expect(() => requiredClusterPermissions([manifest("Widget")], "plan")).toThrow(
      "no required permissions are known for a manifest of kind Widget",
    );
  });

  test.each([
    ["kubernetes_secret_v1", true],
    ["helm_release", false],
    ["kubernetes_cluster_role_v1", false],
    ["kubernetes_cluster_role_binding_v1", false],
  ])("a stack with a %s is applied with less than the whole cluster: %j", (type, less) => {
    expect(appliesWithLess([resource(type)])).toBe(less);
  });
});
