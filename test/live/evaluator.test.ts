import fc from "fast-check";
import {
  DEFAULT_POLICY_VERSION,
  defaultPolicy,
  Acl,
  readPolicy,
  type ParsedRule,
  needsSudo,
  SUDO_PATHS,
} from "../../policies/evaluate";
import { templates, type RawRule } from "../policies/evaluate/arbitraries";
import { policyTexts } from "../policies/evaluate/texts";
import { belowMount, Comparison, questions, runs, timeoutMs, type Asked } from "./evaluator-questions";
import { describeLive, startVault, type VaultServer } from "./servers";

describeLive(["vault"], "the evaluator and a real Vault", () => {
  let vault: VaultServer;
  let comparison: Comparison;
  let asked: Asked;

  beforeAll(async () => {
    vault = await startVault({ storage: "dev" });
    comparison = await Comparison.with(vault);
    asked = comparison.asked;
  });
  beforeEach(() => Object.assign(asked, { pairs: 0, granting: 0 }));
  afterAll(() => vault?.remove());

  test(
    "agree on the capabilities of more than ten thousand pairs of policies and path",
    async () => {
      await fc.assert(
        fc.asyncProperty(questions(80), (q) => comparison.compare(q)),
        runs(1000),
      );
      console.log("without templates:", asked);
      expect(asked.pairs).toBeGreaterThan(10_000);
      expect(asked.granting).toBeGreaterThan(asked.pairs / 4);
    },
    timeoutMs,
  );

  test(
    "agree on templated policies of a person with an entity, an alias and groups",
    async () => {
      const { data: methods } = await vault.ok<{ data: Record<string, { accessor: string }> }>("GET", "sys/auth");
      const accessor = methods["token/"]?.accessor ?? "";
      const { identity: wanted } = templates(accessor, { entity: "", group: "", alias: "" });
      const made = async (path: string, body: object): Promise<string> =>
        (await vault.ok<{ data: { id: string } }>("POST", `identity/${path}`, { body })).data.id;
      const entity = await made("entity", { name: "person", metadata: wanted.entity?.metadata });
      const alias = await made("entity-alias", {
        name: "nick",
        canonical_id: entity,
        mount_accessor: accessor,
        custom_metadata: { team: "b" },
      });
      const group = await made("group", { name: "crew", metadata: { team: "abc" }, member_entity_ids: [entity] });
      const outer = await made("group", { name: "outer", member_group_ids: [group] });
      await vault.ok("POST", "auth/token/roles/generated", {
        body: { allowed_entity_aliases: "nick", allowed_policies_glob: "*", orphan: true },
      });
      const { identity, segments, fill } = templates(accessor, { entity, group, alias });
      const inOuter = { ...identity, groups: [...(identity.groups ?? []), { id: outer, name: "outer" }] };
      const all = [...segments, "{{identity.groups.names.outer.id}}"];
      // "+*" after filling in makes Vault refuse the token whole; that has a test of its own.
      const usable = questions(80, all, { ...fill, "{{identity.groups.names.outer.id}}": outer }).filter((q) => {
        try {
          return comparison.acl(q, inOuter) !== undefined;
        } catch {
          return false;
        }
      });
      await fc.assert(
        fc.asyncProperty(usable, (q) => comparison.compare(q, inOuter)),
        runs(200),
      );
      console.log("with templates:", asked);
      expect(asked.granting).toBeGreaterThan(asked.pairs / 4);

      await comparison.write([[{ path: "x/{{identity.entity.metadata.plus}}*", capabilities: ["read"] }]]);
      const broken = await comparison.token(["generated-0"], true, "generated");
      expect((await vault.request("GET", "auth/token/lookup-self", { token: broken })).status).toBe(500);
    },
    timeoutMs,
  );

  test(
    "agree on real requests: list with and without a slash, read, create, update, delete",
    async () => {
      await vault.ok("POST", "sys/mounts/m", { body: { type: "kv", options: { version: "1" } } });
      await fc.assert(
        fc.asyncProperty(questions(6), (q) => comparison.compareRequests(belowMount(q))),
        runs(400),
      );
      console.log("real requests:", asked);
      expect(asked.granting).toBeGreaterThan(asked.pairs / 10);
    },
    timeoutMs,
  );

  test(
    "agree on which texts are policies, and on what they grant: whatever we read, Vault reads alike",
    async () => {
      const counts = { both: 0, neither: 0, "Vault alone": 0 };
      await fc.assert(
        fc.asyncProperty(policyTexts, async (text) => {
          let read: readonly ParsedRule[] | undefined;
          try {
            read = readPolicy(text).rules;
          } catch {
            read = undefined;
          }
          const { status, text: answer } = await vault.request("PUT", "sys/policies/acl/text", {
            body: { policy: text },
          });
          if (read === undefined) {
            counts[status < 300 ? "Vault alone" : "neither"]++;
            return;
          }
          expect({ text, answer, status: status < 300 }).toEqual({ text, answer, status: true });
          counts.both++;
          const ours = Acl.of([{ name: "text", policy: { rules: read } }], {}, comparison.server);
          const paths = [
            "secret/a",
            "secret/b",
            "secret/c/d",
            "path",
            "capabilities",
            "name",
            ...read.map((r) => r.path),
          ].filter((p) => p.replaceAll("/", "") !== "");
          const body = { token: await comparison.token(["text"], false), paths };
          const { data } = await vault.ok<{ data: Record<string, string[]> }>("POST", "sys/capabilities", { body });
          for (const path of paths)
            expect({ text, path, says: ours.capabilities(path) }).toEqual({ text, path, says: data[path] });
        }),
        runs(3000),
      );
      console.log("texts:", counts);
      expect(counts.both).toBeGreaterThan(500);
      expect(counts.neither).toBeGreaterThan(500);
    },
    timeoutMs,
  );

  test("the default policy is the server's own", async () => {
    const { data } = await vault.ok<{ data: { policy: string } }>("GET", "sys/policies/acl/default");
    const facts = (all: readonly ParsedRule[]): string[] =>
      all.map((r) => JSON.stringify([r.path, r.capabilities, r.limits])).sort();
    expect(facts(defaultPolicy().policy.rules)).toEqual(facts(readPolicy(data.policy).rules));
    expect((await vault.ok<{ version: string }>("GET", "sys/health")).version).toBe(DEFAULT_POLICY_VERSION);
  });

  test("the paths that want sudo are those that the server's OpenAPI document marks", async () => {
    type Spec = { paths: Record<string, { "x-vault-sudo"?: boolean }> };
    const { paths } = await vault.ok<Spec>("GET", "sys/internal/specs/openapi");
    // Parameters of a path stand for names; a path that lists has its slash, as in a request.
    const ask = (path: string): string => path.slice(1).replace(/\{[^}]+\}/g, "name");
    const marked = Object.entries(paths).filter(
      ([path]) => path.startsWith("/sys/") || path.startsWith("/auth/token/"),
    );
    for (const [path, { "x-vault-sudo": sudo = false }] of marked)
      expect({ path, sudo: needsSudo(ask(path)) }).toEqual({ path, sudo });
    expect(marked.filter(([, m]) => m["x-vault-sudo"]).length).toBeGreaterThan(20);
    expect(SUDO_PATHS.every((p) => needsSudo(p.replace("*", "x")))).toBe(true);
  });

  test.each([
    ["GET", "sys/audit", "read"],
    ["LIST", "auth/token/accessors", "list"],
    ["GET", "sys/auth/token/tune", "read"],
    ["GET", "sys/config/cors", "read"],
  ] as const)("%s %s is refused without sudo, and so do we", async (method, path, operation) => {
    for (const sudo of [false, true]) {
      const policies: RawRule[][] = [[{ path, capabilities: sudo ? [operation, "sudo"] : [operation] }]];
      const { status } = await vault.request(method, path, {
        token: await comparison.token(await comparison.write(policies), false),
      });
      expect({ sudo, status }).toEqual({ sudo, status: sudo ? 200 : 403 });
      expect(comparison.acl({ policies, paths: [], withDefault: false }).allows(operation, path).allowed).toBe(sudo);
    }
  });
});
