import fc from "fast-check";
import {
  CAPABILITIES,
  pathProblem,
  PolicyDocument,
  type Capability,
  type PolicyRule,
} from "../../../policies/write/document";
import { PolicyError } from "../../../policies/write/errors";
import { Acl } from "../../../policies/evaluate/acl";
import { readPolicy } from "../../../policies/evaluate/read";
import { DENYING, inSomeCase, matchingPath, requestPath, rulePath, rules, toHcl, type RawRule } from "./arbitraries";
import { slowCapabilities } from "./oracle";
import { policyTexts } from "./texts";

/** The same cases every time; FC_SEED gives others, FC_TIMES that many times as many. */
const seed = Number(process.env.FC_SEED ?? 20_251_123);
const runs = (numRuns: number): { seed: number; numRuns: number } => ({
  seed,
  numRuns: numRuns * Number(process.env.FC_TIMES ?? 1),
});

const acl = (...policies: readonly (readonly RawRule[])[]): Acl =>
  Acl.of(
    policies
      .filter((p) => p.length > 0)
      .map((p) => ({ name: `p${policies.indexOf(p)}`, policy: readPolicy(toHcl(p)) })),
  );

/** Rules, and a path that one of them likely matches. */
const rulesAndPath = rules().chain((all) =>
  fc.tuple(fc.constant(all), fc.oneof(requestPath(), ...all.map((r) => matchingPath(r.path)))),
);

/** Rules that our own writer takes. */
const writable: fc.Arbitrary<PolicyRule> = fc.record(
  {
    path: fc
      .oneof(rulePath(["{{identity.entity.id}}", "my app"]), fc.string({ unit: "grapheme", minLength: 1 }))
      .filter((p) => pathProblem(p) === undefined),
    capabilities: fc.oneof(
      fc.constant<Capability[]>(["deny"]),
      fc.subarray(
        CAPABILITIES.filter((c) => c !== "deny"),
        { minLength: 1 },
      ),
    ),
    comment: fc.constantFrom("why", 'two\nlines "quoted" \\', "# { path */"),
  },
  { requiredKeys: ["path", "capabilities"] },
);
const documents = fc.uniqueArray(writable, { selector: (r) => r.path, minLength: 1, maxLength: 6 });

