import { isObject, type JsonObject, type PlanFinding } from "../../access";
import type { VaultClient } from "../../cli/vault";

/** A resource in the state that a plan was made from. */
interface Known {
  readonly address: string;
  readonly type: string;
  readonly values: JsonObject;
}

/** An entity in Vault, as far as it is looked at. Source: `identity/entity/id/<id>` of Vault 1.21. */
interface Entity {
  readonly name: string;
  readonly group_ids: readonly string[] | null;
  readonly aliases: readonly { readonly id: string; readonly name: string; readonly mount_path: string }[] | null;
}

/** What a user of userpass has where nobody gave it anything. */
const NOTHING: ReadonlySet<unknown> = new Set([undefined, null, "", 0, false, "default"]);

/**
 * What the people of a stack have in Vault that no plan shows: settings of the user itself, which Terraform ignores
 * since its provider writes the password with any of them, groups that no stack made, and logins beside the own one.
 * It reads as the plan does and changes nothing (docs/decisions/0018-a-back-door-that-no-plan-shows.md).
 * @param plan what `terraform show -json PLAN` printed
 *
 * Throws VaultErrors.
 */
export async function peopleBeyondPlan(client: VaultClient, plan: string): Promise<PlanFinding[]> {
  const known = knownIn(plan);
  const of = (type: string) => known.filter((each) => each.type === type);
  const groups = new Set(of("vault_identity_group").map(({ values }) => values.id));
  const aliases = new Set(of("vault_identity_entity_alias").map(({ values }) => values.id));
  const findings: PlanFinding[] = [];
  const found = (address: string, says: string, why: string) =>
    void findings.push({ severity: "warning", address, says, why });
  for (const { address, values } of of("vault_userpass_auth_backend_user")) {
    const path = `auth/${String(values.mount)}/users/${String(values.username)}`;
    const user = await client.readIfPresent<JsonObject>(path);
    // One that has gone is made again, which the plan shows.
    for (const [name, value] of Object.entries(user ?? {}).filter(([, each]) => !isNothing(each))) {
      const policies = name.endsWith("policies") ? `: ${String(value)}` : "";
      found(
        address,
        `the user ${String(values.username)} has ${name}${policies}`,
        `No stack gave it. vault read ${path} shows it; vault write ${path}/policies token_policies="" takes ` +
          "policies away and leaves the password",
      );
    }
  }
  for (const { address, values } of of("vault_identity_entity")) {
    const entity = await client.readIfPresent<Entity>(`identity/entity/id/${String(values.id)}`);
    for (const id of entity?.group_ids ?? [])
      if (!groups.has(id)) {
        const group = await client.readIfPresent<{ name: string }>(`identity/group/id/${id}`);
        found(address, `${entity!.name} is in the group ${group?.name ?? id}`, "No stack made that group");
      }
    for (const alias of entity?.aliases ?? [])
      if (!aliases.has(alias.id))
        found(
          address,
          `${alias.name} at ${alias.mount_path} logs in as ${entity!.name}`,
          `No stack made that alias, ${alias.id}`,
        );
  }
  return findings;
}

/** Says that what people have could not be read. */
export function notKnown(why: string): PlanFinding {
  return { severity: "warning", address: "(people)", says: "not known: what people have that no plan shows", why };
}

function isNothing(value: unknown): boolean {
  return NOTHING.has(value) || (Array.isArray(value) && value.length === 0);
}

function knownIn(plan: string): Known[] {
  const { prior_state: state } = JSON.parse(plan) as { prior_state?: JsonObject };
  const { root_module: root } = (state?.values ?? {}) as { root_module?: { resources?: readonly JsonObject[] } };
  return (root?.resources ?? []).filter(isObject).map(({ address, type, values }) => ({
    address: String(address),
    type: String(type),
    values: isObject(values) ? values : {},
  }));
}
