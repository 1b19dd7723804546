import { activeAddress } from "./addresses";
import { imageOf } from "./chart-source";
import { AUDIENCE, type Backup, type Installation } from "./platform";
import { secretFolder, tlsSecret } from "./server";
import { VERSIONS } from "./versions";

/**
 * What the backup's policy and role in Vault are called, and its service account, CronJob and claim in the server's
 * namespace, which has no other of the name.
 */
export const BACKUP = "backup";

/** The backup's role, as trust calls it: its mount is that of the cluster that the server is in. */
export const BACKUP_ROLE = `role kubernetes/${BACKUP}`;

/** Where Vault hands out snapshots. Source: Vault's API documentation, "/sys/storage/raft". */
export const SNAPSHOT_PATH = "sys/storage/raft/snapshot";

/** Labels of the pods that take snapshots: by them the server's network policy lets them in. */
export function backupLabels(release: string): { readonly [label: string]: string } {
  return {
    "app.kubernetes.io/name": "vault-backup",
    "app.kubernetes.io/instance": release,
  };
}

/**
 * The role by which the backup logs in, as Terraform's arguments beside its mount: one service account of the server's
 * namespace, and a token that is good for one request, within five minutes.
 */
export function backupRole(namespace: string) {
  return {
    role_name: BACKUP,
    bound_service_account_names: [BACKUP],
    bound_service_account_namespaces: [namespace],
    audience: AUDIENCE,
    token_policies: [BACKUP],
    token_no_default_policy: true,
    token_num_uses: 1,
    token_ttl: 300,
    token_max_ttl: 300,
    token_type: "service",
  };
}

/**
 * Takes a snapshot, in the server's image: a shell and the vault program. The token is in no argument and no output. A
 * snapshot has its name only when it is whole, and older ones go only then.
 * @param folder where the snapshots are
 * @param login the file of the service account's token
 */
export function backupScript({ keep }: Pick<Backup, "keep">, folder = "/snapshots", login = "/login/token"): string {
  return [
    `cd ${folder}`,
    // Of a job that was killed.
    "rm -f -- *.partial",
    `name="vault-$(date -u +%Y%m%dT%H%M%SZ).snap"`,
    `VAULT_TOKEN="$(vault write -field=token auth/kubernetes/login role=${BACKUP} jwt=@${login})"`,
    "export VAULT_TOKEN",
    'vault operator raft snapshot save "$name.partial"',
    'vault operator raft snapshot inspect "$name.partial" > /dev/null',
    'sync "$name.partial"',
    'mv -- "$name.partial" "$name"',
    `find . -name "vault-*.snap" -mmin +${Math.ceil(keep.seconds / 60)} -exec rm -f -- {} +`,
    'echo "$name is whole; there are $(ls vault-*.snap | wc -l) snapshots"',
    "",
  ].join("\n");
}

/** Seconds, an hour: how long a snapshot may take. */
const LONGEST = 3_600;

/** The user and group that the image's own `vault` user has, as the server's pods have them. */
const USER = { run_as_user: "100", run_as_group: "1000", fs_group: "1000" };

/**
 * The spec of the backup's CronJob, as Terraform's arguments: what the construct writes and what the proofs compare.
 * Its pod is one that a restricted namespace takes; it has a token for Vault alone and none for the API server.
 */
export function backupJob(installation: Omit<Installation, "cluster"> & { readonly backup: Backup }) {
  const { release, backup, image } = installation;
  const labels = backupLabels(release);
  return {
    schedule: backup.schedule,
    timezone: "Etc/UTC",
    concurrency_policy: "Forbid",
    // A node that was down at the hour is no reason to wait for the next.
    starting_deadline_seconds: LONGEST,
    successful_jobs_history_limit: 1,
    failed_jobs_history_limit: 3,
    job_template: {
      metadata: { labels },
      spec: {
        backoff_limit: 2,
        active_deadline_seconds: LONGEST,
        template: {
          metadata: { labels },
          spec: {
            service_account_name: BACKUP,
            automount_service_account_token: false,
            enable_service_links: false,
            restart_policy: "Never",
            security_context: { run_as_non_root: true, ...USER, seccomp_profile: { type: "RuntimeDefault" } },
            container: [
              {
                name: BACKUP,
                image: imageText(image),
                command: ["/bin/sh", "-euc", backupScript(backup)],
                env: environment(installation),
                resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "512Mi" } },
                security_context: {
                  // Left out, the provider says false, and the namespace refuses the pod.
                  run_as_non_root: true,
                  allow_privilege_escalation: false,
                  read_only_root_filesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
                volume_mount: volumes(installation).map(({ mount }) => mount),
              },
            ],
            volume: volumes(installation).map(({ volume }) => volume),
          },
        },
      },
    },
  };
}

/** A server's image as a pod names it. */
export function imageText(image: Installation["image"]): string {
  const { repository, tag } = imageOf(VERSIONS.images.vault, image);
  return `${repository}:${tag}`;
}

function environment(installation: Omit<Installation, "cluster">) {
  const { release, namespace } = installation;
  const secret = tlsSecret(installation);
  return [
    { name: "VAULT_ADDR", value: activeAddress(installation) },
    { name: "VAULT_CLIENT_TIMEOUT", value: `${LONGEST}s` },
    // The vault program looks for a configuration of its own there, and stops where it has no home.
    { name: "HOME", value: "/tmp" },
    ...(secret === undefined
      ? []
      : [
          { name: "VAULT_CACERT", value: `${secretFolder(secret)}/ca.crt` },
          // The one name that any certificate for this server must have.
          { name: "VAULT_TLS_SERVER_NAME", value: `${release}.${namespace}.svc` },
        ]),
  ];
}

function volumes(installation: Omit<Installation, "cluster">) {
  const secret = tlsSecret(installation);
  const token = { audience: AUDIENCE, expiration_seconds: 600, path: "token" };
  const made = (name: string, mount_path: string, what: object, read_only = true) => ({
    volume: { name, ...what },
    mount: { name, mount_path, ...(read_only && { read_only }) },
  });
  return [
    made("snapshots", "/snapshots", { persistent_volume_claim: { claim_name: BACKUP } }, false),
    made("login", "/login", { projected: { sources: [{ service_account_token: token }] } }),
    // The certificate's Secret has its key too, which is nothing for this pod.
    ...(secret === undefined
      ? []
      : [
          made("ca", secretFolder(secret), {
            secret: { secret_name: secret, items: [{ key: "ca.crt", path: "ca.crt" }] },
          }),
        ]),
  ];
}

/**
 * All that a CronJob's spec says, given as Terraform's arguments: each leaf by its path, that of its pod's without the
 * way to it.
 */
export function jobFacts(spec: unknown): { readonly [fact: string]: unknown } {
  const leaves = (value: unknown, at: string): [string, unknown][] =>
    typeof value === "object" && value !== null && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([key, each]) => leaves(each, at === "" ? key : `${at}.${key}`))
      : [[at.replace(/^job_template\.spec\.template\.spec\./, "pod."), value]];
  return Object.fromEntries(leaves(spec, ""));
}
