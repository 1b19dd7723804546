import { backendSettings } from "./backend-settings";
import { auditDeviceName, auditOptions } from "./audit-device";
import { serverMonitor } from "./alerts";
import { vaultAddressIn } from "./addresses";
import { BACKUP, BACKUP_ROLE, backupJob, backupRole, jobFacts } from "./backup";
import { chartSource, imageOf } from "./chart-source";
import type { ClusterLogin, OperatorConfig } from "./config/cluster";
import {
  named,
  OIDC_MOUNT,
  OIDC_ROLE,
  PLATFORM_ADMIN,
  USERPASS_MOUNT,
  type Cluster,
  type Group,
  type OidcLogin,
  type Platform,
  type StackSpec,
  type Vault,
} from "./platform";
import { connectionFacts, DATABASE_MOUNT, roleFacts } from "./databases";
import { TRANSIT_MOUNT } from "./token-cache";
import { externalGroups, oidcMount, oidcRole } from "./oidc";
import { guardedGroups, issuerOf, SECOND_FACTOR, totpMethod } from "./second-factor";
import { certificateNames, sealAttributes, tlsSecret } from "./server";
import { VERSIONS } from "./versions";

/** What is said of one thing that is trusted, under the names of Terraform's arguments; absent is not said. */
export type TrustFacts = { readonly [fact: string]: unknown };

/**
 * Whose word a stack's resources take, by what it is about: whose tokens an auth mount believes, which jobs a role
 * admits, where the operator finds Vault, where charts come from, who runs the platform, what is recorded.
 */
export type Trust = { readonly [subject: string]: TrustFacts };

/**
 * Where Vault finds the API server of the cluster that it runs in. Source: Kubernetes' documentation, "Accessing the
 * API from a Pod".
 */
export const IN_CLUSTER_HOST = "https://kubernetes.default.svc";

/** What the config says is trusted in a stack: the reports compare it with the stack's resources. */
export function trustOf(platform: Platform, stack: StackSpec): Trust {
  const { kind, vault, cluster, environment, backend } = stack;
  const talks = {
    backend: { type: backend.type, ...backendSettings(stack.name, backend) },
    ...(vault !== undefined && kind !== "vault" && providerOf(named(platform.vaults, vault))),
    ...(cluster !== undefined && {
      "provider kubernetes": { config_context: named(platform.clusters, cluster).context },
    }),
  };
  switch (kind) {
    case "access":
      return {
        ...talks,
        ...accessTrust(platform, named(platform.vaults, vault!)),
        ...databaseRoles(platform, stack),
      };
    case "environment":
      return { ...talks, ...connectionTrust(platform, environment!), ...databaseRoles(platform, stack) };
    case "vault":
      return { ...talks, ...serverTrust(named(platform.vaults, vault!)) };
    case "operator":
      return {
        ...talks,
        ...jobsTrust(named(platform.clusters, cluster!)),
        release: operatorRelease(named(platform.clusters, cluster!).operator!),
      };
  }
}

function operatorRelease({ chart, image, proxyImage }: OperatorConfig): TrustFacts {
  const name = ({ repository, tag }: ReturnType<typeof imageOf>) => `${repository}:${tag}`;
  return {
    ...chartSource(VERSIONS.charts.operator, chart),
    ...(image && { image: name(imageOf(VERSIONS.images.operator, image)) }),
    ...(proxyImage && { "proxy image": name(imageOf(VERSIONS.images.operatorProxy, proxyImage)) }),
  };
}

function serverTrust({ installation, address }: Vault): Trust {
  const { chart, image, values, seal, tls, backup, alerts, namespace } = installation!;
  const own = (values?.server as { readonly image?: object } | undefined)?.image;
  const { repository, tag } = { ...imageOf(VERSIONS.images.vault, image), ...own };
  return {
    release: {
      ...chartSource(VERSIONS.charts.vault, chart),
      image: `${repository}:${tag}`,
      ...(seal && seal.type !== "shamir" && { seal: { type: seal.type, ...sealAttributes(seal) } }),
    },
    ...(tls &&
      "certManager" in tls && {
        Certificate: {
          secretName: tlsSecret(installation!),
          issuerRef: {
            group: "cert-manager.io",
            kind: tls.certManager.kind ?? "ClusterIssuer",
            name: tls.certManager.issuer,
          },
          ...certificateNames(installation!, address),
        },
      }),
    ...(alerts && { PodMonitor: serverMonitor(installation!) }),
    ...(backup && { [`CronJob ${namespace}/${BACKUP}`]: jobFacts(backupJob({ ...installation!, backup })) }),
  };
}

/**
 * Where the CI's jobs send their tokens for a cluster. No resource says it: a job takes it from the config itself
 * (ci/lib/identity.ts), and here it stands so that a pull request's comment names a change of it.
 */
export const JOBS_API_SERVER = "API server of the jobs";

function jobsTrust({ pipelines }: Cluster): Trust {
  if (!pipelines) return {};
  const { host, caCertificate, audience } = pipelines;
  return { [JOBS_API_SERVER]: { host, caCertificate, ...(audience !== undefined && { audience }) } };
}

/** By which certificates jobs and the operator know a Vault; no resource of those stacks says it either. */
export const VAULT_CA = "CA of the Vault";

function providerOf({ address, ca }: Vault): Trust {
  const certificate = ca && "certificate" in ca ? ca.certificate : undefined;
  return {
    ...(address !== undefined && { "provider vault": { address } }),
    ...(certificate !== undefined && { [VAULT_CA]: { certificate } }),
  };
}

