import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { synthesize } from "../../cli/synth";
import { resolvePlatform, type PlatformConfig } from "../../model";
import { PROVIDER_CALLS, type Attributes, type Loaded } from "./provider-calls";
import { temporaryFolder, type VaultServer } from "./servers";

/** A synthesized stack, as far as it is read here: `cdk.tf.json`. */
export interface StackJson {
  readonly resource?: { readonly [type: string]: { readonly [name: string]: Attributes } };
  readonly variable?: { readonly [name: string]: { readonly default?: unknown } };
}

/** Synthesizes a config into a temporary folder; the stacks' JSON by name. About 0.3 s. */
export function stacksOf(config: PlatformConfig): { readonly [stack: string]: StackJson } {
  const outdir = join(temporaryFolder("synth"), "cdktf.out");
  mkdirSync(outdir, { recursive: true });
  const { stacks } = synthesize(resolvePlatform(config), { outdir });
  return Object.fromEntries(
    stacks.map((stack) => [
      stack,
      JSON.parse(readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8")) as StackJson,
    ]),
  );
}

/** The access stacks and the environments' stacks of {@link stacksOf}: all that has a Vault side. */
export function vaultSide(stacks: { readonly [stack: string]: StackJson }): { readonly [stack: string]: StackJson } {
  return Object.fromEntries(
    Object.entries(stacks).filter(([, json]) =>
      Object.keys(json.resource ?? {}).some((type) => type in PROVIDER_CALLS),
    ),
  );
}

/** How {@link AccessLoader} loads. */
export interface AccessLoaderOptions {
  /** Token of every call; @default the server's root token. */
  readonly token?: string;
  /** Whether audit devices are turned on, their files in the server's folder; @default false. */
  readonly audit?: boolean;
}

/**
 * Loads synthesized stacks into a Vault by the calls that the providers make, for where Terraform cannot run:
 * references are followed, `ignore_changes` and `prevent_destroy` hold, what is gone from a stack is destroyed after
 * the updates, dependants first. It plans nothing and keeps its state in memory: a new loader is a lost state.
 * Resources of Kubernetes and Helm are left out.
 */
export class AccessLoader {
  /** The passwords that users were made with, by user; Terraform forgets them. */
  readonly passwords = new Map<string, string>();
  /** In the order in which they were made; keys are `<stack>:<type>.<name>`. */
  private readonly state = new Map<string, Loaded>();

  constructor(
    private readonly server: VaultServer,
    private readonly options: AccessLoaderOptions = {},
  ) {}

  /**
   * Applies stacks as they are now. Throws, with what Vault said, at the first call that is refused; what was done is
   * remembered.
   */
  async apply(stacks: { readonly [stack: string]: StackJson }): Promise<void> {
    const wanted = new Map<string, Attributes>();
    for (const [stack, { resource = {} }] of Object.entries(stacks))
      for (const [type, instances] of Object.entries(resource))
        if (type in PROVIDER_CALLS)
          for (const [name, attributes] of Object.entries(instances))
            wanted.set(`${stack}:${type}.${name}`, attributes);
    for (const key of wanted.keys()) await this.ensure(key, wanted, new Set());
    const gone = [...this.state.keys()].filter(
      (key) => Object.keys(stacks).includes(key.split(":")[0]!) && !wanted.has(key),
    );
    for (const key of gone.reverse()) await this.destroy(key);
  }

  /** Destroys one resource, as its removal from the config would. Throws where `prevent_destroy` stands. */
  async destroy(key: string): Promise<void> {
    const loaded = this.state.get(key);
    if (!loaded) throw new Error(`${key} was not loaded; loaded: ${[...this.state.keys()].join(", ")}`);
    if (loaded.preventDestroy) throw new Error(`${key}: Instance cannot be destroyed (prevent_destroy)`);
    await PROVIDER_CALLS[loaded.type]!.remove?.(this.call, loaded);
    this.state.delete(key);
  }

  /** An attribute of a loaded resource, e.g. `id`. Throws if there is none. */
  attribute(key: string, name: string): string {
    const value = this.state.get(key)?.attributes[name];
    if (typeof value !== "string") throw new Error(`${key} has no ${name}`);
    return value;
  }

  private async ensure(
    key: string,
    wanted: ReadonlyMap<string, Attributes>,
    above: ReadonlySet<string>,
  ): Promise<void> {
    const [stack = "", address = ""] = key.split(":");
    const type = address.split(".")[0]!;
    const raw = wanted.get(key)!;
    if (above.has(key)) throw new Error(`${key} depends on itself`);
    for (const reference of references(raw))
      if (wanted.has(`${stack}:${reference}`))
        await this.ensure(`${stack}:${reference}`, wanted, new Set([...above, key]));
    const before = this.state.get(key);
    const { lifecycle, ...attributes } = raw as {
      lifecycle?: { ignore_changes?: unknown; prevent_destroy?: boolean };
    } & Attributes;
    const text = JSON.stringify(attributes);
    if (before?.text === text || (before && lifecycle?.ignore_changes === "all")) return;
    const resolved = this.resolve(stack, attributes) as Attributes;
    const calls = PROVIDER_CALLS[type]!;
    if (type === "vault_audit" && !this.options.audit) return;
    const made = before
      ? await (calls.update ?? calls.create)(this.call, resolved, before)
      : await calls.create(this.call, resolved);
    if (type === "vault_userpass_auth_backend_user")
      this.passwords.set(String(resolved.username), String(resolved.password_wo));
    this.state.set(key, {
      type,
      text,
      attributes: { ...resolved, password_wo: undefined, ...before?.made, ...made },
      made: { ...before?.made, ...made },
      preventDestroy: lifecycle?.prevent_destroy === true,
    });
  }

  private resolve(stack: string, value: unknown): unknown {
    if (typeof value === "string") {
      if (/^\$\{ephemeral\.random_password\./.test(value)) return randomBytes(24).toString("base64url");
      return value.replace(
        /\$\{([a-z0-9_]+)\.([^.}]+)\.([a-z_]+)\}/g,
        (_, type: string, name: string, attribute: string) => this.attribute(`${stack}:${type}.${name}`, attribute),
      );
    }
    if (Array.isArray(value)) return value.map((each) => this.resolve(stack, each));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.resolve(stack, each)]));
  }

  private readonly call = async (method: string, path: string, body?: unknown): Promise<Attributes> => {
    const moved = path.startsWith("sys/audit/")
      ? JSON.parse(
          JSON.stringify(body).replace(
            /"file_path":"\/[^"]*\/([^"/]+)"/,
            (_, file: string) => `"file_path":${JSON.stringify(join(this.server.folder, file))}`,
          ),
        )
      : body;
    return (
      (await this.server.ok<Attributes | undefined>(method, path, { body: moved, token: this.options.token })) ?? {}
    );
  };
}

/** The addresses that attributes name, in `${…}` and in `depends_on`. */
function references(attributes: Attributes): string[] {
  const text = JSON.stringify({ ...attributes, "//": undefined });
  const expressions = [...text.matchAll(/\$\{([a-z0-9_]+\.[^.}]+)\./g)].map((match) => match[1]!);
  return [...expressions, ...((attributes.depends_on as string[] | undefined) ?? [])].filter(
    (address) => !address.startsWith("ephemeral."),
  );
}
