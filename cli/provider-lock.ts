import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VERSIONS } from "../model";
import { UsageError } from "./ops/errors";

/**
 * The project's record of the providers' digests, beside cdktf.json and committed: `npm run lock` makes it. Without it
 * a provider is taken for its version and HashiCorp's signature alone.
 */
export const LOCK_FILE = "terraform.lock.hcl";

/** What Terraform calls its own record, in the folder that it runs in. */
const TERRAFORMS_NAME = ".terraform.lock.hcl";

const MAKE_ANEW = "Run npm run lock, look at what changes in it, and commit it.";

/** A provider's part of a lock file, as Terraform writes it. */
const PROVIDER = /^provider "([^"\n]+)" \{\n([^]*?)^\}\n/gm;

interface LockedProvider {
  readonly version: string;
  readonly text: string;
}

/** A provider's whole address. Source: Terraform's documentation, "Provider Requirements", source addresses. */
function address(source: string): string {
  return [...["registry.terraform.io", "hashicorp"].slice(0, 3 - source.split("/").length), source].join("/");
}

/** The providers of a lock file's text, by address. Throws a UsageError for a text that Terraform did not write. */
function lockedProviders(text: string, file: string): ReadonlyMap<string, LockedProvider> {
  const wrong = (given: string) =>
    new UsageError(`${file}: given ${given}; accepted: Terraform's record of providers. ${MAKE_ANEW}`);
  const rest = text.replace(PROVIDER, "").replace(/^(#.*)?\n/gm, "");
  if (rest !== "") throw wrong(`a line ${JSON.stringify(rest.split("\n")[0])}`);
  return new Map(
    [...text.matchAll(PROVIDER)].map(([whole, name = "", body = ""]) => {
      const version = /^ {2}version +=\s"([^"]+)"$/m.exec(body)?.[1];
      if (version === undefined || !/^ {4}"(h1|zh):[^"]+",$/m.test(body)) throw wrong(`${name} without digests`);
      return [name, { version, text: whole }];
    }),
  );
}

/**
 * Holds a stack's folder to the project's lock: puts the part of it that is about the stack's providers where Terraform
 * reads it, over whatever lies there. Returns whether there is a lock; where there is none, nothing is done.
 * @param folder of a synthesized stack
 * @param file the project's lock
 * @throws UsageError for a lock that has another version of a provider than the stack, or none, or that is no lock
 */
export function lockStack(folder: string, file: string = LOCK_FILE): boolean {
  if (!existsSync(file)) return false;
  const locked = lockedProviders(readFileSync(file, "utf8"), file);
  const { terraform } = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as {
    readonly terraform: {
      readonly required_providers?: { readonly [name: string]: { readonly source: string; readonly version: string } };
    };
  };
  const parts = Object.values(terraform.required_providers ?? {}).map(({ source, version }) => {
    const found = locked.get(address(source));
    if (found?.version !== version)
      throw new UsageError(
        `${file}: given ${found ? `version ${found.version}` : "no digests"} of ${source}; ` +
          `accepted: those of version ` +
          `${version}, which the stacks are made for. ${MAKE_ANEW}`,
      );
    return found.text;
  });
  // Terraform knows its providers in this order, and takes another one for a change.
  writeFileSync(join(folder, TERRAFORMS_NAME), parts.sort().join("\n"));
  return true;
}

/** The configuration of which Terraform is asked for a lock: every provider of {@link VERSIONS}. */
export function everyProvider(): string {
  const required = Object.entries(VERSIONS.providers).map(([name, version]) => [
    name,
    { source: `hashicorp/${name}`, version },
  ]);
  return JSON.stringify({ terraform: { required_providers: Object.fromEntries(required) } });
}

/** The project's lock, of the one that Terraform wrote. Throws a UsageError where that lacks a provider. */
export function projectLock(text: string): string {
  const locked = lockedProviders(text, TERRAFORMS_NAME);
  for (const name of Object.keys(VERSIONS.providers))
    if (!locked.has(address(`hashicorp/${name}`)))
      throw new UsageError(
        `${TERRAFORMS_NAME}: given no digests of hashicorp/${name}; accepted: those of each provider.`,
      );
  const head = "# Made by npm run lock: what every `terraform init` holds its providers to. Look at a change of it.\n";
  return [head, ...[...locked.values()].map((each) => each.text)].join("\n");
}

/** What a person should know about a provider that Terraform does not take. */
export const NOT_IN_THE_LOCK =
  `Providers are held to the digests in ${LOCK_FILE}. This one is another than these, or for a ` +
  `platform that has none ` +
  "there: if it is meant, run npm run lock, look at what changes, and commit it.";
