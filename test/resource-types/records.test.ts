import ts from "typescript";
import production from "../../config/production";
import sample from "../../config/sample";
import { RESOURCE_TYPES, resourceType, typesOf, type Grants, type PlannedChange } from "../../resource-types";
import { MANIFEST_KINDS } from "../../resource-types/manifests";
import { stacksOf } from "../access/fixture";
import { nodes, parse, sourceFiles } from "../helpers/source";

/** Types of Terraform's, as code names them. */
const TYPE = /^(vault|kubernetes|helm)_[a-z0-9_]+$/;

/** Words that look like a type and are none. */
const NO_TYPES = ["kubernetes_host", "kubernetes_ca_cert", "helm_driver"];

function named(...folders: readonly string[]): [type: string, file: string][] {
  return sourceFiles(...folders).flatMap((file) =>
    [...nodes(parse(file))]
      .filter((node) => ts.isStringLiteralLike(node))
      .map(({ text }) => text)
      .filter((text) => TYPE.test(text) && !NO_TYPES.includes(text))
      .map((type): [string, string] => [type, file]),
  );
}

const written = [sample, production].flatMap((config) =>
  Object.values(stacksOf(config)).flatMap(({ resource }) =>
    Object.entries(resource as { [type: string]: { [id: string]: { manifest?: { kind: string } } } }),
  ),
);
const ours = [...new Set(written.map(([type]) => type))].filter((type) => TYPE.test(type)).sort();
const records = Object.entries(RESOURCE_TYPES);

test.each(ours)("%s is written, and so has a record with what a token needs for it", (type) => {
  const record = resourceType(type);
  expect(record?.inVault ?? record?.inCluster).toBeInstanceOf(Function);
  expect(Boolean(record?.inVault)).toBe(type.startsWith("vault_"));
});

test("every kind of manifest that is written has a record with its plural", () => {
  const kinds = written.flatMap(([, instances]) =>
    Object.values(instances).flatMap(({ manifest }) => manifest?.kind ?? []),
  );
  expect(kinds.length).toBeGreaterThan(0);
  expect([...new Set(kinds)].filter((kind) => !MANIFEST_KINDS[kind]?.plural)).toEqual([]);
});

test("every type that code names has a record, and so all that a record says", () => {
  const found = named("access", "stacks", "constructs", "cli", "ci");
  expect(found.length).toBeGreaterThan(0);
  expect(found.filter(([type]) => !resourceType(type))).toEqual([]);
});

test("no type is told in a table of its own: outside of the records none is the key of anything", () => {
  const keys = sourceFiles("access", "stacks", "constructs", "cli", "ci", "policies").flatMap((file) =>
    [...nodes(parse(file))]
      .filter((node) => ts.isPropertyAssignment(node))
      .map(({ name }) => (ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : ""))
      .filter((name) => RESOURCE_TYPES[name] !== undefined)
      .map((name) => `${file}: ${name}`),
  );
  expect(keys).toEqual([]);
});

test("what the records say that a type grants, the model of access reads", () => {
  const read = new Set(
    sourceFiles("access").flatMap((file) =>
      [...nodes(parse(file))].filter((node) => ts.isStringLiteralLike(node)).map(({ text }) => text),
    ),
  );
  // These say by themselves whether they are read (`supported`).
  const judged: readonly Grants[] = ["nothing", "release"];
  const granted = [...new Set(records.map(([, { grants }]) => grants))].filter((grants) => !judged.includes(grants));
  expect(granted.filter((grants) => !read.has(grants))).toEqual([]);
  for (const grants of granted) expect(typesOf(grants).length).toBeGreaterThan(0);
});

test.each(records)(
  "%s: its change means something, whatever is known of it, and drift is judged too",
  (type, record) => {
    for (const action of ["create", "update", "replace", "delete", "forget", "import"] as const)
      for (const drift of [false, true]) {
        const change: PlannedChange = {
          address: `${type}.it`,
          type,
          action,
          before: {},
          after: {},
          unknown: {},
          drift,
        };
        for (const [severity, says] of record.change(change)) {
          expect(["error", "warning", "info"]).toContain(severity);
          expect(says).not.toMatch(/undefined|\[object/);
        }
      }
  },
);

test("labels are one word for one type, and none is told twice", () => {
  const labels = records.flatMap(([type, { label }]) => (label && !type.endsWith("_v1") ? [label.join()] : []));
  expect(new Set(labels).size).toBe(labels.length);
});
