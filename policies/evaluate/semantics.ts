import { isFixed } from "../../model";

/**
 * How a server reads policies, where servers differ. A test's tables (test/policies/evaluate/semantics.test.ts) show
 * each difference; docs/access.md says which were held against a running server.
 */
export interface Semantics {
  /**
   * Which rules with `*` or `+` decide about a `LIST` on a folder, whose path has a slash at its end.
   * - `bare first`: those that match without the slash, else those that match with it;
   * - `slash first`: the other way round;
   * - `either`: of all that match either way the most specific that grants `list`, unless a `deny` is more specific;
   *   where none grants it, a `deny`, else the most specific.
   */
  readonly list: "bare first" | "slash first" | "either";
  /** A `deny` matches a path in any case, and decides where it is more specific than the rule in the asked case. */
  readonly denyInAnyCase: boolean;
  /** A rule is left out where what a template stands for holds `+` or `*`. */
  readonly templatesRefuseWildcards: boolean;
}

/**
 * What changed with which versions. Sources: the release notes of Vault 2.0.3 and 2.2.2 and the record of
 * CVE-2026-93335 (its backports); Vault's "Important changes", "Wildcards and globs not permitted in templated policy
 * paths"; `vault/policy/acl.go` and `policy_store.go` of OpenBao 2.6.0.
 */
const CHANGES = {
  listEither: ["2.0.3"],
  listSlashFirst: ["openbao-2.6.0"],
  denyInAnyCase: ["1.19.25", "1.21.14", "2.2.2"],
  templatesRefuseWildcards: ["1.19.17", "1.20.11", "1.21.6", "2.0.1", "openbao-2.6.0"],
} as const;

/**
 * How a server reads policies.
 * @param server its version, as the config's `version` and `serverOf` say it
 * @throws Error for what is no version
 */
export function semanticsOf(server: string): Semantics {
  const list = isFixed(server, CHANGES.listEither)
    ? "either"
    : isFixed(server, CHANGES.listSlashFirst)
      ? "slash first"
      : "bare first";
  return {
    list,
    denyInAnyCase: isFixed(server, CHANGES.denyInAnyCase),
    templatesRefuseWildcards: isFixed(server, CHANGES.templatesRefuseWildcards),
  };
}
