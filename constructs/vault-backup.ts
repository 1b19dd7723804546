import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BACKUP, backupJob, type Backup } from "../model";
import { ThinResource } from "./l1";
import type { Server } from "./vault-server-config";

/**
 * What takes snapshots of an `ha` server, in its namespace: a service account that may do nothing else, a volume and a
 * CronJob. Vault's side of it is a `BackupRole`: until that is there, the jobs fail and say so.
 */
export function addBackup(
  scope: Construct,
  server: Server & { readonly backup: Backup },
  home: ITerraformDependable,
): void {
  const parent = new Construct(scope, "backup");
  const { size = "10Gi", storageClass } = server.backup.to.volume;
  const labels = { "app.kubernetes.io/managed-by": "vault-tenancy" };
  const metadata = { name: BACKUP, namespace: server.namespace, labels };
  const account = new ThinResource(
    parent,
    "service-account",
    "kubernetes_service_account_v1",
    { metadata, automount_service_account_token: false },
    { dependsOn: [home] },
  );
  const claim = new ThinResource(
    parent,
    "claim",
    "kubernetes_persistent_volume_claim_v1",
    {
      metadata,
      spec: {
        access_modes: ["ReadWriteOnce"],
        resources: { requests: { storage: size } },
        ...(storageClass !== undefined && { storage_class_name: storageClass }),
      },
      // Many storage classes make a volume only when a pod asks for it.
      wait_until_bound: false,
    },
    { dependsOn: [home], lifecycle: server.unsafeDestroy ? undefined : { preventDestroy: true } },
  );
  new ThinResource(
    parent,
    "job",
    "kubernetes_cron_job_v1",
    { metadata, spec: backupJob(server) },
    { dependsOn: [account, claim] },
  );
}
