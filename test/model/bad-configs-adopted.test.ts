import { refuses } from "./support";

/** The Vault is there already, and no environment has a cluster. */
const exists = {
  "vaults/main": { address: "https://main" },
  "environments/dev": { vault: "main" },
  "environments/prod": { vault: "main" },
};

describe("what a Vault held before is of a Vault that is there, and of people who are declared", () => {
  refuses([
    [
      "what a server held before that is installed",
      { "vaults/main/adopted": { mount: true } },
      "vaults.main.adopted: given an object of mount; accepted: only of a Vault that exists. " +
        "A server that is installed held nothing before.",
    ],
    [
      "a user who was there and is nobody",
      { ...exists, "vaults/main/adopted": { users: { jnae: {} } } },
      'vaults.main.adopted.users.jnae: given "jnae"; accepted: a declared user: jane, platform-admin. ' +
        'Did you mean "jane"?',
    ],
    [
      "an id that Vault does not make",
      { ...exists, "vaults/main/adopted": { users: { jane: { entity: "jane" } } } },
      'vaults.main.adopted.users.jane.entity: given "jane"; accepted: an id such as ' +
        "7d2e3179-f69b-450c-7179-ac8ee8bd8ca9, at most 36 characters.",
    ],
  ]);
});
