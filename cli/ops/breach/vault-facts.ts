import { code, codes } from "../../../access";
import { boundSets, type BoundDatabase, type Tenant } from "../../../model";
import { PolicyError } from "../../../policies/write";
import type { NamedPolicy } from "../../../policies/evaluate";
import { VaultError, type VaultClient } from "../../vault";
import type { Io } from "../io";
import type { Session } from "../session";
import { findTokens, type TokenFacts } from "../users/tokens";
import { present } from "../present";
import { allowedBy, configPolicyOfWorkload, EVERYTHING, policy, reachOf, type Reach } from "./reach";

/** Names of Vault's in one remark; more are counted. They are whoever's words, and shown as code. */
export const MOST_NAMES = 50;

/** What is known of a suspect before anything is done. */
export interface Findings {
  readonly reach: readonly Reach[];
  readonly tokens: readonly TokenFacts[];
  /** Sentences for people: where Vault and config differ, and what could not be judged. */
  readonly remarks: readonly string[];
}

/** A workload's role in Vault. */
export interface RoleFacts {
  readonly tenant: Tenant;
  /** `auth/<mount>/role/<name>` */
  readonly path: string;
  readonly exists: boolean;
}

/** Findings of workloads, and their roles. */
export interface WorkloadFindings extends Findings {
  readonly roles: readonly RoleFacts[];
  /** The databases that they get credentials for. */
  readonly databases: readonly BoundDatabase[];
}

/** What workloads could do, by the config and by the policies that Vault has, whichever is more. Throws VaultErrors. */
export async function lookAtWorkloads(
  io: Io,
  { client, platform, vault }: Session,
  tenants: readonly Tenant[],
): Promise<WorkloadFindings> {
  const roles: RoleFacts[] = [];
  for (const tenant of tenants.filter((each) => each.delivery)) {
    const path = `auth/${tenant.delivery!.authMount}/role/${tenant.name}`;
    roles.push({ tenant, path, exists: (await client.readIfPresent(path)) !== undefined });
  }
  const { policies, unsupported, remarks } = await readPolicies(
    client,
    tenants.map((tenant) => tenant.name),
  );
  const placed = tenants.filter((tenant) => tenant.secretSet !== "retired");
  const theirs = new Set(boundSets(tenants).map(({ path }) => path.toString()));
  const byConfig = allowedBy(placed.map(configPolicyOfWorkload), {}, vault.server);
  const byVault = unsupported ? EVERYTHING : allowedBy(policies, {}, vault.server);
  const foreign = unsupported
    ? []
    : reachOf(platform, vault.name, byVault).filter(({ tenant }) => !theirs.has(tenant.path.toString()));
  return {
    roles,
    databases: tenants.flatMap(({ databases }) => databases),
    reach: reachOf(platform, vault.name, byConfig, byVault),
    tokens: await tokensOfRoles(io, client, roles),
    remarks: present(
      roles.length < tenants.length &&
        "Some of these environments have no cluster: nobody can log in as their workloads, and they have no tokens.",
      foreign.length > 0 &&
        `The policies in Vault also reach ${foreign.map(({ tenant }) => tenant.path.toString()).join(", ")}, ` +
          "which the config does not say.",
      ...remarks,
    ),
  };
}

/** The tokens that logins with these roles made. Throws VaultErrors. */
export function tokensOfRoles(io: Io, client: VaultClient, roles: readonly RoleFacts[]): Promise<TokenFacts[]> {
  const logins = new Set(roles.map(({ tenant }) => `auth/${tenant.delivery!.authMount}/login ${tenant.name}`));
  return findTokens(io, client, (token) => logins.has(`${token.path} ${token.meta?.role ?? ""}`));
}

/**
 * The policies of these names that Vault has. `unsupported`: one could not be judged, and counts as one that grants
 * everything. Throws VaultErrors.
 */
export async function readPolicies(
  client: VaultClient,
  names: readonly string[],
): Promise<{ policies: NamedPolicy[]; unsupported: boolean; remarks: string[] }> {
  const policies: NamedPolicy[] = [];
  const unsupported: string[] = [];
  for (const name of names) {
    // It has no text, and grants everything.
    if (name === "root") {
      unsupported.push(name);
      continue;
    }
    try {
      const found = await client.readIfPresent<{ policy: string }>(`sys/policies/acl/${name}`);
      if (found) policies.push(policy(name, found.policy));
    } catch (error) {
      // A policy that this program cannot judge, or may not see, counts as one that grants everything: rather too many
      // values changed.
      if (!(error instanceof PolicyError) && !(error instanceof VaultError && error.isDenied)) throw error;
      unsupported.push(name);
    }
  }
  const remarks = unsupported
    .slice(0, 1)
    .map(
      (first) =>
        `The policies ${codes(unsupported, MOST_NAMES)} in Vault could not be read here; they are taken to ` +
        `grant everything. Look at them: ${code(`vault policy read ${first}`)}`,
    );
  return { policies, unsupported: unsupported.length > 0, remarks };
}
