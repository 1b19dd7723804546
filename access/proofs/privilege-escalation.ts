import { PLATFORM_ADMIN } from "../../model";
import { grantsOf } from "../../resource-types";
import { isDeclaredBackup } from "../backup";
import { escalationPath, type Access, type HeldEscalation } from "../access";
import type { EscalationName } from "../escalation-requests";
import type { Identity } from "../identities";
import { isDeclaredTokenCache } from "../token-cache";
import { escalationWords } from "../escalations";
import { pathOf, type Claim } from "./finding";

/** What nobody has in the course of running a platform: it leads past every rule, and past the audit log. */
const BELOW: ReadonlySet<EscalationName> = new Set(["storage", "snapshot", "plugins", "tokens"]);

/**
 * Nobody but those named, the members of `platform-admin`, can change who may read what. Snapshots are for the backup
 * that the config declares, and a key for the operator whose it is, and for nobody else.
 */
export function privilegeEscalation(access: Access): Claim[] {
  return access.identities.flatMap((identity) =>
    access
      .escalations(identity)
      .filter((held) => !isDeclaredBackup(held) && !isDeclaredTokenCache(held))
      .filter(({ login, escalation }) => BELOW.has(escalation.name) || !isNamed(identity, login.vault.name))
      .map((held) => finding(identity, held)),
  );
}

/** Whether an identity is in `platform-admin` of a Vault: those whom the config names as running it. */
function isNamed({ logins }: Identity, vault: string): boolean {
  return logins.some(
    (login) =>
      login.vault.name === vault &&
      login.holdings.some(({ through }) =>
        through.some(({ type, values }) => grantsOf(type) === "group" && values.name === PLATFORM_ADMIN),
      ),
  );
}

function finding(identity: Identity, held: HeldEscalation): Claim {
  const { login, escalation } = held;
  return {
    subject: identity.name,
    object: escalation.path,
    says:
      `${identity.name} can ${escalationWords(escalation)} in Vault ${login.vault.name}` +
      (BELOW.has(escalation.name) ? "" : `, and is not in ${PLATFORM_ADMIN}`),
    path: [identity.name, ...pathOf(escalationPath(held))],
    grave: BELOW.has(escalation.name),
    hint: `Take the rule out, put the person into ${PLATFORM_ADMIN}, or write a waiver with its reason.`,
  };
}

/** Everything that can grant access was understood. */
export function supported({ unsupported }: Access): Claim[] {
  return unsupported.map(({ where, why }) => ({
    subject: where,
    object: why,
    says: `${where}: ${why}`,
    path: [where],
    hint: "Say it in a way that this report reads, or write a waiver with its reason.",
  }));
}
