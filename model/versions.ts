/**
 * Every version that the product pins, in one place. `npm run versions` shows them; test/house/files.test.ts holds
 * them exact.
 */
export const VERSIONS = {
  /** `required_version` of every stack: write-only arguments came with Terraform 1.11. */
  terraform: ">= 1.11.0",
  providers: { vault: "5.10.1", kubernetes: "2.38.0", helm: "3.1.1", random: "3.7.2" },
  charts: {
    vault: { repository: "https://helm.releases.hashicorp.com", name: "vault", version: "0.34.1" },
    operator: { repository: "https://helm.releases.hashicorp.com", name: "vault-secrets-operator", version: "1.4.1" },
  },
  /**
   * The pod security standards that namespaces are held to: the Kubernetes version whose rules they are; a newer API
   * server keeps to them.
   */
  podSecurity: "v1.34",
  images: { vault: { repository: "hashicorp/vault", tag: "2.0.4" } },
} as const;
