/**
 * Sentences of docs/bootstrap.md, docs/secrets.md and docs/kind.md that no test in real pods has seen, by their first
 * words, and where else they were, or why nowhere. All the others are named by a comment in test/pods.
 */
export const NOT_IN_PODS: { readonly [page: string]: readonly (readonly [words: string, why: string])[] } = {
  "bootstrap.md": [
    ["`test/live/up.test.ts` kills", "says where it was seen"],
    ["`test/pods/troubles.test.ts` makes each", "says where it was seen"],
    ["| `vaults.<vault>.address` of the config", "test/cli/ops/way.test.ts: the sample has none"],
    ["With one of the two variables `up` installs no server", "test/live/up.test.ts"],
    ["| one file a share", "the shares of sample.test.ts come from such files; their modes: test/live/init.test.ts"],
    ["| shown one at a time on a screen", "test/live/init.test.ts"],
    ["The share is asked for, not shown.", "it is Vault's program that asks; a test has no terminal of its"],
    ["The last line gives an attempt up", "test/live/rekey.test.ts"],
    ["$ vault operator rekey -cancel", "test/live/rekey.test.ts"],
    ["Since Vault 2.0 shares alone are not enough: the request", "the server in the pods is Vault 1.21.1"],
    ["If nobody can log in:", "the server in the pods is Vault 1.21.1"],
    ["1. put `enable_unauthenticated_access", "the server in the pods is Vault 1.21.1"],
    ["2. `npm run ops", "the server in the pods is Vault 1.21.1"],
    ["3. take the line out again", "the server in the pods is Vault 1.21.1"],
    ["The one moment where this can happen", "the server in the pods is Vault 1.21.1"],
    [
      "An interruption from the keyboard",
      "test/cli/up/root-token-offered.test.ts: the server in the pods is Vault 1.21.1",
    ],
    ["A Vault that holds nothing yet", "an advice"],
    ["| `npm run down`, a Vault that was there", "test/live/down-existing.test.ts"],
    ["Delete those by hand", "an advice"],
    ["A protected environment refuses.", "test/live/down.test.ts"],
    ["The operator goes after its custom resources", "test/live/down.test.ts"],
    ["How `down` of everything keeps the right", "a pointer"],
  ],
  "secrets.md": [
    ["| `secrets recover APP ENV", "test/live/secrets-recover.test.ts: the sample's storage takes no snapshots"],
    ["How they find the Vault", "a pointer"],
    ["That a value is still the placeholder", "a limit"],
    ["Where one name does both", "test/live/secrets.test.ts: in the pods nobody is root"],
    ["What else lies under the platform's root", "test/live/secrets.test.ts: in the pods nobody may write there"],
    ["`app` and `environment` are `null`", "test/live/secrets.test.ts: in the pods nobody may write there"],
    ["The shapes are stable", "a promise about later versions"],
  ],
  "kind.md": [
    ["$ scripts/kind.sh # makes a cluster", "it takes Docker"],
    ["$ scripts/kind.sh --keep", "it takes Docker"],
    ["$ kind create cluster", "it takes Docker"],
    ["$ kind delete cluster", "it takes Docker"],
    ["Docker, [kind]", "it takes Docker"],
    ["minikube and Docker Desktop are the same", "it takes Docker"],
    ["To do it by hand:", "a heading"],
    ["With `VAULT_ADDR` in the environment of `up` or `down`", "test/live/down-existing.test.ts"],
  ],
};
