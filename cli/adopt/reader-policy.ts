import { PolicyDocument, type PolicyRule } from "../../policies/write";
import { readerPolicy } from "../access-live/reader-policy";

/**
 * The policy for a token that `adopt` reads with: what `access live` needs, the names of secrets in a mount and of the
 * keys in each. No value: kv-v2 answers `subkeys` without any. Two texts, which a policy may hold one after the other.
 */
export function adoptPolicy(mount: string): string {
  const rules: PolicyRule[] = [
    { path: `${mount}/metadata/*`, capabilities: ["read", "list"], comment: "which secrets there are" },
    { path: `${mount}/metadata`, capabilities: ["list"] },
    { path: `${mount}/metadata/`, capabilities: ["list"] },
    { path: `${mount}/subkeys/*`, capabilities: ["read"], comment: "names of keys, without values" },
  ];
  return `${readerPolicy([mount])}\n${PolicyDocument.of(...rules).render()}`;
}
