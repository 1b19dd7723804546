import { X509Certificate } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import { rule, type TextRule } from "./text-rule";

const HOST_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
const HOST = String.raw`(?:${HOST_LABEL}(?:\.${HOST_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?`;
const URL_PATH = String.raw`(?:\/[A-Za-z0-9._~/-]*)?`;

/** An http or https URL without credentials, query or fragment. */
export const URL_TEXT = rule(
  "an http or https URL without credentials, query and fragment",
  new RegExp(`^https?://${HOST}${URL_PATH}$`),
  256,
);

/** An https URL without credentials, query or fragment. */
export const HTTPS_URL = rule(
  "an https URL without credentials, query and fragment",
  new RegExp(`^https://${HOST}${URL_PATH}$`),
  256,
);

/**
 * Where an identity provider may send people back to. Plain http never leaves the machine: it is the vault program's
 * own page. Source: Vault's documentation, "OIDC login", redirect URIs.
 */
export const REDIRECT_URI = rule(
  "an https URL that ends in /oidc/callback, or http://localhost:8250/oidc/callback",
  new RegExp(`^(?:https://${HOST}(?:\\/[A-Za-z0-9._~-]+)*\\/oidc\\/callback|http://localhost:8250/oidc/callback)$`),
  256,
);

/** A Helm repository's or OCI registry's URL. */
export const CHART_URL = rule(
  'an https or oci URL without credentials, or "" where the name is a folder',
  new RegExp(`^(?:https|oci)://${HOST}${URL_PATH}$`),
  256,
);

/** A PEM certificate or public key; a private key is refused. */
export const PUBLIC_PEM = rule(
  "a PEM certificate or public key (-----BEGIN CERTIFICATE----- or -----BEGIN PUBLIC KEY-----)",
  /^-----BEGIN (CERTIFICATE|PUBLIC KEY)-----\n[A-Za-z0-9+/=\n]+-----END \1-----\n?$/,
  16384,
);

const CERTIFICATE = /-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n?/g;

/** Certificates that can be read, and nothing beside them. */
export const CERTIFICATES: TextRule = {
  accepted: "one or more PEM certificates (-----BEGIN CERTIFICATE-----) that can be read, at most 16384 characters",
  accepts: (text) =>
    text.length > 0 &&
    text.length <= 16384 &&
    text.replace(CERTIFICATE, "") === "" &&
    (text.match(CERTIFICATE) ?? []).every(isCertificate),
};

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** An IP address block. */
export const CIDR: TextRule = {
  accepted: "an address block, e.g. 10.0.0.0/8",
  accepts: (text) => {
    const [, address = "", prefix = ""] = /^([0-9a-fA-F.:]{2,45})\/(0|[1-9][0-9]{0,2})$/.exec(text) ?? [];
    return (isIPv4(address) && Number(prefix) <= 32) || (isIPv6(address) && Number(prefix) <= 128);
  },
};
