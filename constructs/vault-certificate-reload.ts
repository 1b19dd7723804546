import type { Values } from "./chart";

/**
 * Seconds between two looks at the certificate; the kubelet itself takes a minute or so to bring a changed Secret to
 * the pod.
 */
const INTERVAL_SECONDS = 60;

/**
 * A shell program that tells the server to read its certificate again whenever `file` has changed: Vault does so on
 * SIGHUP and never by itself, so that a certificate renewed in its Secret would be served until it expired and everyone
 * was locked out. (docs/decisions/0009-a-renewed-certificate-is-read.md)
 */
export function reloadScript(file: string): string {
  return [
    `sum() { sha256sum ${file}; }`,
    'known="$(sum)"',
    `while sleep ${INTERVAL_SECONDS}; do`,
    '  now="$(sum)" || continue',
    '  [ "$now" = "$known" ] && continue',
    // Without a server to tell, the next look finds the change again.
    "  kill -HUP $(pidof vault) || continue",
    '  known="$now"',
    '  echo "certificate changed: told the server"',
    "done",
    "",
  ].join("\n");
}

/** Values that run the program beside the server, in its image, as its user and with the same restrictions. */
export function certificateReload(
  secret: string,
  folder: string,
  image: { readonly repository: string; readonly tag: string },
  securityContext: Values,
): Values {
  return {
    // The server's process is seen, and may be signalled, from the other container.
    shareProcessNamespace: true,
    extraContainers: [
      {
        name: "certificate-reload",
        image: `${image.repository}:${image.tag}`,
        command: ["/bin/sh", "-uc", reloadScript(`${folder}/tls.crt`)],
        resources: { requests: { cpu: "5m", memory: "16Mi" }, limits: { memory: "32Mi" } },
        securityContext: { ...securityContext, readOnlyRootFilesystem: true },
        volumeMounts: [{ name: `userconfig-${secret}`, mountPath: folder, readOnly: true }],
      },
    ],
  };
}
