import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allByDigest, checkArchives } from "../../cli/chart-archives";
import { fillDigests, type DigestOptions } from "../../cli/digests";
import { imageDigest, type Get } from "../../cli/registry";
import { runWork } from "../../cli/run-program";
import production from "../../config/production";
import { digestsOf, PINNED, resolvePlatform, VERSIONS, type PlatformConfig } from "../../model";
import { captured } from "./captured";

const sha256 = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

let root: string;
/** What the registries have, by URL, and what they were asked. */
let has: Map<string, string>;
let asked: { readonly url: string; readonly authorization?: string }[];

const manifest = (image: string) => {
  const [path, tag] = image.replace(/^quay\.io\//, "").split(":");
  return `https://${image.startsWith("quay.io/") ? "quay.io" : "registry-1.docker.io"}/v2/${path}/manifests/${tag}`;
};

/** Docker's and Quay's registries, which give everybody a token, and HashiCorp's charts. */
const registries: Get = (url, { headers }) => {
  asked.push({ url, authorization: headers.authorization });
  const { host, pathname } = new URL(url);
  if (pathname === "/token") return Promise.resolve(Response.json({ token: `for ${host}` }));
  const text = has.get(url);
  if (text === undefined) return Promise.resolve(new Response("no", { status: 404 }));
  if (pathname.startsWith("/v2/") && headers.authorization !== `Bearer for auth.${host}`)
    return Promise.resolve(
      new Response("", {
        status: 401,
        headers: { "www-authenticate": `Bearer realm="https://auth.${host}/token",service="${host}",scope="pull"` },
      }),
    );
  return Promise.resolve(new Response(text, { headers: { "docker-content-digest": sha256(text) } }));
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "digests-"));
  mkdirSync(join(root, "config"));
  asked = [];
  has = new Map(
    Object.entries(PINNED).map(([name, of]) => [name.startsWith("image") ? manifest(of) : of, `bytes of ${of}`]),
  );
});
afterEach(() => rmSync(root, { recursive: true }));

const fill = (options: DigestOptions = {}) =>
  captured((io) => runWork(io, () => fillDigests(io, { root, get: registries, ...options })));
const file = () => join(root, "config/digests.json");
const written = () => digestsOf(JSON.parse(readFileSync(file(), "utf8")), "config/digests.json");

describe("npm run digests", () => {
  test("writes what the registries send, and brings the charts' archives", async () => {
    expect((await fill()).code).toBe(0);
    expect(written()).toEqual(
      Object.fromEntries(Object.entries(PINNED).map(([name, of]) => [name, sha256(`bytes of ${of}`)])),
    );
    const { vault } = VERSIONS.charts;
    const of = PINNED["chart vault"];
    const archive = `charts/vault-${vault.version}.${sha256(`bytes of ${of}`).replace(":", "-")}.tgz`;
    expect(readFileSync(join(root, archive), "utf8")).toBe(`bytes of ${of}`);
    // A token goes to the registry alone that asked for it.
    expect(asked.filter(({ url, authorization }) => authorization && !url.includes("/v2/"))).toEqual([]);
  });

  test("with --check writes nothing, and ends by 1 where a registry says something else", async () => {
    expect(await fill({ check: true })).toMatchObject({ code: 1 });
    expect(existsSync(file())).toBe(false);
    await fill();
    expect(await fill({ check: true })).toMatchObject({ code: 0, out: expect.stringContaining("has what the") });
    has.set(manifest(PINNED["image vault"]), "another image of the same tag");
    const { code, out } = await fill({ check: true });
    expect([code, out]).toEqual([1, expect.stringContaining("The same name was another file before")]);
    expect(written()["image vault"]).toBe(sha256(`bytes of ${PINNED["image vault"]}`));
  });

  test.each<[string, () => void, number, string]>([
    ["has no such image", () => void has.delete(manifest(PINNED["image operator"])), 1, ": 404. Nothing is written."],
    ["has no such chart", () => void has.delete(PINNED["chart vault"]), 1, ": 404. Nothing is written."],
    ["wrote no JSON before", () => writeFileSync(file(), "hidden"), 2, "config/digests.json: given no JSON"],
  ])("where a registry, or somebody, %s: words, and nothing is written", async (_, spoil, ends, said) => {
    spoil();
    const { code, err } = await fill();
    expect([code, err]).toEqual([ends, expect.stringContaining(said)]);
    expect(existsSync(join(root, "charts"))).toBe(false);
  });

  test.each<[string, Response, string]>([
    [
      "calls what it sends something else",
      new Response("bytes", { headers: { "docker-content-digest": sha256("others") } }),
      `it sends ${sha256("bytes")} and calls it ${sha256("others")}`,
    ],
    [
      "sends to a login without TLS",
      new Response("", { status: 401, headers: { "www-authenticate": 'Bearer realm="http://evil.example/token"' } }),
      "a login that is none of a registry's",
    ],
    [
      "wants a password",
      new Response("", { status: 401, headers: { "www-authenticate": 'Basic realm="https://x.example"' } }),
      "a login that is none of a registry's",
    ],
  ])("a registry that %s is not believed", async (_, answer, said) => {
    await expect(imageDigest("acme.example:5000/vault:1.2.3", () => Promise.resolve(answer))).rejects.toThrow(said);
  });
});

