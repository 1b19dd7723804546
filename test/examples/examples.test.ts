import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VERSIONS } from "../../model";
import { addresses, type StackJson } from "../helpers/synth";
import { ROOT, sourceFiles, textOf } from "../helpers/source";

const CHECK = join(ROOT, "../shared/check-synth.mjs");
const run = (words: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  execFileSync(process.execPath, words, { cwd: ROOT, env: { ...process.env, ...env }, encoding: "utf8" });

const folder = mkdtempSync(join(tmpdir(), "vault-tenancy-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The stacks that an example synthesizes, by their names. */
function synthesized(name: string): { readonly [stack: string]: StackJson } {
  const outdir = join(folder, name);
  if (!existsSync(outdir)) run(["--require", "tsx/cjs", `examples/${name}.ts`], { CDKTF_OUTDIR: outdir });
  return Object.fromEntries(
    readdirSync(join(outdir, "stacks")).map((stack) => [
      stack,
      JSON.parse(readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8")) as StackJson,
    ]),
  );
}
/** How many resources there are of each type. */
const counts = (json: StackJson) =>
  Object.fromEntries(Object.entries(json.resource ?? {}).map(([type, byId]) => [type, Object.keys(byId).length]));

const EXAMPLES = ["article", "binding", "secret-set"];

test("every example is tested", () => {
  expect(sourceFiles("examples")).toEqual(EXAMPLES.map((name) => `examples/${name}.ts`));
});

test("the article takes less than 40 lines, and no definePlatform", () => {
  expect(textOf("examples/article.ts").trimEnd().split("\n").length).toBeLessThan(40);
  expect(textOf("examples/article.ts")).not.toContain("definePlatform");
});

test("the article has its server and operator, its people, ten secret sets, and one app's way into the cluster", () => {
  const { servers, sample } = synthesized("article");
  expect(counts(servers!)).toEqual({ kubernetes_namespace_v1: 2, helm_release: 2 });
  expect(counts(sample!)).toMatchObject({
    vault_kv_secret_v2: 10,
    vault_policy: 16,
    vault_identity_group: 5,
    vault_userpass_auth_backend_user: 5,
    vault_kubernetes_auth_backend_role: 1,
    kubernetes_service_account_v1: 1,
    kubernetes_manifest: 3,
  });
});

test("a secret set alone is its placeholder and what is stored beside it, and nothing else", () => {
  expect(counts(synthesized("secret-set").shop!)).toEqual({ vault_kv_secret_v2: 1, vault_generic_endpoint: 1 });
});

test("a binding to somebody else's secret makes no mount, no set and no namespace", () => {
  expect(addresses(synthesized("binding").mailer!).map((address) => address.split(".")[0])).toEqual([
    ...Array<string>(3).fill("kubernetes_manifest"),
    "kubernetes_service_account_v1",
    "vault_kubernetes_auth_backend_role",
    "vault_policy",
  ]);
});

test.each(EXAMPLES)("%s asks for the versions whose arguments it writes", (name) => {
  for (const { terraform } of Object.values(synthesized(name))) {
    const { required_version, required_providers } = terraform as {
      required_version: string;
      required_providers: { [provider in keyof typeof VERSIONS.providers]?: { version: string } };
    };
    expect(required_version).toBe(VERSIONS.terraform);
    for (const provider of Object.keys(required_providers) as (keyof typeof VERSIONS.providers)[])
      expect(required_providers[provider]?.version).toBe(VERSIONS.providers[provider]);
  }
});

if (!existsSync(CHECK)) process.stderr.write(`examples: "what the providers accept" is skipped: ${CHECK} is missing\n`);
(existsSync(CHECK) ? test : test.skip).each(EXAMPLES)("%s is what the providers, CRDs and charts accept", (name) => {
  synthesized(name);
  expect(run([CHECK, join(folder, name)])).toContain(": 0 problems");
});
