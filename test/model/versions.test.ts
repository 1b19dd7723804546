import { ADVISORIES, advisoriesOf, isFixed, isServer, serverOf, VERSIONS } from "../../model/versions";

const LINES = ["1.19.25", "1.21.14", "2.2.2"];

test.each([
  ["1.19.24", false],
  ["1.19.25", true],
  ["1.20.99", false],
  ["1.21.13", false],
  ["v1.21.14+ent", true],
  ["1.22.0", false],
  ["2.1.9", false],
  ["2.2.1", false],
  ["2.2.2-ubi", true],
  ["2.2.10", true],
  ["2.3.0", true],
  ["10.0.0", true],
  ["openbao-2.6.2", false],
])("a server %s has what came with 1.19.25, 1.21.14 and 2.2.2: %s", (server, fixed) => {
  expect(isFixed(server, LINES)).toBe(fixed);
});

test("of another program's versions a server has none, and no version is refused", () => {
  expect([isFixed("3.0.0", ["openbao-2.6.0"]), isFixed("openbao-2.6.0", ["openbao-2.6.0"])]).toEqual([false, true]);
  expect([isServer("latest"), isServer("openbao-2.6.2")]).toEqual([false, true]);
  expect(() => isFixed("latest", LINES)).toThrow(/given "latest" as a server's version; accepted: e.g. 2.2.2/);
});

test("an image's server is its tag, with OpenBao's name before, and what is absent is the pinned one's", () => {
  expect(serverOf()).toBe(VERSIONS.images.vault.tag);
  expect(serverOf({ repository: "registry.acme.example/vault", tag: "2.1.0" })).toBe("2.1.0");
  expect(serverOf({ repository: "quay.io/openbao/openbao", tag: "2.6.2" })).toBe("openbao-2.6.2");
});

describe("advisories of access control", () => {
  const ids = (server: string) => advisoriesOf(server).map(({ id }) => id);

  test("the pinned server has none", () => {
    expect(ids(serverOf())).toEqual([]);
  });

  test.each([
    ["1.21.1", 5],
    ["2.0.2", 4],
    ["2.0.4", 3],
    ["2.1.2", 2],
    ["2.2.1", 2],
    ["openbao-2.5.3", 1],
    ["openbao-2.6.0", 0],
  ])("%s has %i", (server, known) => {
    expect(ids(server)).toHaveLength(known);
  });

  test("each has a source, and its versions in order", () => {
    for (const { source, fixedIn } of ADVISORIES) {
      expect(source).toMatch(/^https:/);
      expect(fixedIn.filter((each, i) => i > 0 && isFixed(fixedIn[i - 1]!, [each]))).toEqual([]);
    }
  });
});
