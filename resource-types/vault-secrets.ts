import { argument, gone, info, planned, rule, same, says, warning, type Rule } from "./change";
import { onPath } from "./on-path";
import type { JsonObject } from "./json";
import { closed, type ResourceTypes } from "./record";
import { given, isPlainPath, keysOf, literalObject, plainPaths } from "./unread";

const endpoint: Rule = (change) => {
  const path = argument(change, "path");
  const isGone = change.action === "delete" || change.action === "replace";
  if (isGone && change.before.disable_delete !== true)
    return path.includes("/metadata/")
      ? [["error", `${path} is deleted`, "Deleting metadata destroys every version."]]
      : warning(`${path} is deleted`, "Terraform sends a DELETE to this path.");
  if (change.action === "forget" || change.action === "delete")
    return info(`${path} is forgotten`, "It stays in Vault as it is.");
  if (/^[^/]+\/metadata\//.test(path) && !/^(sys|auth|identity)\//.test(path)) {
    const [was, is] = [change.action === "import" ? {} : change.before, change.after].map(
      ({ data_json: data }: JsonObject) => literalObject(data) ?? {},
    );
    const ends = ["max_versions", "delete_version_after"].filter((name) => is![name] && !same(was![name], is![name]));
    if (ends.length > 0) return warning(`${path}: ${ends.join(", ")} changes`, "Versions end by themselves.");
    return info(`owner and rotation period at ${path}`, "No value is touched.");
  }
  return change.drift ? [] : warning(`${path} is written`, "This gate does not know what it does.");
};

/** Paths that are written through the plain API, and the fields that are read of each. */
const ENDPOINTS: readonly (readonly [RegExp, ReadonlySet<string>])[] = [
  [
    /^(?!(?:sys|auth|identity)\/)[^/]+\/metadata\/./,
    closed("custom_metadata max_versions cas_required delete_version_after"),
  ],
  [
    /^auth\/[^/]+\/users\/[^/]+$/,
    closed("policies token_policies token_no_default_policy token_ttl token_max_ttl token_type token_bound_cidrs"),
  ],
];

function unreadEndpoint({ path, data_json: data }: JsonObject): string[] {
  const [, fields] = ENDPOINTS.find(([pattern]) => pattern.test(String(path))) ?? [];
  if (!isPlainPath(path) || !fields) return [`it writes ${String(path)}, and this report does not read what that does`];
  const json = literalObject(data);
  return json ? keysOf("its data_json", json, fields) : ["its data_json is no JSON object that stands in the stack"];
}

/** What is in a kv-v2 mount: secret sets and what is said about them. */
export const VAULT_SECRETS: ResourceTypes = {
  vault_kv_secret_v2: {
    label: ["secret set", "secret sets"],
    grants: "secret set",
    reads: closed(
      "mount name data_json_wo data_json_wo_version disable_read options cas delete_all_versions custom_metadata",
    ),
    // Read back, a person's value would be in the state.
    unread: (values) => [...plainPaths("mount", "name")(values), ...given(values, "disable_read", true)],
    ignoresChanges: "all",
    // Created, and neither read nor updated, which is what keeps a person's value out of reach of both tokens.
    inVault: ({ mount, name }) => ({ plan: [], apply: [onPath(`${mount}/data/${name}`, "create")] }),
    change: rule("secret set", ["mount", "name"], {
      gone: gone("error", "The values that people set go with it. A set that leaves goes through retired."),
      forget: says("info", "is forgotten", "The values stay in Vault."),
      import: says("warning", "is imported", "Its values are read into the state. Call it existing instead."),
      update: planned(
        says("warning", "is written again", "A person's value may be overwritten: placeholders are written once."),
      ),
      create: says("info", "is placed", "With the placeholder, only where nothing is."),
    }),
  },
  vault_generic_endpoint: {
    grants: "endpoint",
    reads: closed("path data_json disable_read disable_delete ignore_absent_fields"),
    unread: unreadEndpoint,
    inVault: ({ path }) => ({
      plan: [onPath(String(path), "read")],
      apply: [onPath(String(path), "create", "read", "update")],
    }),
    change: endpoint,
  },
};
