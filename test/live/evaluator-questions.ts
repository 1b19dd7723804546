import fc from "fast-check";
import { Acl, defaultPolicy, readPolicy, type Identity, type Operation } from "../../policies/evaluate";
import { matchingPath, requestPath, rules, toHcl, type RawRule } from "../policies/evaluate/arbitraries";
import type { VaultServer } from "./servers";

/** The same questions every time; FC_SEED asks others, FC_TIMES that many times as many. */
const seed = Number(process.env.FC_SEED ?? 20_251_123);
const times = Number(process.env.FC_TIMES ?? 1);
export const runs = (numRuns: number): { seed: number; numRuns: number } => ({ seed, numRuns: numRuns * times });
export const timeoutMs = 60_000 * times;

/** Policies as rules, and the paths asked. */
export interface Question {
  readonly policies: readonly (readonly RawRule[])[];
  readonly paths: readonly string[];
  readonly withDefault: boolean;
}

/** `fill`: values for templates, so that many paths match; `paths`: how many a question has at most. */
export function questions(
  paths: number,
  segments: readonly string[] = [],
  fill: Readonly<Record<string, string>> = {},
): fc.Arbitrary<Question> {
  const filled = (path: string): string =>
    Object.entries(fill).reduce((p, [template, value]) => p.replaceAll(template, value), path);
  return fc.array(rules(segments), { minLength: 1, maxLength: 3 }).chain((policies) => {
    const matching = fc.oneof(...policies.flat().map((r) => matchingPath(filled(r.path))));
    const path = fc.oneof(
      { weight: 4, arbitrary: matching },
      { weight: 1, arbitrary: requestPath(Object.values(fill)) },
    );
    return fc.record({
      policies: fc.constant(policies),
      paths: fc.array(path, { minLength: 1, maxLength: paths, size: "max" }),
      withDefault: fc.boolean(),
    });
  });
}

/** A question whose rules and paths lie below the mount `m`; no empty segment, which the HTTP server would redirect. */
export function belowMount({ policies, paths, withDefault }: Question): Question {
  const below = (path: string): string => `m/${path}`.replace(/\/\/+/g, "/");
  return {
    policies: policies.map((rules) => rules.map((rule) => ({ ...rule, path: below(rule.path) }))),
    paths: paths.map(below).filter((path) => path !== "m/"),
    withDefault,
  };
}

/** Version 1 of kv knows no PATCH; 405 instead of 403 still says that the policies let it through. */
const REQUESTS: readonly (readonly [Operation, string])[] = [
  ["list", "LIST"],
  ["read", "GET"],
  ["patch", "PATCH"],
  ["create", "PUT"],
  ["update", "PUT"],
  ["delete", "DELETE"],
];

/** What was asked, and how often something was granted. */
export interface Asked {
  pairs: number;
  granting: number;
}

/** Asks a Vault and the evaluator the same questions. */
export class Comparison {
  /**
   * @param server the version whose rules the evaluator takes; @default the server's own. POLICIES_OF gives another,
   * for a server that does not say what it is: an OpenBao says a version that could be a Vault's
   */
  static async with(vault: VaultServer, server = process.env.POLICIES_OF): Promise<Comparison> {
    const { version } = await vault.ok<{ version: string }>("GET", "sys/health");
    return new Comparison(vault, server ?? version);
  }

  readonly asked: Asked = { pairs: 0, granting: 0 };

  private constructor(
    private readonly vault: VaultServer,
    readonly server: string,
  ) {}

  async write(policies: readonly (readonly RawRule[])[]): Promise<string[]> {
    for (const [i, policy] of policies.entries())
      await this.vault.ok("PUT", `sys/policies/acl/generated-${i}`, { body: { policy: toHcl(policy) } });
    return policies.map((_, i) => `generated-${i}`);
  }

  acl({ policies, withDefault }: Question, identity?: Identity): Acl {
    const named = policies.map((policy, i) => ({ name: `generated-${i}`, policy: readPolicy(toHcl(policy)) }));
    return Acl.of(withDefault ? [...named, defaultPolicy()] : named, identity, this.server);
  }

  /** A batch token: it leaves nothing in the server. With `role`, that of the person. */
  async token(policies: readonly string[], withDefault: boolean, role?: string): Promise<string> {
    const body = {
      policies,
      no_default_policy: !withDefault,
      type: "batch",
      ttl: "10m",
      ...(role && { entity_alias: "nick" }),
    };
    const made = await this.vault.ok<{ auth: { client_token: string } }>(
      "POST",
      role ? `auth/token/create/${role}` : "auth/token/create",
      { body },
    );
    return made.auth.client_token;
  }

  /** Holds what the server says about every path against what we say. */
  async compare(question: Question, identity?: Identity): Promise<void> {
    const names = await this.write(question.policies);
    const holder = await this.token(names, question.withDefault, identity && "generated");
    const ours = this.acl(question, identity);
    const { data } = await this.vault.ok<{ data: Record<string, string[]> }>("POST", "sys/capabilities", {
      body: { token: holder, paths: question.paths },
    });
    for (const path of question.paths) {
      expect({ path, says: ours.capabilities(path) }).toEqual({ path, says: data[path] });
      if (data[path]?.[0] !== "deny") this.asked.granting++;
    }
    this.asked.pairs += question.paths.length;
  }

  /** Makes real requests below the mount `m`, a kv of version 1, and holds against each answer what we say. */
  async compareRequests(question: Question): Promise<void> {
    const holder = await this.token(await this.write(question.policies), question.withDefault);
    const ours = this.acl(question);
    for (const path of question.paths) {
      for (const [operation, method] of REQUESTS) {
        const writes = method === "PUT" || method === "PATCH";
        // The server answers 400 to a write on a path with a slash at its end, before it looks at policies.
        if (path.endsWith("/") && writes) continue;
        const at = encodeURI(path);
        if (operation === "create") await this.vault.ok("DELETE", at);
        if (operation === "update") await this.vault.ok("PUT", at, { body: { k: "v" } });
        const { status } = await this.vault.request(method, at, { token: holder, ...(writes && { body: { k: "v" } }) });
        expect({ operation, path, allowed: ours.allows(operation, path).allowed }).toEqual({
          operation,
          path,
          allowed: status !== 403,
        });
        this.asked.pairs++;
        if (status !== 403) this.asked.granting++;
      }
    }
  }
}
