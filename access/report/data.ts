import type { Access } from "../access";
import { escalationWords } from "../escalations";
import type { Check } from "../proofs";
import { abilitiesOf } from "../reach";
import { nameOf } from "../read-stacks";
import { missingSafeguards, reachedBy, reasonsOf, type Filter } from "./rows";

function wanted(access: Access, filter: Filter) {
  return reachedBy(access, filter).map(({ identity, reach }) => ({
    identity,
    reach: reach.sort(([a], [b]) => access.sets.indexOf(a) - access.sets.indexOf(b)),
  }));
}

/** The whole model as JSON, for other programs; fields are only ever added. */
export function jsonReport(access: Access, { failures, waived, unused }: Check, filter: Filter = {}): string {
  const report = {
    platform: access.platform,
    secretSets: access.sets.map(
      ({ name, vault, app, environment, protected: isProtected, state, destinations, resource, readers, shared }) => ({
        ...{ name, vault, app, environment, protected: isProtected, state, resource: nameOf(resource) },
        ...(shared && { readBy: readers }),
        kubernetes: destinations.map(({ binding: _, ...where }) => where),
      }),
    ),
    identities: wanted(access, filter).map(({ identity, reach }) => ({
      ...{ name: identity.name, kind: identity.kind, groups: identity.groups },
      escalations: access.escalations(identity).map(({ login, escalation }) => ({
        vault: login.vault.name,
        escalation: escalation.name,
        says: escalationWords({ name: escalation.name }),
        operation: escalation.operation,
        path: escalation.path,
        rule: escalation.rule.pattern.path,
        policies: escalation.policies,
      })),
      access: reach.map(([set, bits]) => ({
        secretSet: set.name,
        abilities: abilitiesOf(bits),
        reasons: reasonsOf(access, identity, set, bits),
      })),
    })),
    unsafeWithout: missingSafeguards(access),
    proofs: { failures, waived, unused },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

const CSV_HEAD = "who,kind,app,environment,protected,secret set,ability,operation,path,rule,policies,resources";

/**
 * A line for each identity, secret set and ability, with what grants it. RFC 4180; texts that a spreadsheet would run
 * begin with `'`.
 */
export function csvReport(access: Access, filter: Filter = {}): string {
  const lines = wanted(access, filter).flatMap(({ identity, reach }) =>
    reach.flatMap(([set, bits]) =>
      reasonsOf(access, identity, set, bits).map(({ ability, operation, path, rule, policies, resources }) => [
        ...[identity.short, identity.kind, set.app, set.environment, set.protected ? "yes" : "no", set.name],
        ...[ability, operation, path, rule, policies.join(" "), resources.join(" → ")],
      ]),
    ),
  );
  return [CSV_HEAD, ...lines.map((line) => line.map(csvField).join(","))].join("\r\n") + "\r\n";
}

function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