describe("for all policies", () => {
  test("what is written reads back as it was, and writes the same text again", () => {
    fc.assert(
      fc.property(documents, (all) => {
        const document = PolicyDocument.of(...all);
        const text = document.render();
        const read = readPolicy(text).rules;
        expect(read.map(({ path, capabilities }) => ({ path, capabilities }))).toEqual(
          document.rules.map(({ path, capabilities }) => ({ path, capabilities })),
        );
        expect(PolicyDocument.of(...document.rules).render()).toBe(text);
        expect(text).not.toMatch(/[$%]\{/);
      }),
      runs(500),
    );
  });

  test("the order in which rules come does not change the text", () => {
    const shuffled = documents.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) =>
        expect(PolicyDocument.of(...other).render()).toBe(PolicyDocument.of(...all).render()),
      ),
      runs(200),
    );
  });

  test("every path is either written and read back, or refused with a hint", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (path) => {
        const problem = pathProblem(path);
        if (problem !== undefined) return expect(problem.hint).not.toBe("");
        expect(readPolicy(PolicyDocument.of({ path, capabilities: ["read"] }).render()).rules[0]?.path).toBe(path);
      }),
      runs(1000),
    );
  });

  test("a text is either understood or refused with line and column: the reader has no other way to fail", () => {
    const at = /^policy, line \d+, column \d+$/;
    const check = (text: string): void => {
      try {
        readPolicy(text);
      } catch (error) {
        expect(error).toBeInstanceOf(PolicyError);
        expect((error as PolicyError).problems.every((p) => at.test(p.where) && p.hint !== "")).toBe(true);
      }
    };
    fc.assert(fc.property(fc.oneof(policyTexts, fc.string({ unit: "binary" }), fc.json()), check), runs(2000));
  });

  test.each([
    ["1.21.1", {}],
    ["2.1.2", { list: "either" }],
    ["2.2.2", { list: "either", anyCase: true }],
    ["openbao-2.6.2", { list: "slash first" }],
  ] as const)(
    "the tree finds the rule that a comparison of all rules finds, for lists and for reads: %s",
    (...known) => {
      const [version, server] = known;
      const some = fc.oneof(rules(), rules([], DENYING));
      const asked = some.chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.array(fc.oneof(requestPath(), ...all.map((r) => matchingPath(r.path))).chain(inSomeCase), {
            minLength: 1,
            maxLength: 20,
            size: "max",
          }),
        ),
      );
      fc.assert(
        fc.property(asked, ([all, paths]) => {
          const fast = Acl.of([{ name: "p", policy: readPolicy(toHcl(all)) }], {}, version);
          // One comparison for all paths: jest's own work is most of this test's time.
          expect(
            paths.map((path) => ({ path, says: fast.capabilities(path), read: fast.allows("read", path).allowed })),
          ).toEqual(
            paths.map((path) => ({
              path,
              says: slowCapabilities(all, path, true, server),
              read: slowCapabilities(all, path, false, server).includes("read"),
            })),
          );
        }),
        runs(600),
      );
    },
  );

  test("neither the order of rules nor how they are spread over policies changes an answer", () => {
    const spread = rulesAndPath.chain(([all, path]) =>
      fc.tuple(
        fc.constant(all),
        fc.constant(path),
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.nat({ max: 8 }),
      ),
    );
    fc.assert(
      fc.property(spread, ([all, path, other, cut]) => {
        expect(acl(other.slice(0, cut), other.slice(cut)).capabilities(path)).toEqual(acl(all).capabilities(path));
      }),
      runs(1000),
    );
  });

  test("a rule that does not match a path never changes what is decided about it", () => {
    const extra = rulesAndPath.chain(([all, path]) =>
      fc.tuple(
        fc.constant(all),
        fc.constant(path),
        fc.record({ path: rulePath(), capabilities: fc.constant<Capability[]>(["deny"]) }),
      ),
    );
    fc.assert(
      fc.property(extra, ([all, path, rule]) => {
        const alone = acl([rule]);
        fc.pre(alone.allows("read", path).rule === undefined && alone.allows("list", path).rule === undefined);
        expect(acl(all, [rule]).allows("read", path).rule?.pattern).toEqual(
          acl(all).allows("read", path).rule?.pattern,
        );
        expect(acl(all, [rule]).capabilities(path)).toEqual(acl(all).capabilities(path));
      }),
      runs(1000),
    );
  });

  test("deny on the path of the rule that decides wins, whatever else is granted there", () => {
    fc.assert(
      fc.property(rulesAndPath, ([all, path]) => {
        const decisive = acl(all).allows("read", path).rule;
        fc.pre(decisive !== undefined);
        const denied = acl(all, [{ path: decisive?.pattern.path ?? "", capabilities: ["deny"] }]).allows("read", path);
        expect(denied).toMatchObject({ allowed: false, reason: "denied", policies: expect.arrayContaining(["p1"]) });
      }),
      runs(1000),
    );
  });

  test("an exact rule without deny on the path asked decides it alone", () => {
    fc.assert(
      fc.property(
        rulesAndPath,
        fc.subarray(
          CAPABILITIES.filter((c) => c !== "deny"),
          { minLength: 1 },
        ),
        ([all, path], capabilities) => {
          const exact = path.replace(/^\/+/, "");
          fc.pre(!/(^|\/)\+|\*$/.test(exact) && !all.some((r) => r.path.replace(/^\//, "") === exact));
          expect(acl(all, [{ path: exact, capabilities }]).capabilities(path)).toEqual([...capabilities].sort());
        },
      ),
      runs(500),
    );
  });
});
