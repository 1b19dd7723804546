import fc from "fast-check";
import { DENYING, inSomeCase, matchingPath, rules, toHcl } from "../policies/evaluate/arbitraries";
import { Acl, readPolicy } from "../../policies/evaluate";
import { belowMount, Comparison, runs, timeoutMs, type Question } from "./evaluator-questions";
import { describeLive, startVault, type VaultServer } from "./servers";

/** Policies with a `deny`, and paths that their rules nearly match: in another case, or as a folder. */
function denying(most: number): fc.Arbitrary<Question> {
  const policies = fc
    .array(rules([], DENYING), { minLength: 1, maxLength: 2 })
    .filter((all) => all.flat().some(({ capabilities }) => capabilities.includes("deny")));
  return policies.chain((all) => {
    const path = fc.oneof(...all.flat().map((rule) => matchingPath(rule.path)));
    const asked = fc
      .tuple(path.chain(inSomeCase), fc.boolean())
      .map(([text, folder]) => (folder ? text.replace(/\/*$/, "/") : text));
    return fc.record({
      policies: fc.constant(all),
      paths: fc.array(asked, { minLength: most / 2, maxLength: most, size: "max" }),
      withDefault: fc.constant(false),
    });
  });
}

/** Versions whose answers differ; a test that cannot tell them apart proves nothing. */
const OTHERS = ["1.21.1", "2.1.2", "2.2.2", "openbao-2.6.2"];

describeLive(["vault"], "the evaluator and a real Vault, about deny, case and LIST", () => {
  let vault: VaultServer;
  let comparison: Comparison;
  /** How many of the pairs: asked as a folder, with a letter in upper case, answered otherwise by another version. */
  const of = { folders: 0, upperCase: 0, otherwise: {} as Record<string, number> };

  beforeAll(async () => {
    vault = await startVault({ storage: "dev" });
    comparison = await Comparison.with(vault);
    await vault.ok("POST", "sys/mounts/m", { body: { type: "kv", options: { version: "1" } } });
  });
  beforeEach(() => {
    Object.assign(comparison.asked, { pairs: 0, granting: 0 });
    Object.assign(of, { folders: 0, upperCase: 0, otherwise: {} });
  });
  afterAll(() => vault?.remove());

  function count(question: Question): void {
    of.folders += question.paths.filter((path) => path.endsWith("/")).length;
    of.upperCase += question.paths.filter((path) => path !== path.toLowerCase()).length;
    const policies = question.policies.map((each, i) => ({ name: `p${i}`, policy: readPolicy(toHcl(each)) }));
    const ours = comparison.acl(question);
    for (const version of OTHERS) {
      const other = Acl.of(policies, {}, version);
      const differs = question.paths.filter(
        (path) => ours.capabilities(path).join() !== other.capabilities(path).join(),
      );
      of.otherwise[version] = (of.otherwise[version] ?? 0) + differs.length;
    }
  }

  test(
    "agree on the capabilities of more than ten thousand pairs of policies with a deny and a path",
    async () => {
      const ask = async (question: Question): Promise<void> => {
        count(question);
        await comparison.compare(question);
      };
      await fc.assert(fc.asyncProperty(denying(40), ask), runs(600));
      const { asked, server } = comparison;
      console.log(`capabilities, by the rules of ${server}:`, asked, of);
      expect(asked.pairs).toBeGreaterThan(10_000);
      expect(of.folders).toBeGreaterThan(asked.pairs / 3);
      expect(of.upperCase).toBeGreaterThan(asked.pairs / 4);
      expect(asked.granting).toBeGreaterThan(asked.pairs / 10);
      expect(Object.values(of.otherwise).filter((differing) => differing > 100).length).toBeGreaterThanOrEqual(2);
    },
    timeoutMs,
  );

  test(
    "agree on more than ten thousand real requests by holders of such policies",
    async () => {
      const ask = async (question: Question): Promise<void> => {
        const below = belowMount(question);
        count(below);
        await comparison.compareRequests(below);
      };
      await fc.assert(fc.asyncProperty(denying(12), ask), runs(300));
      const { asked, server } = comparison;
      console.log(`requests, by the rules of ${server}:`, asked, of);
      expect(asked.pairs).toBeGreaterThan(8000);
      expect(of.folders).toBeGreaterThan(1000);
      expect(of.upperCase).toBeGreaterThan(500);
      expect(asked.granting).toBeGreaterThan(asked.pairs / 10);
    },
    2 * timeoutMs,
  );
});
