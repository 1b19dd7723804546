import { USERPASS_MOUNT, type Platform, type Tenant } from "../../../model";
import { PolicyError } from "../../../policies/write";
import type { NamedPolicy } from "../../../policies/evaluate";
import { VaultError, type VaultClient } from "../../vault";
import type { Io } from "../io";
import { entityOf, identityGroups, type Entity } from "../users/people";
import { findTokens, type TokenFacts } from "../users/tokens";
import {
  configPoliciesOfGroups,
  configPolicyOfWorkload,
  everything,
  policy,
  reachOf,
  union,
  type Reach,
} from "./reach";

/** What is known of a suspect before anything is done. */
export interface Findings {
  readonly reach: readonly Reach[];
  /** Whether it could change policies, and so grant itself anything. */
  readonly admin: boolean;
  readonly tokens: readonly TokenFacts[];
  /** Sentences for people: where Vault and config differ, and what could not be judged. */
  readonly remarks: readonly string[];
}

/** A user's findings, and the entity if there is one. */
export interface UserFindings extends Findings {
  readonly entity: Entity | undefined;
  /** Whether userpass has the user. */
  readonly exists: boolean;
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
}

/** What a person could do, by the config and by the policies that Vault has, whichever is more. Throws VaultErrors. */
export async function lookAtUser(
  io: Io,
  client: VaultClient,
  platform: Platform,
  vault: string,
  name: string,
): Promise<UserFindings> {
  const exists = (await client.readIfPresent(`auth/${USERPASS_MOUNT}/users/${name}`)) !== undefined;
  const entity = await entityOf(client, name);
  const declared = platform.users.find((user) => user.name === name)?.groups ?? [];
  const groups = (await identityGroups(io, client)).filter((group) => entity?.group_ids?.includes(group.id));
  const names = [...new Set([...(entity?.policies ?? []), ...groups.flatMap((group) => group.policies ?? [])])].sort();
  const actual = await readPolicies(client, names);
  const byConfig = reachOf(platform, vault, configPoliciesOfGroups(platform, vault, declared));
  const identity = entity ? { entity: { id: entity.id, name: entity.name } } : {};
  const admin = [...declared, ...groups.map((group) => group.name)].some((group) =>
    platform.groups.some((each) => each.admin && each.name === group),
  );
  const byVault =
    admin || actual.unsupported.length > 0
      ? everything(platform, vault)
      : reachOf(platform, vault, actual.policies, identity);
  const tokens = entity
    ? await findTokens(io, client, (token) => token.entity_id === entity.id)
    : await findTokens(io, client, (token) => token.path === `auth/${USERPASS_MOUNT}/login/${name}`);
  const more = groups.map((group) => group.name).filter((group) => !declared.includes(group));
  const remarks = [
    ...(exists ? [] : [`Vault ${vault} has no user ${name}: nobody can log in by that name.`]),
    ...(declared.length === 0 ? [`The config has no user ${name}.`] : []),
    ...(more.length > 0 ? [`In Vault ${name} is also in ${more.join(", ")}, which the config does not say.`] : []),
    ...unsupportedRemark(actual.unsupported),
  ];
  return { exists, entity, reach: union(byConfig, byVault), admin, tokens, remarks };
}

/** What workloads could do, by the config and by the policies that Vault has, whichever is more. Throws VaultErrors. */
export async function lookAtWorkloads(
  io: Io,
  client: VaultClient,
  platform: Platform,
  vault: string,
  tenants: readonly Tenant[],
): Promise<WorkloadFindings> {
  const roles: RoleFacts[] = [];
  for (const tenant of tenants.filter((each) => each.delivery)) {
    const path = `auth/${tenant.delivery!.authMount}/role/${tenant.name}`;
    roles.push({ tenant, path, exists: (await client.readIfPresent(path)) !== undefined });
  }
  const actual = await readPolicies(
    client,
    tenants.map((tenant) => tenant.name),
  );
  const byConfig = reachOf(
    platform,
    vault,
    tenants.filter((tenant) => tenant.secretSet !== "retired").map(configPolicyOfWorkload),
  );
  const byVault =
    actual.unsupported.length > 0 ? everything(platform, vault) : reachOf(platform, vault, actual.policies);
  const logins = new Set(roles.map(({ tenant }) => `auth/${tenant.delivery!.authMount}/login ${tenant.name}`));
  const tokens = await findTokens(io, client, (token) => logins.has(`${token.path} ${token.meta?.role ?? ""}`));
  const foreign = byVault.filter(({ tenant }) => !tenants.includes(tenant)).map(({ tenant }) => tenant.path.toString());
  const remarks = [
    ...(tenants.some((tenant) => !tenant.delivery)
      ? ["Some of these environments have no cluster: nobody can log in as their workloads, and they have no tokens."]
      : []),
    ...(foreign.length > 0 && actual.unsupported.length === 0
      ? [`The policies in Vault also reach ${foreign.join(", ")}, which the config does not say.`]
      : []),
    ...unsupportedRemark(actual.unsupported),
  ];
  return { roles, reach: union(byConfig, byVault), admin: false, tokens, remarks };
}

async function readPolicies(
  client: VaultClient,
  names: readonly string[],
): Promise<{ policies: NamedPolicy[]; unsupported: string[] }> {
  const policies: NamedPolicy[] = [];
  const unsupported: string[] = [];
  for (const name of names) {
    try {
      const text = (await client.readIfPresent<{ policy: string }>(`sys/policies/acl/${name}`))?.data.policy;
      if (text !== undefined) policies.push(policy(name, text));
    } catch (error) {
      // A policy that this program cannot judge, or may not see, counts as one that grants everything: rather too many
      // values changed.
      if (
        !(error instanceof PolicyError) &&
        !(error instanceof VaultError && error.kind === "forbidden" && !/invalid token/i.test(error.message))
      )
        throw error;
      unsupported.push(name);
    }
  }
  return { policies, unsupported };
}

function unsupportedRemark(unsupported: readonly string[]): string[] {
  return unsupported.length > 0
    ? [
        `The policies ${unsupported.join(", ")} in Vault could not be read here; they are taken to ` +
          `grant everything. Look at them: vault policy read ${unsupported[0]!}`,
      ]
    : [];
}
