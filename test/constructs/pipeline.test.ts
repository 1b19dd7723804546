import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../../cli/synth";
import production from "../../config/production";
import sample from "../../config/sample";
import { resolvePlatform, type PlatformConfig } from "../../model";
import { Acl, readPolicy } from "../../policies/evaluate";
import { CI } from "../helpers/configs";
import { policyTexts, resources, synthPlatform, type StackJson } from "../helpers/synth";

const withPipelines = (config: PlatformConfig, authority: "environment" | "separate"): PlatformConfig => ({
  ...config,
  authority,
  ...CI,
});
const acl = (text: string) => Acl.of([{ name: "pipeline", policy: readPolicy(text, "pipeline") }]);
const OPERATIONS = ["create", "read", "update", "patch", "delete", "list"] as const;

/** Each pipeline policy of an access stack. */
function pipelinePolicies(json: StackJson): [string, string][] {
  return Object.entries(policyTexts(json)).filter(([name]) => /^(plan|watch|apply)-/.test(name));
}

test("where no CI is configured there is neither a mount nor a role", () => {
  const text = JSON.stringify(synthPlatform(sample).stacks);
  expect(text).not.toContain("jwt-ci");
  expect(text).not.toContain("plan-sample");
});

describe.each(["environment", "separate"] as const)("authority %s", (authority) => {
  const { stacks } = synthPlatform(withPipelines(sample, authority));
  const policies = pipelinePolicies(stacks["sample-access-main"]!);
  const text = (name: string) => policies.find(([each]) => each === name)![1];

  test(
    "each stack that talks to the Vault has a policy to plan and one to apply, a role of each, " +
      "and one that watches with the plan's",
    () => {
      const names = (...purposes: string[]) =>
        ["access-main", "local", "dev", "qa", "stg", "prod"]
          .flatMap((stack) => purposes.map((purpose) => `${purpose}-sample-${stack}`))
          .sort();
      expect(policies.map(([name]) => name).sort()).toEqual(names("plan", "apply"));
      const roles = resources(stacks["sample-access-main"]!, "vault_jwt_auth_backend_role");
      expect(roles.map(({ role_name }) => String(role_name)).sort()).toEqual(names("plan", "watch", "apply"));
      for (const { role_name, token_policies } of roles)
        expect([role_name, token_policies]).toEqual([role_name, [String(role_name).replace(/^watch-/, "plan-")]]);
    },
  );

  test("no policy reads, lists, updates or deletes a value, whatever the stack", () => {
    for (const [name, policy] of policies)
      for (const operation of OPERATIONS.filter((each) => each !== "create"))
        for (const environment of ["local", "dev", "prod"])
          for (const prefix of ["data", "subkeys", "delete", "undelete", "destroy"])
            expect([
              name,
              operation,
              prefix,
              acl(policy).allows(operation, `kvv2/${prefix}/sample/sample-node-api/sample-node-api-${environment}`)
                .allowed,
            ]).toEqual([name, operation, prefix, false]);
  });

  test("no plan writes anything but the end of its own token", () => {
    for (const [name, policy] of policies.filter(([each]) => each.startsWith("plan-")))
      for (const { path, capabilities } of readPolicy(policy, name).rules)
        expect([name, path, capabilities.filter((each) => !["read", "list", "sudo"].includes(each))]).toEqual([
          name,
          path,
          path === "auth/token/revoke-self" ? ["update"] : [],
        ]);
  });

  test("an environment's apply places its own placeholders and no other's", () => {
    const may = (environment: string) =>
      acl(text("apply-sample-dev")).allows("create", `kvv2/data/sample/sample-node-api/sample-node-api-${environment}`)
        .allowed;
    expect(["local", "dev", "dev-2", "qa", "prod"].filter(may)).toEqual(["dev"]);
  });

  test(
    "an environment's apply changes " +
      (authority === "separate" ? "no policy, role, group or auth method" : "the policies of its own workloads alone"),
    () => {
      const may = (path: string) =>
        OPERATIONS.filter((operation) => acl(text("apply-sample-local")).allows(operation, path).allowed);
      const own = authority === "separate" ? [] : ["create", "read", "update", "delete"];
      expect(may("sys/policies/acl/sample-node-api-local")).toEqual(own);
      expect(may("auth/kubernetes/role/sample-node-api-local")).toEqual(own);
      for (const path of [
        "sys/policies/acl/sample-node-api-prod",
        "sys/policies/acl/sample-admin",
        "sys/policies/acl/apply-sample-local",
        "auth/kubernetes/role/sample-node-api-dev",
        "auth/jwt-ci/role/apply-sample-local",
        "auth/jwt-ci/config",
        "identity/group",
        "identity/entity/id/x",
        "auth/userpass/users/sample-admin",
        "sys/auth/x",
        "sys/mounts/kvv2",
      ])
        expect([path, may(path)]).toEqual([path, []]);
    },
  );
});

