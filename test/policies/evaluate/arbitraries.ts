import fc from "fast-check";
import { CAPABILITIES, type Capability } from "../../../policies/write/document";
import type { Identity } from "../../../policies/evaluate/template";

/** A rule as a generator makes it: what Vault takes, also what our own writer refuses. */
export interface RawRule {
  readonly path: string;
  readonly capabilities: readonly Capability[];
}

/** The text of a policy with these rules, in plain HCL. */
export function toHcl(rules: readonly RawRule[]): string {
  return rules
    .map((r) => `path "${r.path}" { capabilities = [${r.capabilities.map((c) => `"${c}"`).join(", ")}] }\n`)
    .join("");
}

// A plain "+" or "*" in a name, and names longer in bytes than in characters, are where Vault surprises.
const names = ["a", "b", "ab", "a+b", "+a", "+a+b", "a*", "é", "𝒳", "crew-1"];
// Rules that never meet cannot disagree: most sets of rules are made of two or three names only.
const vocabularies = fc.oneof(
  { weight: 3, arbitrary: fc.subarray(names, { minLength: 2, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant(names) },
);

const capabilities = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.subarray(
      CAPABILITIES.filter((c) => c !== "deny"),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { weight: 1, arbitrary: fc.constant<Capability[]>(["deny"]) },
  { weight: 1, arbitrary: fc.subarray([...CAPABILITIES]) },
);

/** What rules are made of. */
interface Flavour {
  readonly vocabularies: fc.Arbitrary<string[]>;
  readonly capabilities: fc.Arbitrary<Capability[]>;
}
const ORDINARY: Flavour = { vocabularies, capabilities };

/** Every other rule denies, and names differ in their case only. */
export const DENYING: Flavour = {
  vocabularies: fc.constantFrom(
    ["a", "A"],
    ["ab", "aB", "a"],
    ["a", "A", "A+b"],
    ["é", "É", "x"],
    ["crew-1", "Crew-1"],
  ),
  capabilities: fc.oneof(
    fc.constant<Capability[]>(["deny"]),
    fc.constant<Capability[]>(["list"]),
    fc.subarray<Capability>(["read", "list", "update", "delete"], { minLength: 1 }),
  ),
};

/** A path with each of its letters in this case or that; two of three are left as they are. */
export function inSomeCase(path: string): fc.Arbitrary<string> {
  const flips = fc.array(fc.boolean(), { minLength: path.length, maxLength: path.length });
  const flipped = flips.map((flip) =>
    [...path].map((c, i) => (!flip[i] ? c : c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join(""),
  );
  return fc.oneof({ weight: 2, arbitrary: fc.constant(path) }, { weight: 1, arbitrary: flipped });
}

/**
 * The path of a rule: exact, with `*`, with `+`, with a slash at the end; `more` are further segments, such as
 * templates.
 */
export function rulePath(more: readonly string[] = [], vocabulary: readonly string[] = names): fc.Arbitrary<string> {
  const segment = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...vocabulary) },
    { weight: 4, arbitrary: fc.constant("+") },
    ...(more.length > 0 ? [{ weight: 3, arbitrary: fc.constantFrom(...more) }] : []),
  );
  const last = fc.constantFrom("", "", "a", "a+", ...vocabulary);
  return fc
    .tuple(fc.array(segment, { maxLength: 4 }), fc.constantFrom("", "", "/", "*", "/*"), last)
    .map(([segments, tail, beginning]) => [...segments, ...(tail === "*" ? [beginning] : [])].join("/") + tail)
    .filter(isRulePath);
}

/**
 * One to ten rules, ordinary ones unless told otherwise. Half of them are siblings of others: the same path but for one
 * segment.
 */
export function rules(
  more: readonly string[] = [],
  { vocabularies, capabilities }: Flavour = ORDINARY,
): fc.Arbitrary<RawRule[]> {
  return vocabularies.chain((vocabulary) => {
    const rule = fc.record({ path: rulePath(more, vocabulary), capabilities });
    const segment = fc.constantFrom(...vocabulary, ...vocabulary.map((n) => `${n}*`), ...more, "+", "*", "");
    const sibling = fc.record({ of: fc.nat(), at: fc.nat(), segment, capabilities });
    const replaced = (path: string, at: number, by: string): string =>
      path
        .split("/")
        .map((s, i, all) => (i === at % all.length ? by : s))
        .join("/");
    return fc
      .tuple(fc.array(rule, { minLength: 1, maxLength: 5 }), fc.array(sibling, { maxLength: 5 }))
      .map(([all, siblings]) => [
        ...all,
        ...siblings
          .map((s) => ({
            path: replaced(all[s.of % all.length]?.path ?? "", s.at, s.segment),
            capabilities: s.capabilities,
          }))
          .filter((r) => isRulePath(r.path)),
      ]);
  });
}

function isRulePath(path: string): boolean {
  return path !== "" && path !== "/" && !path.includes("+*");
}

/** A path of a request: never empty; with or without a slash at the end; `more` are further segments. */
export function requestPath(more: readonly string[] = []): fc.Arbitrary<string> {
  const segment = fc.constantFrom(...names, "", "+", "x", ...more);
  return fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 5 }), fc.constantFrom("", "", "/"))
    .map(([segments, tail]) => segments.join("/") + tail)
    .filter((path) => path.replaceAll("/", "") !== "");
}

