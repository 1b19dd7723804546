import type { PlatformConfig } from "../config/platform";
import type { VaultConfig } from "../config/vault";
import { oidcLogin } from "../oidc";
import type { OidcLogin, Platform } from "../platform";
import type { Report } from "../problems";
import { step } from "../schema";

/** Where Vault's UI waits, below its address. Source: Vault's documentation, "OIDC login", "Redirect URIs". */
const UI = "ui/vault/auth/oidc/oidc/callback";

/** The login of a Vault by an identity provider, every default filled in. */
export function resolveOidc({ login, ui, address }: VaultConfig): OidcLogin | undefined {
  const oidc = login?.oidc;
  if (!oidc) return undefined;
  const page = ui === true && address?.startsWith("https://") ? `${address.replace(/\/+$/, "")}/${UI}` : undefined;
  return oidcLogin(oidc, page);
}

/** Reports groups of an identity provider where there is none, and the other way round. */
export function checkOidc({ people }: PlatformConfig, { vaults, groups }: Platform, report: Report): void {
  const external = groups.filter(({ oidc }) => oidc !== undefined);
  for (const { name, oidc } of vaults)
    if (oidc && !external.some((group) => group.vaults.includes(name)))
      report(
        step("vaults", name, "login", "oidc"),
        oidc.issuer,
        "a login that some group of people has",
        'Say of a group that reaches this Vault which of the provider\'s it is: oidc: "…" beside its grants.',
      );
  const first = new Map<string, string>();
  for (const group of external) {
    const at = step("people.groups", group.name, "oidc");
    for (const vault of vaults.filter(({ name, oidc }) => !oidc && group.vaults.includes(name)))
      report(
        at,
        group.oidc,
        "only of a group whose Vaults all have a login with oidc",
        `Its grants reach ${vault.name}: give ${step("vaults", vault.name)} a login, or take the grant out.`,
      );
    // Vault tells them apart by case no more than most providers do.
    const key = group.oidc!.toLowerCase();
    const other = first.get(key);
    if (other !== undefined)
      report(at, group.oidc, "a group of the provider that no other group is", `${other} is it already.`);
    else first.set(key, at);
  }
  for (const [user, { groups: names }] of Object.entries(people?.users ?? {}))
    for (const [i, name] of names.entries())
      if (external.some((group) => group.name === name))
        report(
          step("people.users", user, "groups", i),
          name,
          "a group whose people are users of the config",
          "Who is in this one is known to the identity provider: add the person there, or make a group of the same " +
            "grants without oidc.",
        );
}
