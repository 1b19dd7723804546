import { argument, gone, info, planned, rule, says, warning, type Rule } from "./change";
import { onPath } from "./on-path";
import type { ResourceTypes } from "./record";

const endpoint: Rule = (change) => {
  const path = argument(change, "path");
  const isGone = change.action === "delete" || change.action === "replace";
  if (isGone && change.before.disable_delete !== true)
    return path.includes("/metadata/")
      ? [["error", `${path} is deleted`, "Deleting metadata destroys every version."]]
      : warning(`${path} is deleted`, "Terraform sends a DELETE to this path.");
  if (change.action === "forget" || isGone) return info(`${path} is forgotten`, "It stays in Vault as it is.");
  if (/^[^/]+\/metadata\//.test(path) && !/^(sys|auth|identity)\//.test(path))
    return info(`owner and rotation period at ${path}`, "No value is touched.");
  return change.drift ? [] : warning(`${path} is written`, "This gate does not know what it does.");
};

/** What is in a kv-v2 mount: secret sets and what is said about them. */
export const VAULT_SECRETS: ResourceTypes = {
  vault_kv_secret_v2: {
    label: ["secret set", "secret sets"],
    grants: "secret set",
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
    supported: ({ path }) =>
      /^[^/]+\/metadata\/|^auth\/.+\/users\/[^/]+$|^[^/]+\/config$/.test(String(path)) &&
      !/^(sys|identity|auth)\/(metadata|config)/.test(String(path)),
    inVault: ({ path }) => ({
      plan: [onPath(String(path), "read")],
      apply: [onPath(String(path), "create", "read", "update")],
    }),
    change: endpoint,
  },
};