/**
 * A path of a request that the path of a rule likely matches: `+` replaced by a name, `*` by some text, now and then a
 * slash more or less.
 */
export function matchingPath(rule: string): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.array(fc.constantFrom(...names, "", "x"), { minLength: 8, maxLength: 8 }),
      fc.constantFrom("", "", "a", "/", "a/b", "+a", "x/"),
      fc.constantFrom("keep", "keep", "add", "cut"),
    )
    .map(([values, tail, end]) => {
      const open = rule.endsWith("*") ? rule.slice(0, -1) + tail : rule;
      const path = open
        .split("/")
        .map((s, i) => (s === "+" ? (values[i] ?? "x") : s))
        .join("/");
      return end === "add" ? `${path}/` : end === "cut" ? path.replace(/\/$/, "") : path;
    })
    .map((path) => (path.replaceAll("/", "") === "" ? "x" : path));
}

/**
 * Templates of every kind, and the identity that fills them in; values hold what paths are made of. `accessor` is that
 * of the alias.
 */
export function templates(
  accessor: string,
  ids: { readonly entity: string; readonly group: string; readonly alias: string },
): {
  readonly identity: Identity;
  readonly segments: readonly string[];
  readonly fill: Readonly<Record<string, string>>;
} {
  const metadata = { team: "a", slash: "a/b", plus: "+", star: "*", empty: "", two: "+/a*", "with-dash": "ab" };
  const identity: Identity = {
    entity: {
      id: ids.entity,
      name: "person",
      metadata,
      aliases: [{ mountAccessor: accessor, id: ids.alias, name: "nick", customMetadata: { team: "b" } }],
    },
    groups: [{ id: ids.group, name: "crew", metadata: { team: "abc" } }],
  };
  const fill = {
    "{{identity.entity.id}}": ids.entity,
    "{{ identity.entity.name }}": "person",
    ...Object.fromEntries(Object.entries(metadata).map(([k, v]) => [`{{identity.entity.metadata.${k}}}`, v])),
    [`{{identity.entity.aliases.${accessor}.name}}`]: "nick",
    [`{{identity.entity.aliases.${accessor}.id}}`]: ids.alias,
    [`{{identity.entity.aliases.${accessor}.custom_metadata.team}}`]: "b",
    "{{identity.groups.names.crew.id}}": ids.group,
    "{{identity.groups.names.crew.name}}": "crew",
    "{{identity.groups.names.crew.metadata.team}}": "abc",
    [`{{identity.groups.ids.${ids.group}.name}}`]: "crew",
  };
  const withoutValue = [
    "{{identity.entity.metadata.missing}}",
    "{{identity.entity.metadata}}",
    `{{identity.entity.aliases.${accessor}.metadata.team}}`,
    "{{identity.entity.aliases.auth_none_0.name}}",
    "{{identity.groups.names.other.id}}",
    "{{identity.entity.groups.names}}",
    "{{nonsense}}",
    "{{}}",
  ];
  return { identity, segments: [...Object.keys(fill), "x{{identity.entity.name}}y", ...withoutValue], fill };
}
