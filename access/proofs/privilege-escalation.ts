import { PLATFORM_ADMIN } from "../../model";
import { grantsOf } from "../../resource-types";
import type { Access, HeldEscalation } from "../access";
import type { Identity } from "../identities";
import type { EscalationName } from "../escalations";
import { pathOf, type Finding } from "./finding";

/** Powers in words, after "can". */
export const ESCALATION_WORDS: { readonly [escalation in EscalationName]: string } = {
  policies: "write policies",
  logins: "write users or roles of an auth method",
  identity: "write groups and entities",
  takeover: "set another person's password",
  methods: "bring in an auth method with users of its own",
  tokens: "make tokens with any policy",
  storage: "reach the storage below every rule",
  mounts: "disable or move the mount, with every value in it",
  audit: "take audit devices away",
  root: "make a root token, together with the holders of key shares",
};

/** Nobody but those named, the members of `platform-admin`, can change who may read what. */
export function privilegeEscalation(access: Access): Finding[] {
  return access.identities.flatMap((identity) =>
    access
      .escalations(identity)
      .filter(({ login }) => !isNamed(identity, login.vault.name))
      .map((held) => finding(identity, held)),
  );
}

/** Whether an identity is in `platform-admin` of a Vault: those whom the config names as running it. */
export function isNamed({ logins }: Identity, vault: string): boolean {
  return logins.some(
    (login) =>
      login.vault.name === vault &&
      login.holdings.some(({ through }) =>
        through.some(({ type, values }) => grantsOf(type) === "group" && values.name === PLATFORM_ADMIN),
      ),
  );
}

function finding(identity: Identity, { login, escalation }: HeldEscalation): Finding {
  const holdings = login.holdings
    .filter(({ policy }) => escalation.policies.includes(policy))
    .sort((a, b) => a.through.length - b.through.length);
  const victim = escalation.victim === undefined ? "" : ` (${escalation.victim}'s)`;
  return {
    proof: "privilege-escalation",
    subject: identity.name,
    object: escalation.path,
    says:
      `${identity.name} can ${ESCALATION_WORDS[escalation.name]}${victim} in Vault ${login.vault.name}, ` +
      `and is not in ${PLATFORM_ADMIN}`,
    path: [
      identity.name,
      ...pathOf({ login, request: escalation, rule: escalation.rule.pattern.path, holdings, escalation }),
    ],
    hint: `Take the rule out, put the person into ${PLATFORM_ADMIN}, or write a waiver with its reason.`,
  };
}

/** Everything that can grant access was understood. */
export function supported({ unsupported }: Access): Finding[] {
  return unsupported.map(({ where, why }) => ({
    proof: "supported",
    subject: where,
    object: why,
    says: `${where}: ${why}`,
    path: [where],
    hint: "Say it in a way that this report reads, or write a waiver with its reason.",
  }));
}
