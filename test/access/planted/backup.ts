import { at, rule, type Mutable, type Stacks } from "../fixture";
import { inProduction, type Planted } from "./mistake";

const ACCESS = "acme-access-prod";
const VAULT = "acme-vault-prod";
const POLICY = "vault_policy.backup_policy";
const ROLE = "vault_kubernetes_auth_backend_role.backup_role";
const JOB = "kubernetes_cron_job_v1.vault_backup_job";

const role = (stacks: Stacks): Mutable => at(stacks, ACCESS, ROLE);
const pod = (stacks: Stacks): Mutable => at(stacks, VAULT, JOB).spec.job_template.spec.template.spec;

/** A role of its own with the backup's policy. */
function second(stacks: Stacks, change: Mutable): void {
  stacks[ACCESS].resource.vault_kubernetes_auth_backend_role.second = {
    ...role(stacks),
    role_name: "second",
    ...change,
  };
}

/** A finding of the access stack's, on the backup's role. */
const ofRole = (mistake: string, proof: Planted["proof"], says: RegExp, change: Mutable) =>
  inProduction(mistake, proof, says, /backup_role/, (s) => Object.assign(role(s), change));

/** A finding of the vault stack's, on the CronJob. */
const ofJob = (mistake: string, says: RegExp, plant: (stacks: Stacks) => void) =>
  inProduction(mistake, "trust", says, /kubernetes_cron_job_v1/, plant);

/** Mistakes in who takes snapshots of a Vault, and how. */
export const BACKUP: readonly Planted[] = [
  ofRole(
    "snapshots for another service account",
    "privilege-escalation",
    /workload prod-eu\/vault\/other can take a snapshot \(everything, encrypted by the seal\) in Vault prod/,
    { bound_service_account_names: ["other"] },
  ),
  ofRole(
    "snapshots for another service account, which the config does not name",
    "trust",
    /bound_service_account_names of role kubernetes\/backup in acme-access-prod is \["other"\], .* says \["backup"\]/,
    { bound_service_account_names: ["other"] },
  ),
  ofRole(
    "snapshots for a service account of another namespace",
    "privilege-escalation",
    /workload prod-eu\/payments\/backup can take a snapshot/,
    { bound_service_account_namespaces: ["payments"] },
  ),
  ofRole(
    "snapshots for a second service account",
    "privilege-escalation",
    /workload prod-eu\/vault\/other can take a snapshot/,
    { bound_service_account_names: ["backup", "other"] },
  ),
  ofRole("snapshots without end by one token", "trust", /token_num_uses of role kubernetes\/backup .* is nothing/, {
    token_num_uses: null,
  }),
  ofRole("a token of the backup that lives for a day", "trust", /token_ttl of role kubernetes\/backup .* is 86400/, {
    token_ttl: 86400,
  }),
  inProduction(
    "a second role that takes snapshots",
    "privilege-escalation",
    /workload prod-eu\/vault\/second can take a snapshot/,
    /vault_kubernetes_auth_backend_role\.second/,
    (s) => second(s, { bound_service_account_names: ["second"] }),
  ),
  inProduction(
    "a second role for the backup's service account",
    "privilege-escalation",
    /workload prod-eu\/vault\/backup can take a snapshot/,
    /vault_kubernetes_auth_backend_role\.second/,
    (s) => second(s, {}),
  ),
  inProduction(
    "people who take snapshots",
    "privilege-escalation",
    /person tomas.novak can take a snapshot \(everything, encrypted by the seal\) in Vault prod/,
    /data-engineers/,
    (s) => (at(s, ACCESS, "vault_policy.group_data-engineers_policy").policy += rule("sys/storage/raft/+", "read")),
  ),
  inProduction(
    "a backup that puts snapshots back",
    "privilege-escalation",
    /workload prod-eu\/vault\/backup can reach the storage below every rule/,
    /backup_policy/,
    (s) => (at(s, ACCESS, POLICY).policy = rule("sys/storage/raft/snapshot", "read", "update")),
  ),
  inProduction(
    "a backup that reads more of the storage",
    "least-privilege",
    /policy backup grants read on sys\/storage\/raft\/\*/,
    /backup_policy/,
    (s) => (at(s, ACCESS, POLICY).policy = rule("sys/storage/raft/*", "read")),
  ),
  inProduction(
    "no role for the backup that the config names",
    "trust",
    /the config names role kubernetes\/backup, and stack acme-access-prod has none/,
    /acme-access-prod/,
    (s) => delete s[ACCESS].resource.vault_kubernetes_auth_backend_role.backup_role,
  ),
  ofJob(
    "a backup in another image",
    /pod\.container\.0\.image of CronJob vault\/backup .* is evil:1, and the config says hashicorp\/vault:/,
    (s) => (pod(s).container[0].image = "evil:1"),
  ),
  ofJob("a backup that sends its token elsewhere", /pod\.container\.0\.env\.0\.value of CronJob vault\/backup/, (s) => {
    pod(s).container[0].env[0].value = "https://evil.example";
  }),
  ofJob("a second container in the backup's pod", /pod\.container\.1\.image of CronJob vault\/backup/, (s) => {
    pod(s).container.push({ name: "other", image: "evil:1" });
  }),
  ofJob("a backup that mounts the node", /pod\.volume\.3\.host_path\.path of CronJob vault\/backup/, (s) => {
    pod(s).volume.push({ name: "node", host_path: { path: "/" } });
  }),
  ofJob("a backup that is suspended", /suspend of CronJob vault\/backup .* is true/, (s) => {
    at(s, VAULT, JOB).spec.suspend = true;
  }),
  ofJob("a CronJob that the config does not name", /schedule of CronJob payments\/mine .* says nothing of it/, (s) => {
    s["acme-prod-eu"].resource.kubernetes_cron_job_v1 = {
      mine: { ...at(s, VAULT, JOB), metadata: { name: "mine", namespace: "payments" } },
    };
  }),
  inProduction(
    "metrics that are read without looking who gives them",
    "trust",
    /podMetricsEndpoints of PodMonitor vault\/vault in acme-vault-prod is .*insecureSkipVerify/,
    /vault_monitor/,
    (s) => {
      const { spec } = at(s, VAULT, "kubernetes_manifest.vault_monitor").manifest;
      spec.podMetricsEndpoints[0].tlsConfig = { insecureSkipVerify: true };
    },
  ),
  inProduction(
    "a volume made from the server's",
    "supported",
    /its spec's volume_name may grant access/,
    /vault_backup_claim/,
    (s) => (at(s, VAULT, "kubernetes_persistent_volume_claim_v1.vault_backup_claim").spec.volume_name = "data-vault-0"),
  ),
];
