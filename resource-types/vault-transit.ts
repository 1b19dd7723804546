import { changes, gone, info, rule } from "./change";
import { onPath } from "./on-path";
import { closed, type ResourceTypes } from "./record";
import { given, plainPaths } from "./unread";

/** Keys that encrypt and never leave Vault. */
export const VAULT_TRANSIT: ResourceTypes = {
  vault_transit_secret_backend_key: {
    label: ["key of the transit engine", "keys of the transit engine"],
    grants: "transit key",
    // Nothing by which a key could be read (`exportable`, `allow_plaintext_backup`), or made of what others know.
    reads: closed("backend name type"),
    unread: (values) => [...plainPaths("backend", "name")(values), ...given(values, "type", "aes256-gcm96")],
    inVault: ({ backend, name }) => ({
      plan: [onPath(`${backend}/keys/${name}`, "read")],
      apply: [
        onPath(`${backend}/keys/${name}`, "create", "read", "update", "delete"),
        onPath(`${backend}/keys/${name}/config`, "create", "update"),
      ],
      collection: [onPath(`${backend}/keys/*`, "create", "read", "update", "delete")],
    }),
    change: rule("key", ["backend", "name"], {
      gone: gone("warning", "What it encrypted is lost: an operator logs in anew, and makes dynamic secrets anew."),
      create: (_, called) => info(`${called} is made`, "An operator keeps its tokens encrypted with it."),
      update: changes(["type"], "What it encrypted may be lost."),
    }),
  },
};