test(
  "an access stack that is written alone has the same policies: the others are taken out of the " +
    "app, and asked all the same",
  () => {
    const outdir = mkdtempSync(join(tmpdir(), "pipelines-"));
    const read = () => readFileSync(join(outdir, "stacks", "acme-access-prod", "cdk.tf.json"), "utf8");
    try {
      synthesize(resolvePlatform(production), { outdir });
      const all = read();
      synthesize(resolvePlatform(production), { outdir, only: ["acme-access-prod"] });
      expect(read()).toBe(all);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  },
);

describe("the roles of production", () => {
  const { stacks } = synthPlatform(production);
  const access = stacks["acme-access-prod"]!;
  const role = (name: string) =>
    resources(access, "vault_jwt_auth_backend_role").find(({ role_name }) => role_name === name)!;

  test("bind every claim exactly, one audience, and five minutes without renewal or default policy", () => {
    expect(role("apply-acme-prod-eu")).toEqual({
      backend: "jwt-ci",
      role_name: "apply-acme-prod-eu",
      role_type: "jwt",
      user_claim: "sub",
      bound_audiences: ["https://vault.acme.example"],
      bound_claims_type: "string",
      bound_claims: {
        environment: "apply-acme-prod-eu",
        event_name: "push,workflow_dispatch",
        ref: "refs/heads/main",
        repository: "acme/vault-tenancy",
        repository_id: "730112358",
      },
      token_policies: ["apply-acme-prod-eu"],
      token_no_default_policy: true,
      token_ttl: 300,
      token_max_ttl: 300,
      token_type: "service",
      depends_on: ["vault_jwt_auth_backend.pipelines", "vault_audit.audit_file-stdout"],
    });
  });

  test("of a watch: the claims of what is committed, and the policy of the plan", () => {
    const { bound_claims, token_policies, token_ttl, token_no_default_policy } = role("watch-acme-prod-eu");
    expect({ bound_claims, token_policies, token_ttl, token_no_default_policy }).toEqual({
      bound_claims: {
        environment: "watch-acme-prod-eu",
        event_name: "push,schedule,workflow_dispatch",
        ref: "refs/heads/main",
        repository: "acme/vault-tenancy",
        repository_id: "730112358",
      },
      token_policies: ["plan-acme-prod-eu"],
      token_ttl: 300,
      token_no_default_policy: true,
    });
    expect(role("plan-acme-prod-eu").bound_claims).toEqual({
      environment: "plan-acme-prod-eu",
      event_name: "pull_request",
      repository: "acme/vault-tenancy",
      repository_id: "730112358",
    });
  });

  test("are in no other Vault than their stack's", () => {
    const names = (json: StackJson) =>
      resources(json, "vault_jwt_auth_backend_role")
        .map(({ role_name }) => String(role_name))
        .filter((name) => /^(plan|watch|apply)-/.test(name));
    expect(names(access).filter((name) => /dev|qa|stg|nonprod/.test(name))).toEqual([]);
    expect(names(stacks["acme-access-nonprod"]!).filter((name) => /prod-(eu|us)|access-prod/.test(name))).toEqual([]);
  });
});
