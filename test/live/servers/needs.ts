import { findBinaries, findOperator, HOW_TO_GET_IT, type BinaryName } from "./binaries";
import { chartsFolder } from "./charts";
import { findTerraform } from "./terraform";

/**
 * What a suite needs: `kubernetes` is etcd, the API server and the controller manager; `nodes` adds the scheduler and
 * kwok, so that pods run; `busybox` is a container's shell; `openssl` is for a Vault with TLS (`kubernetes` has it
 * within); `terraform-providers` is Terraform with the four providers; `charts` are both charts in a folder, which
 * `helm` renders.
 */
export type Need =
  | "vault"
  | "kubernetes"
  | "nodes"
  | "openssl"
  | "busybox"
  | "kubectl"
  | "postgres"
  | "helm"
  | "charts"
  | "terraform"
  | "terraform-providers"
  | "operator";

const BINARIES: Partial<Record<Need, readonly BinaryName[]>> = {
  vault: ["vault"],
  kubernetes: ["etcd", "kube-apiserver", "kube-controller-manager", "openssl"],
  nodes: ["kube-scheduler", "kwok"],
  openssl: ["openssl"],
  busybox: ["busybox"],
  kubectl: ["kubectl"],
  helm: ["helm"],
  postgres: ["initdb", "postgres", "psql"],
};
/** What REQUIRE_LIVE=1 does not insist on: a suite or case that needs one of these may be left out anywhere. */
const OPTIONAL: ReadonlySet<Need> = new Set<Need>([
  "busybox",
  "charts",
  "helm",
  "kubectl",
  "postgres",
  "terraform",
  "terraform-providers",
  "operator",
]);
const PREFIX: Partial<Record<Need, string>> = {
  terraform: "with Terraform",
  "terraform-providers": "with Terraform",
  operator: "with the operator",
};
/** Starting servers takes longer than jest's five seconds for a hook. Milliseconds. */
const TIMEOUT_MS = 60_000;

/** In words, what of `needs` is not there; empty if all is. */
export function missingOf(needs: readonly Need[]): string[] {
  return needs.flatMap((need) => {
    if (need === "operator") return findOperator() ? [] : ["vault-secrets-operator is missing"];
    if (need === "charts")
      return chartsFolder() ? [] : ["the charts are missing (CHARTS_DIR: vault and vault-secrets-operator)"];
    if (need === "terraform") return findTerraform().binary ? [] : [findTerraform().missing];
    if (need === "terraform-providers") return findTerraform().providers ? [] : [findTerraform().missing];
    const names = BINARIES[need] ?? [];
    const found = findBinaries(names);
    return names.filter((name) => !found[name]).map((name) => `${name} is missing`);
  });
}

/**
 * A suite against real servers. Where something of `needs` is missing it says so in one line and jest counts its tests
 * as skipped; with REQUIRE_LIVE=1 a missing Vault or Kubernetes binary is a failing test instead. Start servers in
 * `beforeAll` (a minute's time is given), not in the body.
 */
export function describeLive(needs: readonly Need[], name: string, body: () => void): void {
  if (typeof jest !== "undefined") jest.setTimeout(TIMEOUT_MS);
  const missing = missingOf(needs);
  if (missing.length === 0) {
    describe(name, body);
  } else if (process.env.REQUIRE_LIVE === "1" && missingOf(needs.filter((need) => !OPTIONAL.has(need))).length > 0) {
    describe(name, () => {
      test("has its servers (REQUIRE_LIVE=1)", () => {
        throw new Error(sentence(missing));
      });
    });
  } else {
    process.stderr.write(`live tests: "${name}" is skipped: ${sentence(missing)}\n`);
    describe.skip(name, body);
  }
}

/**
 * A case that needs one thing more than its suite: named `with Terraform: …` or `with the operator: …`, and counted as
 * skipped where that is missing, so that a run says how many it left out. `timeoutMs`: milliseconds; @default 60000.
 */
export function testWith(
  need: "terraform" | "terraform-providers" | "operator",
  name: string,
  body: () => Promise<void>,
  timeoutMs = TIMEOUT_MS,
): void {
  const available = missingOf([need]).length === 0;
  (available ? test : test.skip)(`${PREFIX[need]}: ${name}`, body, timeoutMs);
}

function sentence(missing: readonly string[]): string {
  return `${missing.join(", ")}; ${HOW_TO_GET_IT}`;
}
