import type { ProofName } from "../../../model";
import { at, rule, type Mutable, type Stacks } from "../fixture";

/** A change of synthesized stacks by hand: what somebody writes who wants more than the config gives. */
export interface Mutation {
  readonly name: string;
  /** `oidc` is production with people of an identity provider. */
  readonly config: "sample" | "production" | "oidc";
  /**
   * Which proof ought to name it; `judged`: that something is not understood. Said in the test's name: what is asserted
   * is that anything new is found.
   */
  readonly expect: ProofName | "judged";
  readonly change?: (stacks: Stacks) => void;
  /** Files beside the `cdk.tf.json` of stacks, by `<stack>/<file>`. */
  readonly files?: { readonly [path: string]: string };
  /** Nothing finds it yet. Whoever writes the rule takes this away. */
  readonly todo?: true;
}

/** A change that gives nobody anything; nothing new may be found. */
export type Harmless = Pick<Mutation, "name" | "config" | "change" | "files">;

export const ACCESS = "sample-access-main";
export const LOCAL = "sample-local";
export const DEV = "sample-dev";
export const OPERATOR = "sample-operator-local";
export const SERVER = "sample-vault-main";

export const PROD_ACCESS = "acme-access-prod";
export const PROD_EU = "acme-prod-eu";
export const PROD_US = "acme-prod-us";
export const PROD_OPERATOR = "acme-operator-prod-eu";
export const PROD_SERVER = "acme-vault-prod";
export const NONPROD_ACCESS = "acme-access-nonprod";
export const NONPROD_OPERATOR = "acme-operator-nonprod";

/** Adds a resource, or takes the place of one. */
export function add(stacks: Stacks, stack: string, address: string, values: Mutable): void {
  const [type = "", id = ""] = address.split(".");
  const json = stacks[stack];
  json.resource = { ...json.resource, [type]: { ...json.resource?.[type], [id]: values } };
}

/** Adds a block that is no resource: `data`, `module`, `output`. */
export function addBlock(stacks: Stacks, stack: string, block: string, values: Mutable): void {
  stacks[stack][block] = { ...stacks[stack][block], ...values };
}

/** Changes arguments of a resource. */
export function set(stacks: Stacks, stack: string, address: string, values: Mutable): void {
  Object.assign(at(stacks, stack, address), values);
}

/** The manifest's spec of a custom resource, to be changed. */
export function specOf(stacks: Stacks, stack: string, address: string): Mutable {
  return at(stacks, stack, `kubernetes_manifest.${address}`).manifest.spec;
}

/** Adds a manifest. */
export function addManifest(stacks: Stacks, stack: string, apiVersion: string, kind: string, rest: Mutable): void {
  const { metadata, ...others } = rest;
  const manifest = { apiVersion, kind, metadata: { name: "extra", ...metadata }, ...others };
  add(stacks, stack, "kubernetes_manifest.extra", { manifest });
}

/** Adds a rule to a policy's text. */
export function permit(
  stacks: Stacks,
  stack: string,
  policy: string,
  path: string,
  ...capabilities: readonly string[]
): void {
  at(stacks, stack, `vault_policy.${policy}`).policy += `\n${rule(path, ...capabilities)}`;
}

/** Changes the values of a Helm release. */
export function setValues(stacks: Stacks, stack: string, address: string, change: (values: Mutable) => void): void {
  const release = at(stacks, stack, `helm_release.${address}`);
  const values = JSON.parse(release.values[0]);
  change(values);
  release.values[0] = JSON.stringify(values);
}

/** Changes of one config that one proof ought to name. */
export function each(
  { config, expect }: Pick<Mutation, "config" | "expect">,
  changes: readonly Omit<Mutation, "config" | "expect">[],
): Mutation[] {
  return changes.map((mutation) => ({ config, expect, ...mutation }));
}
