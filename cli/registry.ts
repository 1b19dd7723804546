import { createHash } from "node:crypto";
import { OpsError } from "./ops/errors";

/** What of `fetch` is used; tests stand for the registries. */
export type Get = (url: string, init: { headers: Record<string, string>; signal: AbortSignal }) => Promise<Response>;

/** Kinds of manifests: the index of every platform where there is one. Source: the OCI image specification. */
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Milliseconds that a registry may take for an answer. */
const PATIENCE = 60_000;

/** A text's or a file's SHA-256, as registries write it. */
export function digestOfBytes(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/**
 * The digest of an image's manifest, computed of what the registry sends. Source: the OCI distribution specification,
 * "Pulling manifests", and Docker's documentation, "Registry authentication".
 * @param image `hashicorp/vault:2.2.2`, `quay.io/brancz/kube-rbac-proxy:v0.18.1`
 * @throws OpsError where the registry does not answer so, or calls what it sends something else
 */
export async function imageDigest(image: string, get: Get = fetch): Promise<string> {
  const [, host, path, tag] = /^(?:([^/]*[.:][^/]*)\/)?(.+):([^:/]+)$/.exec(image)!;
  const registry = host ?? "registry-1.docker.io";
  const url = `https://${registry}/v2/${path}/manifests/${tag}`;
  const headers = { accept: MANIFESTS };
  let answer = await ask(url, headers, get);
  if (answer.status === 401) {
    const token = await pullToken(answer.headers.get("www-authenticate") ?? "", url, get);
    answer = await ask(url, { ...headers, authorization: `Bearer ${token}` }, get);
  }
  const digest = digestOfBytes(await bytesOf(answer, url));
  const said = answer.headers.get("docker-content-digest");
  if (said !== null && said !== digest)
    throw new OpsError(`${url}: it sends ${digest} and calls it ${said}. Nothing is written; ask again later.`);
  return digest;
}

/** A file's bytes. Throws an OpsError where there is none. */
export async function download(url: string, get: Get = fetch): Promise<Uint8Array> {
  return bytesOf(await ask(url, {}, get), url);
}

/** A token of nobody's, for a public image. */
async function pullToken(challenge: string, url: string, get: Get): Promise<string> {
  const { realm, ...words } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]): [string, string] => [name!, value!]),
  );
  if (!challenge.startsWith("Bearer ") || !realm?.startsWith("https://"))
    throw new OpsError(`${url}: it asks for a login that is none of a registry's.`);
  const asked = new URL(realm);
  for (const name of ["service", "scope"]) if (words[name]) asked.searchParams.set(name, words[name]);
  const answer = await ask(asked.toString(), {}, get);
  await refuseFailure(answer, asked.toString());
  const { token, access_token: other } = (await answer.json()) as { token?: string; access_token?: string };
  const given = token ?? other;
  if (!given) throw new OpsError(`${realm}: it answers without a token.`);
  return given;
}

async function ask(url: string, headers: Record<string, string>, get: Get): Promise<Response> {
  try {
    return await get(url, { headers, signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    throw new OpsError(`${url}: no answer (${(error as Error).message}). Run it where the registry can be reached.`);
  }
}

async function bytesOf(answer: Response, url: string): Promise<Uint8Array> {
  await refuseFailure(answer, url);
  return new Uint8Array(await answer.arrayBuffer());
}

async function refuseFailure(answer: Response, url: string): Promise<void> {
  if (answer.ok) return;
  await answer.body?.cancel();
  throw new OpsError(`${url}: ${answer.status}. Nothing is written.`);
}