function accessTrust(platform: Platform, vault: Vault): Trust {
  const { clusters, groups, pipelines, users } = platform;
  const { name, audit, installation } = vault;
  const admins = users.filter(({ vaults, groups }) => vaults.includes(name) && groups.includes(PLATFORM_ADMIN));
  const logins = clusters.flatMap(({ auths }) => auths.filter((auth) => auth.vault === name));
  return {
    ...Object.fromEntries(logins.map(({ mount, login }) => [`auth mount ${mount}`, loginTrust(login)])),
    ...(pipelines && { [`auth mount ${pipelines.mount}`]: loginTrust({ ...pipelines, type: "jwt" }) }),
    ...Object.fromEntries(
      (pipelines?.identities ?? [])
        .filter((identity) => identity.vault === name)
        .map((identity) => [
          `role ${pipelines!.mount}/${identity.name}`,
          {
            bound_audiences: [pipelines!.audience],
            bound_claims: Object.fromEntries(
              Object.entries(identity.claims).map(([claim, values]) => [claim, values.join(",")]),
            ),
          },
        ]),
    ),
    ...Object.fromEntries(
      audit.map((device) => [
        `audit device ${auditDeviceName(device)}`,
        { type: device.type, options: auditOptions(device) },
      ]),
    ),
    ...(installation?.backup && { [BACKUP_ROLE]: backupRole(installation.namespace) }),
    [`auth mount ${USERPASS_MOUNT}`]: {
      type: "userpass",
      default_lease_ttl: `${vault.tokenTtl.seconds}s`,
      max_lease_ttl: `${vault.tokenMaxTtl.seconds}s`,
    },
    ...(vault.oidc && oidcTrust(vault, vault.oidc, groups)),
    ...secondFactorTrust(platform, vault),
    ...databaseConnections(platform, name),
    ...(platform.clusters.some(({ tokenCache }) => tokenCache?.vault === name) && {
      [`mount ${TRANSIT_MOUNT}`]: { type: "transit" },
    }),
    [`group ${PLATFORM_ADMIN}`]: { members: admins.map((user) => user.name).sort() },
  };
}

/** Whom an identity provider's word is taken for, and which of its groups is which of ours. */
function oidcTrust(vault: Vault, oidc: OidcLogin, groups: readonly Group[]): Trust {
  const external = externalGroups(vault, groups);
  const names = external.map((group) => group.oidc);
  return {
    [`auth mount ${OIDC_MOUNT}`]: oidcMount(oidc),
    [`role ${OIDC_MOUNT}/${OIDC_ROLE}`]: oidcRole(oidc, names, vault),
    ...Object.fromEntries(external.map((group) => [`group alias ${OIDC_MOUNT}/${group.oidc}`, { group: group.name }])),
  };
}

/** Whose logins ask for a second factor, and what it is. */
function secondFactorTrust(platform: Platform, vault: Vault): Trust {
  const { secondFactor, name } = vault;
  if (!secondFactor) return {};
  const { issuer, ...totp } = totpMethod(issuerOf(platform.name, name));
  return {
    [`second factor ${issuer}`]: totp,
    ...(secondFactor === "required" && {
      [`login enforcement ${SECOND_FACTOR}`]: { groups: guardedGroups(platform, name), methods: [issuer] },
    }),
  };
}

function loginTrust(login: ClusterLogin): TrustFacts {
  switch (login.type) {
    case "vault":
      return { type: "kubernetes", kubernetes_host: IN_CLUSTER_HOST };
    case "token":
      return {
        type: "kubernetes",
        kubernetes_host: login.host,
        kubernetes_ca_cert: login.caCertificate,
        disable_local_ca_jwt: true,
      };
    case "jwt":
      return {
        type: "jwt",
        bound_issuer: login.issuer,
        ...(login.publicKeys
          ? { jwt_validation_pubkeys: login.publicKeys.map((key) => key.trimEnd()) }
          : {
              oidc_discovery_url: login.issuer,
              ...(login.caCertificate !== undefined && { oidc_discovery_ca_pem: login.caCertificate.trimEnd() }),
            }),
      };
  }
}

/** The databases of a Vault, and the mount that they are in. */
function databaseConnections({ databases }: Platform, vault: string): Trust {
  const here = databases.filter((connection) => connection.vault === vault);
  return {
    ...(here.length > 0 && { [`mount ${DATABASE_MOUNT}`]: { type: "database" } }),
    ...Object.fromEntries(here.map((connection) => [`database ${connection.name}`, connectionFacts(connection)])),
  };
}

/** What credentials of databases are, of the roles that a stack holds. */
function databaseRoles({ tenants, environments, databases }: Platform, { kind, vault, environment }: StackSpec): Trust {
  const here = tenants.filter((tenant) => {
    const { authority } = named(environments, tenant.environment);
    return kind === "access"
      ? authority === "separate" && tenant.vault === vault
      : authority === "environment" && tenant.environment === environment;
  });
  return Object.fromEntries(
    here.flatMap(({ databases: its }) =>
      its.map(({ role, access, connection }) => [
        `database role ${role}`,
        roleFacts(access, named(databases, connection)),
      ]),
    ),
  );
}

/** Every connection of an environment is to its own Vault. */
function connectionTrust({ vaults, environments, name }: Platform, environment: string): Trust {
  const { vault, cluster } = named(environments, environment);
  const { installation, address, ca } = named(vaults, vault);
  if (cluster === undefined) return {};
  const caCertSecretRef = ca && ("secret" in ca ? ca.secret : `${name}-vault-ca`);
  return {
    VaultConnection: {
      address: vaultAddressIn(cluster, { installation, address }),
      ...(caCertSecretRef !== undefined && { caCertSecretRef }),
      skipTLSVerify: false,
    },
  };
}
