import { judged, type Change } from "./by-hand";

const binding = (values: readonly string[]) => ({
  manifest: {
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: "shop" },
    spec: { matchResources: { namespaceSelector: { matchExpressions: [{ values }] } } },
  },
});

const policy = (variables: { readonly [name: string]: readonly string[] }) => ({
  manifest: {
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: "shop" },
    spec: {
      variables: Object.entries(variables).map(([name, lines]) => ({ name, expression: lines.join("\n") })),
    },
  },
});

describe("a planned change in a cluster", () => {
  test.each<[string, Change, readonly string[]]>([
    [
      "a Secret destroyed",
      ["kubernetes_secret_v1", ["delete"], { metadata: [{ namespace: "app", name: "db" }] }, null],
      ["error: Secret app/db is destroyed"],
    ],
    [
      "a Secret written again",
      [
        "kubernetes_secret_v1",
        ["update"],
        { metadata: [{ namespace: "app", name: "db" }], data_wo_revision: 1 },
        { metadata: [{ namespace: "app", name: "db" }], data_wo_revision: 2 },
      ],
      ["warning: Secret app/db is written again (data_wo_revision)"],
    ],
    [
      "a Secret imported",
      [
        "kubernetes_secret_v1",
        ["no-op"],
        { metadata: [{ namespace: "app", name: "db" }] },
        {},
        { importing: { id: "app/db" } },
      ],
      ["warning: Secret app/db is imported"],
    ],
    [
      "a namespace destroyed",
      ["kubernetes_namespace_v1", ["delete", "create"], { metadata: [{ name: "vault" }] }, {}],
      ["error: namespace vault is replaced"],
    ],
    [
      "the volume of the backups destroyed",
      [
        "kubernetes_persistent_volume_claim_v1",
        ["delete"],
        { metadata: [{ namespace: "vault", name: "backup" }] },
        null,
      ],
      ["error: volume claim vault/backup is destroyed"],
    ],
    [
      "a CronJob that runs something else",
      [
        "kubernetes_cron_job_v1",
        ["update"],
        { metadata: [{ namespace: "vault", name: "backup" }], spec: [{ schedule: "0 * * * *" }] },
        { metadata: [{ namespace: "vault", name: "backup" }], spec: [{ schedule: "0 0 1 1 *" }] },
      ],
      ["warning: CronJob vault/backup: spec changes"],
    ],
    [
      "a CronJob taken away",
      ["kubernetes_cron_job_v1", ["delete"], { metadata: [{ namespace: "vault", name: "backup" }] }, null],
      ["warning: CronJob vault/backup is destroyed"],
    ],
    ...(
      [
        [3, 4, "version 4 instead of version 3"],
        [undefined, 4, "version 4 instead of the newest version"],
        [4, undefined, "the newest version instead of version 4"],
        [4, 0, "the newest version instead of version 4"],
      ] as const
    ).map(([was, is, words]): [string, Change, readonly string[]] => {
      const [before, after] = [was, is].map((version) => ({
        manifest: {
          kind: "VaultStaticSecret",
          metadata: { namespace: "a", name: "s" },
          spec: { path: "shop", ...(version !== undefined && { version }) },
        },
      }));
      return [
        `a binding that delivers ${words}`,
        ["kubernetes_manifest", ["update"], before!, after!],
        [`warning: VaultStaticSecret a/s delivers ${words}`],
      ];
    }),
    [
      "a binding taken away whose Secret the operator made",
      [
        "kubernetes_manifest",
        ["delete"],
        {
          manifest: {
            kind: "VaultStaticSecret",
            metadata: { namespace: "a", name: "s" },
            spec: { destination: { create: true } },
          },
        },
        null,
      ],
      ["error: VaultStaticSecret a/s is destroyed"],
    ],
    [
      "a VaultAuth lent to others",
      [
        "kubernetes_manifest",
        ["update"],
        { manifest: { kind: "VaultAuth", metadata: { namespace: "a", name: "v" }, spec: {} } },
        {
          manifest: { kind: "VaultAuth", metadata: { namespace: "a", name: "v" }, spec: { allowedNamespaces: ["*"] } },
        },
      ],
      ["warning: VaultAuth a/v: allowedNamespaces changes"],
    ],
    [
      "TLS of the operator's connection",
      [
        "kubernetes_manifest",
        ["update"],
        {
          manifest: {
            kind: "VaultConnection",
            metadata: { namespace: "a", name: "v" },
            spec: { skipTLSVerify: false },
          },
        },
        {
          manifest: { kind: "VaultConnection", metadata: { namespace: "a", name: "v" }, spec: { skipTLSVerify: true } },
        },
      ],
      ["error: VaultConnection a/v: skipTLSVerify changes"],
    ],
    [
      "a right on Secrets",
      [
        "kubernetes_role_v1",
        ["create"],
        null,
        { metadata: [{ namespace: "a", name: "r" }], rule: [{ resources: ["secrets"], verbs: ["get"] }] },
      ],
      ["warning: role a/r is made"],
    ],
    [
      "the policy on the operator's objects destroyed",
      [
        "kubernetes_manifest",
        ["delete"],
        { manifest: { kind: "ValidatingAdmissionPolicy", metadata: { name: "shop" }, spec: {} } },
        null,
      ],
      ["error: ValidatingAdmissionPolicy shop is destroyed"],
    ],
    [
      "namespaces that the policy no longer holds",
      ["kubernetes_manifest", ["update"], binding(["a", "b"]), binding(["b", "c"])],
      ["warning: ValidatingAdmissionPolicyBinding shop no longer holds a"],
    ],
    [
      "another address of Vault accepted; an app that comes is routine",
      [
        "kubernetes_manifest",
        ["update"],
        policy({ accepted1: ["{", "'a.VaultConnection.vault': 'address=https://vault'", "}"], given: ["x"] }),
        policy({
          accepted1: ["{", "'a.VaultConnection.vault': 'address=https://vault',", "'b.VaultAuth.app': 'mount=k'", "}"],
          accepted2: ["{", "'b.VaultConnection.vault': 'address=https://other'", "}"],
          given: ["x"],
        }),
      ],
      ["warning: ValidatingAdmissionPolicy shop newly lets through address=https://other"],
    ],
    [
      "what is accepted no longer a text, a rule made another",
      [
        "kubernetes_manifest",
        ["update"],
        policy({ accepted1: ["{", "'a.VaultAuth.b': 'mount=k'", "}"], accepted: ["variables.accepted1"] }),
        policy({ accepted1: ["{", "'a.VaultAuth.b': object.spec.mount", "}"], accepted: ["variables.given"] }),
      ],
      [
        "warning: ValidatingAdmissionPolicy shop changes (variable accepted)",
        "warning: ValidatingAdmissionPolicy shop newly lets through 'a.VaultAuth.b': object.spec.mount",
      ],
    ],
    [
      "the server's release destroyed",
      ["helm_release", ["delete"], { chart: "vault", namespace: "vault", name: "vault" }, null],
      ["error: release vault/vault is destroyed"],
    ],
  ])("%s", (_, change, findings) => {
    expect(judged(...change)).toEqual(findings);
  });
});
