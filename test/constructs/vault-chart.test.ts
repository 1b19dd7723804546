import { podSecurityLabels, valuesText } from "../../constructs/chart";
import { mergeValues } from "../../model/chart-values";
import { chartSource, VERSIONS } from "../../model";

const PINNED = { repository: "https://charts.example", name: "vault", version: "1.2.3" };

test.each([
  [undefined, { repository: "https://charts.example", chart: "vault", version: "1.2.3" }],
  [{}, { repository: "https://charts.example", chart: "vault", version: "1.2.3" }],
  [{ version: "1.2.4" }, { repository: "https://charts.example", chart: "vault", version: "1.2.4" }],
  [
    { repository: "https://mirror.acme.example/charts" },
    { repository: "https://mirror.acme.example/charts", chart: "vault", version: "1.2.3" },
  ],
  [
    { repository: "oci://registry.acme.example/charts", name: "acme-vault" },
    { repository: "oci://registry.acme.example/charts", chart: "acme-vault", version: "1.2.3" },
  ],
  [{ repository: "", name: "/srv/charts/vault" }, { chart: "/srv/charts/vault" }],
  [
    { repository: "", name: "/srv/charts/vault", version: "1.2.3" },
    { chart: "/srv/charts/vault", version: "1.2.3" },
  ],
  [{ repository: "", name: "charts/vault" }, { chart: "../../../charts/vault" }],
  [{ repository: "", name: "./charts/vault" }, { chart: "../../../charts/vault" }],
  [{ repository: "", name: "../charts/vault" }, { chart: "../../../../charts/vault" }],
])("the chart %j is taken from %j", (chart, source) => {
  expect(chartSource(PINNED, chart)).toEqual(source);
});

test.each([
  [{ a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  [{ a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
  [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
  [{ a: { b: 1 } }, { a: "text" }, { a: "text" }],
  [{ a: "text" }, { a: { b: 1 } }, { a: { b: 1 } }],
  [{ a: { b: 1 } }, { a: null }, { a: null }],
  [{ a: { b: 1 } }, undefined, { a: { b: 1 } }],
])("%j with %j laid over it is %j", (ours, theirs, merged) => {
  expect(mergeValues(ours, theirs)).toEqual(merged);
});

test("merging changes neither side", () => {
  const [ours, theirs] = [{ a: { b: 1 } }, { a: { c: 2 } }];
  mergeValues(ours, theirs);
  expect([ours, theirs]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
});

test("a key that every object inherits is a key like any other", () => {
  expect(mergeValues({}, { constructor: { a: 1 }, toString: "x" })).toEqual({ constructor: { a: 1 }, toString: "x" });
});

test("the text of values does not depend on the order they were written in, at any depth", () => {
  const text = '{"a":[{"c":1,"d":2}],"b":{"e":null,"f":3}}';
  expect(valuesText({ b: { f: 3, e: null }, a: [{ d: 2, c: 1 }] })).toBe(text);
  expect(valuesText({ a: [{ c: 1, d: 2 }], b: { e: null, f: 3 } })).toBe(text);
});

test.each(["${x}", "%{ if x }"])("values with %j are refused: Terraform would read a template", (template) => {
  expect(() => valuesText({ a: { b: `text ${template}` } })).toThrow(
    /^chart values: .* holds [$%]\{; Terraform would read it as a template$/,
  );
  expect(() => valuesText({ [template]: 1 })).toThrow("Terraform would read it as a template");
});

test("a shell's $(command) and $VARIABLE pass", () => {
  expect(valuesText({ a: "$(date) $HOME 50%" })).toBe('{"a":"$(date) $HOME 50%"}');
});

test("a namespace is labelled to refuse, to warn and to record, by the rules of one version", () => {
  expect(podSecurityLabels()).toEqual({
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/enforce-version": VERSIONS.podSecurity,
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/audit-version": VERSIONS.podSecurity,
    "pod-security.kubernetes.io/warn": "restricted",
    "pod-security.kubernetes.io/warn-version": VERSIONS.podSecurity,
  });
});
