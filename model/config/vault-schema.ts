import * as rules from "../rules";
import { amounts, chart, credentials, image, labels, reference, secretKey, values, volume } from "./schema-parts";
import { duration, either, flag, list, object, oneOf, optional, record, text, variant, wholeNumber } from "../schema";

const seal = variant({
  shamir: {},
  awskms: { region: reference, kmsKeyId: reference, credentials },
  gcpckms: { project: reference, region: reference, keyRing: reference, cryptoKey: reference, credentials },
  azurekeyvault: { tenantId: reference, vaultName: reference, keyName: reference, credentials },
  transit: {
    address: text(rules.HTTPS_URL),
    mountPath: optional(text(rules.FILE_PATH)),
    keyName: reference,
    ca: optional(text(rules.DNS_LABEL)),
    credentials: object({ VAULT_TOKEN: secretKey }),
  },
});

const id = text(rules.UUID);

/** A Vault, as a config has it. */
export const vault = object({
  cluster: optional(reference),
  namespace: optional(text(rules.SERVER_NAMESPACE)),
  mode: optional(oneOf("standalone", "ha")),
  replicas: optional(oneOf(3, 5)),
  tls: optional(
    either(
      "certManager",
      object({
        certManager: object({ issuer: text(rules.DNS_LABEL), kind: optional(oneOf("Issuer", "ClusterIssuer")) }),
      }),
      object({ secret: text(rules.DNS_LABEL) }),
    ),
  ),
  unsafeNoTls: optional(flag),
  unsafeDestroy: optional(flag),
  seal: optional(seal),
  storage: optional(volume),
  auditStorage: optional(volume),
  backup: optional(
    object({
      schedule: optional(text(rules.CRON)),
      to: object({ volume }),
      keep: optional(duration),
    }),
  ),
  alerts: optional(object({ prometheus: text(rules.DNS_LABEL), labels, backupAge: optional(duration) })),
  resources: optional(object({ requests: optional(amounts), limits: optional(amounts) })),
  networkPolicy: optional(
    object({ namespaces: optional(list(text(rules.DNS_LABEL))), cidrs: optional(list(text(rules.CIDR))) }),
  ),
  ui: optional(flag),
  image: optional(image),
  chart: optional(chart),
  values: optional(values),
  address: optional(text(rules.URL_TEXT)),
  version: optional(text(rules.SERVER)),
  unsafeWithout: optional(
    object({
      tls: optional(text(rules.REASON)),
      audit: optional(text(rules.REASON)),
      ha: optional(text(rules.REASON)),
      backup: optional(text(rules.REASON)),
    }),
  ),
  ca: optional(
    either(
      "secret",
      object({ secret: text(rules.DNS_LABEL), certificate: optional(text(rules.CERTIFICATES)) }),
      object({ certificate: text(rules.PUBLIC_PEM) }),
    ),
  ),
  mount: optional(text(rules.MOUNT)),
  maxVersions: optional(wholeNumber(1, 100)),
  tokenTtl: optional(duration),
  tokenMaxTtl: optional(duration),
  login: optional(
    object({
      secondFactor: optional(oneOf("offered", "required")),
      oidc: optional(
        object({
          issuer: text(rules.HTTPS_URL),
          clientId: text(rules.CLAIM),
          redirectUris: optional(list(text(rules.REDIRECT_URI))),
          groupsClaim: optional(text(rules.GROUPS_CLAIM)),
          scopes: optional(list(text(rules.SCOPE), { empty: true })),
          caCertificate: optional(text(rules.CERTIFICATES)),
          secretVersion: optional(wholeNumber(1, 1_000_000)),
        }),
      ),
    }),
  ),
  audit: optional(
    list(
      variant({
        file: { path: text(rules.AUDIT_PATH) },
        socket: { address: reference, socketType: optional(oneOf("tcp", "udp")) },
        syslog: { tag: optional(reference) },
      }),
      { empty: true },
    ),
  ),
  adopted: optional(
    object({
      mount: optional(flag),
      userpass: optional(flag),
      users: optional(record(rules.USER_NAME, object({ entity: optional(id), alias: optional(id) }))),
    }),
  ),
});