describe("the digests' file", () => {
  test("that is not there: nothing is known", () => {
    expect(digestsOf(undefined, "config/digests.json")).toEqual({});
  });

  test.each<[string, (good: Record<string, object>) => unknown, string]>([
    [
      "lacks one",
      ({ "chart operator": _, ...others }) => others,
      "chart operator: given nothing; accepted: a digest of",
    ],
    [
      "is of another version",
      (good) => ({ ...good, "image vault": { of: "hashicorp/vault:1.0.0", digest: sha256("") } }),
      'image vault: given "hashicorp/vault:1.0.0"; accepted: a digest of hashicorp/vault:',
    ],
    [
      "has no digest",
      (good) => ({ ...good, "image vault": { of: PINNED["image vault"], digest: "latest" } }),
      'image vault: given "latest"; accepted: a digest, sha256: and 64 hexadecimal digits',
    ],
    ["is a list", () => [], "chart vault: given nothing"],
  ])("that %s is refused, with what to run", (_, change, said) => {
    const good = Object.fromEntries(Object.entries(PINNED).map(([name, of]) => [name, { of, digest: sha256(of) }]));
    expect(() => digestsOf(change(good), "config/digests.json")).toThrow(said);
    expect(() => digestsOf(change(good), "config/digests.json")).toThrow("Run npm run digests");
  });
});

describe("charts' archives", () => {
  const chart = { digest: sha256("an archive") };
  const config: PlatformConfig = {
    ...production,
    vaults: Object.fromEntries(
      Object.entries(production.vaults).map(([name, vault]) => [name, { ...vault, chart }]),
    ) as PlatformConfig["vaults"],
  };
  const archive = () =>
    join(root, `charts/vault-${VERSIONS.charts.vault.version}.${chart.digest.replace(":", "-")}.tgz`);

  test("must be there, and be the ones of the config", () => {
    const platform = resolvePlatform(config);
    expect(() => checkArchives(platform, root)).toThrow(
      /given no such file; accepted: the chart's archive whose digest/,
    );
    mkdirSync(join(root, "charts"));
    writeFileSync(archive(), "another");
    expect(() => checkArchives(platform, root)).toThrow(`given a file of the digest ${sha256("another")}`);
    writeFileSync(archive(), "an archive");
    checkArchives(platform, root);
  });

  test("and images are all held, or the summary says so", () => {
    expect(allByDigest(resolvePlatform(config))).toBe(false);
    const held = { image: { digest: sha256("x") }, chart };
    const all: PlatformConfig = {
      ...config,
      vaults: Object.fromEntries(Object.entries(config.vaults).map(([name, vault]) => [name, { ...vault, ...held }])),
      clusters: Object.fromEntries(
        Object.entries(config.clusters).map(([name, cluster]) => [
          name,
          { ...cluster, operator: { ...cluster.operator, ...held, proxyImage: held.image } },
        ]),
      ),
    };
    expect(allByDigest(resolvePlatform(all))).toBe(true);
  });
});
