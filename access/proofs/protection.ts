import { PLATFORM_ADMIN } from "../../model";
import type { Access } from "../access";
import { groupBy } from "../collections";
import type { Identity } from "../identities";
import { bit, type Ability } from "../reach";
import type { SecretSet } from "../secret-sets";
import { pathOf, setWords, steps, type Claim } from "./finding";
import { mostSevere, TOUCHING } from "./isolation";

/**
 * No identity outside a protected environment's own reaches it. People belong to it only by rules that name its sets
 * exactly.
 */
export function protection(access: Access): Claim[] {
  return [...access.identities.flatMap((identity) => identityFindings(access, identity)), ...sharedNamespaces(access)];
}

function identityFindings(access: Access, identity: Identity): Claim[] {
  const reach = [...access.ownReach(identity)].filter(([, bits]) => bits & TOUCHING);
  const environments = [...new Set(reach.map(([set]) => set.environment))];
  // Placing a placeholder where nothing is gives nobody a value: those who run the platform may.
  const counted = identity.groups.includes(PLATFORM_ADMIN) ? TOUCHING & ~bit("create") : TOUCHING;
  return reach.flatMap(([set, bits]): Claim[] => {
    const isPipeline = identity.kind === "pipeline";
    if (!(bits & counted) || (!set.protected && !isPipeline)) return [];
    const finding = (ability: Ability, why: string, hint: string, rule?: string): Claim => {
      const grants = access.why(identity, set, ability);
      const grant = grants.find((each) => each.rule === rule) ?? grants[0]!;
      return {
        subject: identity.name,
        object: set.name,
        says: `${identity.name} can ${ability} ${setWords(set)}: ${why}`,
        path: [identity.name, ...pathOf(grant)],
        hint,
      };
    };
    if (identity.kind === "workload") {
      if (identity.account?.environment === set.environment) return [];
      const from = identity.account?.environment ?? "no environment";
      return [
        finding(
          mostSevere(bits & counted),
          `it belongs to ${from}, not to ${set.environment}`,
          "Bind each environment's role to its own service accounts alone.",
        ),
      ];
    }
    if (isPipeline) {
      const values = bits & counted & ~bit("create");
      if (values)
        return [
          finding(
            mostSevere(values),
            "a pipeline has no business with values",
            "Pipelines place placeholders: create on the exact path, and nothing more.",
          ),
        ];
      if (environments.length > 1)
        return [
          finding(
            "create",
            `it reaches ${environments.join(", ")} as well`,
            "Give each environment a pipeline role of its own.",
          ),
        ];
    }
    const broad = broadRule(access, identity, set, bits & counted);
    return broad
      ? [
          finding(
            broad.ability,
            `by the rule ${JSON.stringify(broad.rule)}, which does not name it`,
            "Name the environment in a grant of its own.",
            broad.rule,
          ),
        ]
      : [];
  });
}

/** A granting rule with a wildcard, if there is one. */
function broadRule(
  access: Access,
  identity: Identity,
  set: SecretSet,
  bits: number,
): { readonly ability: Ability; readonly rule: string } | undefined {
  for (const ability of ["destroy", "delete", "update", "read", "create"] as const) {
    if (!(bits & bit(ability))) continue;
    const grant = access.why(identity, set, ability).find(({ rule, escalation }) => !escalation && /[*+]/.test(rule));
    if (grant) return { ability, rule: grant.rule };
  }
  return undefined;
}

/** Pods of a namespace can mount each Secret in it. */
function sharedNamespaces({ sets, kubernetes }: Access): Claim[] {
  const byNamespace = groupBy(kubernetes.tenants, ({ cluster, namespace }) => `${cluster}/${namespace}`);
  return sets.flatMap((set) => {
    if (!set.protected) return [];
    return set.destinations.flatMap(({ cluster, namespace, secret, binding }): Claim[] => {
      const other = byNamespace
        .get(`${cluster}/${namespace}`)
        ?.find(({ environment }) => environment !== set.environment);
      if (!other) return [];
      return [
        {
          subject: `namespace ${cluster}/${namespace}`,
          object: set.name,
          says:
            `${setWords(set)} lands in a namespace that ${other.app ?? other.name} of ` +
            `${other.environment ?? "no environment"} shares: its pods can mount the Secret`,
          path: steps(other.resource, binding.resource, `Secret ${cluster}/${namespace}/${secret}`),
          hint: "Give the protected environment namespaces of its own.",
        },
      ];
    });
  });
}
