import production from "../../config/production";
import { VERSIONS, type PlatformConfig } from "../../model";
import { CERTIFICATES } from "../live/cert-manager-crd";
import type { CertificateAuthority } from "../live/servers";
import { until, type Cluster } from "./cluster";
import { chartIn, type Parts } from "./parts";
import type { SealVault } from "./seal-vault";

/** The server's namespace in config/production.ts, and the name of its release, its service and its pods. */
export const SERVER = "vault";
/** Where the one app of {@link acme} has its Secret. */
export const APP_NAMESPACE = "storefront-dev";
const SEAL = "seal";
const CA = "acme-internal-ca";

/**
 * What cert-manager, trust-manager and whoever keeps the seal do for config/production.ts, for one run of `up`: each
 * Secret is made as soon as what it belongs to is there.
 */
export class StandIns {
  constructor(
    private readonly cluster: Cluster,
    private readonly authority: CertificateAuthority,
    private readonly seal: SealVault,
  ) {}

  /** Makes cert-manager's kind of object known, as far as the API server needs it. */
  async install(): Promise<void> {
    await this.cluster.apply(CERTIFICATES);
  }

  /** Ends when every Secret was made. */
  async answer(): Promise<void> {
    await Promise.all([this.certificate(), this.sealCredentials(), this.caOfApp()]);
  }

  /** Issues the server's certificate, as its Certificate asks for it: the first one, or another. */
  async certificate(): Promise<void> {
    type Certificate = { spec: { secretName: string; dnsNames: readonly string[]; ipAddresses: readonly string[] } };
    const get = ["-n", SERVER, "get", "certificates.cert-manager.io", SERVER, "-o", "json"];
    const text = await until("the Certificate", () => this.cluster.kubectl(...get), Boolean, 120_000);
    const { secretName, dnsNames, ipAddresses } = (JSON.parse(text) as Certificate).spec;
    const names = [...dnsNames.map((name) => `DNS:${name}`), ...ipAddresses.map((address) => `IP:${address}`)];
    const { cert, key } = await this.authority.issue("server", { commonName: SERVER, names, days: 90 });
    const data = { "tls.crt": cert, "tls.key": key, "ca.crt": this.authority.cert };
    await this.secret(SERVER, secretName, data, "kubernetes.io/tls");
  }

  private async sealCredentials(): Promise<void> {
    await this.namespace(SERVER);
    await this.secret(SERVER, SEAL, { token: this.seal.token, "ca.crt": this.seal.ca });
  }

  private async caOfApp(): Promise<void> {
    await this.namespace(APP_NAMESPACE);
    await this.secret(APP_NAMESPACE, CA, { "ca.crt": this.authority.cert });
  }

  private async namespace(name: string): Promise<void> {
    await until(`namespace ${name}`, () => this.cluster.kubectl("get", "namespace", name), Boolean, 300_000);
  }

  private async secret(namespace: string, name: string, stringData: object, type = "Opaque"): Promise<void> {
    await this.cluster.apply({ apiVersion: "v1", kind: "Secret", type, metadata: { namespace, name }, stringData });
  }
}

/**
 * `nonprod` of config/production.ts with one environment and one app. Other than there: the seal, a cloud's key
 * service, is another Vault's transit engine; nobody has an authenticator app; the storage class is the cluster's;
 * nothing leads to the Vault from outside, and no pipeline's issuer is reached; state is in files.
 */
export function acme(parts: Parts, seal: SealVault, tag: string = VERSIONS.images.vault.tag): PlatformConfig {
  const { nonprod } = production.vaults;
  const { dev } = production.environments;
  const volume = { size: "20Gi", storageClass: "standard" };
  return {
    name: production.name,
    authority: production.authority,
    secretOwner: production.secretOwner,
    vaults: {
      nonprod: {
        ...nonprod!,
        address: undefined,
        login: undefined,
        ca: { secret: CA },
        seal: {
          type: "transit",
          address: seal.address,
          keyName: seal.keyName,
          ca: SEAL,
          credentials: { VAULT_TOKEN: { secret: SEAL, key: "token" } },
        },
        storage: volume,
        auditStorage: volume,
        backup: { to: { volume } },
        chart: chartIn(parts, "vault"),
        image: { tag },
      } as PlatformConfig["vaults"][string],
    },
    clusters: { nonprod: { context: "docker-desktop", operator: { chart: chartIn(parts, "vault-secrets-operator") } } },
    environments: { dev: { ...dev!, refreshAfter: "5s" } },
    apps: { storefront: { ...production.apps.storefront!, restartTargets: undefined } },
    people: {
      groups: { "storefront-developers": production.people!.groups!["storefront-developers"]! },
      users: { "lucia.romero": production.people!.users!["lucia.romero"]! },
    },
  };
}
