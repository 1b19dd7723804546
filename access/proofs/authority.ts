import { PLATFORM_ADMIN } from "../../model";
import type { Access, HeldPower } from "../access";
import type { Identity } from "../identities";
import type { Unjudged } from "../vault-side";
import type { PowerName } from "../powers";
import { pathOf, type Finding } from "./finding";

/** Powers in words, after "can". */
export const POWER_WORDS: { readonly [power in PowerName]: string } = {
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
export function authority(access: Access): Finding[] {
  return access.identities.flatMap((identity) =>
    access
      .powers(identity)
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
        through.some(({ type, values }) => type === "vault_identity_group" && values.name === PLATFORM_ADMIN),
      ),
  );
}

function finding(identity: Identity, { login, power }: HeldPower): Finding {
  const holdings = login.holdings
    .filter(({ policy }) => power.policies.includes(policy))
    .sort((a, b) => a.through.length - b.through.length);
  const victim = power.victim === undefined ? "" : ` (${power.victim}'s)`;
  return {
    proof: "authority",
    subject: identity.name,
    object: power.path,
    says:
      `${identity.name} can ${POWER_WORDS[power.power]}${victim} in Vault ${login.vault.name}, ` +
      `and is not in ${PLATFORM_ADMIN}`,
    path: [identity.name, ...pathOf({ login, request: power, rule: power.rule.pattern.path, holdings, power })],
    hint: `Take the rule out, put the person into ${PLATFORM_ADMIN}, or write an exception with its reason.`,
  };
}

/** Everything that can grant access was understood. */
export function judged({ unjudged }: Access): Finding[] {
  return unjudged.map(({ where, why }: Unjudged) => ({
    proof: "judged",
    subject: where,
    object: why,
    says: `${where}: ${why}`,
    path: [where],
    hint: "Say it in a way that this report reads, or write an exception with its reason.",
  }));
}
