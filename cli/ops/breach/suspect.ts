import type { Platform, Tenant } from "../../../model";
import { oneOf } from "../arguments";
import { UsageError } from "../errors";
import { userName } from "../users/people";

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
 * Who is meant. A user need not be in the config: left-overs are what gets stolen. `--app` and `--environment` are all
 * their workloads on one Vault; `elsewhere` names the other Vaults that another run is for.
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
    const name = userName(user);
    const declared = platform.users.find((each) => each.name === name);
    return { kind: "user", name, vault: oneVault(declared ? declared.vaults : vaults, vault) };
  }
  const tenants = workloadsOf(platform, { app, environment, workload });
  const all = [...new Set(tenants.map((tenant) => tenant.vault))];
  const chosen = oneVault(all, vault);
  const title =
    app !== undefined
      ? `app ${app}`
      : environment !== undefined
        ? `environment ${environment}`
        : `the workload of ${workload!}`;
  return {
    kind: "workloads",
    title,
    vault: chosen,
    tenants: tenants.filter((tenant) => tenant.vault === chosen),
    elsewhere: all.filter((each) => each !== chosen),
  };
}

function workloadsOf(platform: Platform, { app, environment, workload }: SuspectOptions): readonly Tenant[] {
  if (app !== undefined) {
    oneOf(
      "--app",
      app,
      platform.apps.map((each) => each.name),
    );
    return platform.tenants.filter((tenant) => tenant.app === app);
  }
  if (environment !== undefined) {
    oneOf(
      "--environment",
      environment,
      platform.environments.map((each) => each.name),
    );
    return platform.tenants.filter((tenant) => tenant.environment === environment);
  }
  const name = oneOf(
    "--workload",
    workload!,
    platform.tenants.map((tenant) => `${tenant.app}/${tenant.environment}`),
  );
  return platform.tenants.filter((tenant) => `${tenant.app}/${tenant.environment}` === name);
}

function oneVault(vaults: readonly string[], given: string | undefined): string {
  const [only, ...others] = vaults;
  if (only === undefined)
    throw new UsageError(
      "given something that is on no Vault; accepted: an app, environment or person that the config has on one.",
    );
  if (given !== undefined) return oneOf("--vault", given, vaults);
  if (others.length > 0)
    throw new UsageError(
      `--vault: given nothing, and this is on several; accepted: ${vaults.join(", ")}. Run it once for each.`,
    );
  return only;
}
