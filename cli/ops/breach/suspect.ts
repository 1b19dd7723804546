import { named, type Platform, type Tenant } from "../../../model";
import { oneOf } from "../arguments";
import { UsageError } from "../errors";
import { oneVault } from "../session";
import { userName } from "../users/people";
import { asUserName } from "../users/user-name";

/** What the command line says; one of them. */
export interface SuspectOptions {
  readonly user?: string;
  readonly app?: string;
  readonly environment?: string;
  /** `APP/ENV` */
  readonly workload?: string;
  readonly unsealShare?: boolean;
  readonly vault?: string;
}

/** Whose credentials may be in other hands, on one Vault. */
export type Suspect =
  | { readonly kind: "user"; readonly name: string; readonly vault: string }
  | {
      readonly kind: "workloads";
      readonly title: string;
      readonly vault: string;
      readonly tenants: readonly Tenant[];
      readonly elsewhere: readonly string[];
    }
  | { readonly kind: "unseal share"; readonly vault: string };

const ACCEPTED = "exactly one of --user NAME, --app NAME, --environment NAME, --workload APP/ENV, --unseal-share";

/**
 * What an identity provider may call somebody, as it writes it: `auth0|5f7c`, an address. OpenID Connect Core 1.0 (2)
 * allows any 255 ASCII characters; these stand in a shell's single quotes and in Markdown as they are.
 */
const SUB = /^[\w.@|:+=~/-]{1,255}$/;

/**
 * Who is meant. A user need not be in the config: left-overs are what gets stolen. `--app` and `--environment` are all
 * their workloads on one Vault; `elsewhere` names the other Vaults that another run is for.
 *
 * Where a Vault's people may come from an identity provider, `--user` may be the `sub` of one, in its upper and lower
 * case.
 *
 * Throws a UsageError for none or several of the options, and for unknown names.
 */
export function chooseSuspect(
  platform: Platform,
  { user, app, environment, workload, unsealShare, vault }: SuspectOptions,
): Suspect {
  const given = [user, app, environment, workload, unsealShare].filter(
    (option) => option !== undefined && option !== false,
  ).length;
  if (given !== 1) throw new UsageError(`given ${given === 0 ? "none" : `${given}`} of them; accepted: ${ACCEPTED}.`);
  const vaults = platform.vaults.map((each) => each.name);
  if (vault !== undefined) oneOf("--vault", vault, vaults);
  if (unsealShare) return { kind: "unseal share", vault: oneVault(vaults, vault) };
  if (user !== undefined) {
    const declared = platform.users.find((each) => each.name === asUserName(user));
    const chosen = oneVault(declared ? declared.vaults : vaults, vault);
    const sub = named(platform.vaults, chosen).oidc && !declared && SUB.test(user.trim()) ? user.trim() : undefined;
    return { kind: "user", name: sub ?? userName(user), vault: chosen };
  }
  const workloadName = ({ app: name, environment: place }: Tenant): string => `${name}/${place}`;
  if (app !== undefined) oneOf("--app", app, platform.apps);
  if (environment !== undefined) oneOf("--environment", environment, platform.environments);
  if (workload !== undefined) oneOf("--workload", workload, platform.tenants.map(workloadName));
  const tenants = platform.tenants.filter(
    (tenant) => tenant.app === app || tenant.environment === environment || workloadName(tenant) === workload,
  );
  if (tenants.length === 0)
    throw new UsageError(`--app, --environment: given one that runs nowhere; accepted: ${ACCEPTED}.`);
  const all = [...new Set(tenants.map((tenant) => tenant.vault))];
  const chosen = oneVault(all, vault);
  return {
    kind: "workloads",
    title: app ? `app ${app}` : environment ? `environment ${environment}` : `the workload of ${workload!}`,
    vault: chosen,
    tenants: tenants.filter((tenant) => tenant.vault === chosen),
    elsewhere: all.filter((each) => each !== chosen),
  };
}
