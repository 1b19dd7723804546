import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePlan } from "../../access";
import { planDigest } from "../../ci/lib/plan-digest";
import { summarizePlan, type PlanSummary } from "../../ci/lib/plan-summary";
import { pullRequestComment, standingOf } from "../../ci/lib/pull-request";
import { synthesize } from "../../cli/synth";
import production from "../../config/production";
import sample from "../../config/sample";
import { resolvePlatform, type PlatformConfig } from "../../model";

/** A planned change, as a test writes it. */
export interface Planned {
  readonly address: string;
  readonly actions: readonly string[];
  readonly before?: object | null;
  readonly after?: object | null;
}

/** What `terraform show -json` prints of a plan, as far as it is read. */
export function planText(...changes: readonly Planned[]): string {
  const resource_changes = changes.map(({ address, actions, before = null, after = null }) => ({
    address,
    mode: "managed",
    type: address.split(".")[0],
    name: address.split(".")[1],
    change: { actions, before, after, after_unknown: {}, before_sensitive: {}, after_sensitive: {} },
  }));
  return JSON.stringify({ format_version: "1.2", terraform_version: "1.11.4", resource_changes });
}

/** The digest of a plan, from its text. */
export function planDigestOf(text: string): string {
  return planDigest(parsePlan(text));
}

/** A case of a pull request: two configs, and what the plan jobs would say. */
export interface CommentCase {
  readonly base: PlatformConfig;
  readonly head: PlatformConfig;
  readonly plans: readonly PlanSummary[];
}

const READERS = "dev-readers";

/** The cases of the golden comments, by the name of their file. */
export const CASES: { readonly [name: string]: () => CommentCase } = {
  "no-change": () => ({ base: sample, head: sample, plans: [] }),
  "one-person-gains-read-in-dev": () => ({
    base: sample,
    head: {
      ...sample,
      people: {
        groups: {
          ...sample.people!.groups,
          [READERS]: { grants: [{ access: "read", apps: ["sample-node-api"], environments: ["dev"] }] },
        },
        users: { ...sample.people!.users, dana: { groups: [READERS] } },
      },
    },
    plans: [
      summarizePlan(
        "sample-access-main",
        planText(
          {
            address: `vault_identity_group.group_${READERS}`,
            actions: ["create"],
            after: { name: READERS, policies: [READERS] },
          },
          {
            address: `vault_policy.group_${READERS}_policy`,
            actions: ["create"],
            after: {
              name: READERS,
              policy: 'path "kvv2/data/sample/sample-node-api/sample-node-api-dev" {\n  capabilities = ["read"]\n}\n',
            },
          },
          { address: "vault_identity_entity.user_dana_entity", actions: ["create"], after: { name: "dana" } },
          { address: "vault_identity_entity_alias.user_dana_alias", actions: ["create"], after: { name: "dana" } },
          { address: "vault_userpass_auth_backend_user.user_dana", actions: ["create"], after: { username: "dana" } },
        ),
      ),
    ],
  }),
  "a-production-mount-would-be-replaced": () => ({
    base: production,
    head: { ...production, vaults: { ...production.vaults, prod: { ...production.vaults.prod!, mount: "secrets" } } },
    plans: [
      summarizePlan(
        "acme-access-prod",
        planText({
          address: "vault_mount.kv",
          actions: ["delete", "create"],
          before: { path: "apps", type: "kv", options: { version: "2" } },
          after: { path: "secrets", type: "kv", options: { version: "2" } },
        }),
      ),
      summarizePlan(
        "acme-prod-eu",
        planText({
          address: "vault_kv_secret_v2.storefront_secrets_data",
          actions: ["create"],
          after: { mount: "secrets" },
        }),
      ),
    ],
  }),
};

/** Synthesizes both configs and makes the comment from the folders, as ci/comment does. */
export function commentOf({ base, head, plans }: CommentCase): string {
  const folder = mkdtempSync(join(tmpdir(), "comment-"));
  try {
    const made = (config: PlatformConfig, name: string) =>
      synthesize(resolvePlatform(config), { outdir: join(folder, name) });
    const [before, after] = [made(base, "base"), made(head, "head")];
    mkdirSync(join(folder, "plans"));
    for (const plan of plans) writeFileSync(join(folder, "plans", `${plan.stack}.json`), JSON.stringify(plan));
    return pullRequestComment({
      base: before.outdir,
      head: after.outdir,
      plans: join(folder, "plans"),
      standing: standingOf({}),
      order: after.stacks,
    }).text;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Where a golden comment lies. */
export function goldenFile(name: string): string {
  return join(__dirname, "golden", `${name}.md`);
}

/** A golden comment, with the line ends of Unix. */
export function golden(name: string): string {
  return readFileSync(goldenFile(name), "utf8").replaceAll("\r\n", "\n");
}
