import { KvPath, type AccessLevel } from "../../../model";
import type { Acl, Operation } from "../../../policies/evaluate";
import {
  ownPasswordRules,
  peopleRules,
  pipelineTokenRules,
  PolicyDocument,
  workloadRules,
  type PolicyRule,
} from "../../../policies/write";
import { aclOf } from "../evaluate/lists";

const root = new KvPath("kvv2", "sample/app");
const set = root.child("app-dev");
const aclFor = (rules: readonly PolicyRule[]): Acl => aclOf(PolicyDocument.of(...rules).render());

type Asked = readonly [operation: Operation, path: string];

/** Which of some requests go through. */
const allowed = (acl: Acl, requests: readonly Asked[]): readonly Asked[] =>
  requests.filter(([operation, path]) => acl.allows(operation, path).allowed);

const READS: readonly Asked[] = [
  ["read", set.data()],
  ["read", set.metadata()],
  ["read", set.subkeys()],
  ["list", "kvv2/metadata/sample/app/"],
];
const WRITES: readonly Asked[] = [
  ["create", set.data()],
  ["update", set.data()],
  ["patch", set.data()],
  ["delete", set.data()],
  ["update", set.delete()],
  ["update", set.undelete()],
];
const ENDS: readonly Asked[] = [
  ["update", set.destroy()],
  ["delete", set.metadata()],
  ["update", set.metadata()],
];
const ALL = [...READS, ...WRITES, ...ENDS];

describe("people", () => {
  const scopes = [
    ["the tree", { tree: root }],
    ["the set alone", { set }],
  ] as const;

  test.each(scopes)("who read %s read its values, key names and versions, and change nothing", (_, scope) => {
    expect(allowed(aclFor(peopleRules("read", scope)), ALL)).toEqual(READS);
  });

  test.each(scopes)("who write %s also write and take back, and end nothing for good", (_, scope) => {
    expect(allowed(aclFor(peopleRules("write", scope)), ALL)).toEqual([...READS, ...WRITES]);
  });

  test.each(scopes)("who may only write %s write, see key names and versions, and read no value", (_, scope) => {
    const may = [...READS, ...WRITES].filter(
      ([operation, path]) => !(operation === "read" && path === set.data()) && !/delete/.test(operation + path),
    );
    expect(may).toHaveLength(6);
    expect(allowed(aclFor(peopleRules("write-only", scope)), ALL)).toEqual(may);
  });

  test.each<AccessLevel>(["read", "write", "write-only"])(
    "who %s a tree reach no tree whose name begins as its does",
    (access) => {
      const acl = aclFor(peopleRules(access, { tree: root }));
      const other = new KvPath("kvv2", "sample/app-2").child("app-2-dev");
      for (const path of [other.data(), other.metadata(), other.subkeys(), other.delete(), other.undelete()])
        for (const operation of ["read", "update", "delete"] as const)
          expect([path, acl.allows(operation, path).allowed]).toEqual([path, false]);
    },
  );

  test.each<AccessLevel>(["read", "write"])("who %s one set reach no other of its folder", (access) => {
    const acl = aclFor(peopleRules(access, { set }));
    for (const other of [root.child("app-prod"), root.child("app-dev-2"), set.child("x")])
      for (const path of [other.data(), other.metadata(), other.subkeys(), other.undelete()])
        expect([path, acl.allows("read", path).allowed]).toEqual([path, false]);
  });
});

describe("a workload", () => {
  test.each<[AccessLevel, Operation[]]>([
    ["read", ["read"]],
    ["write", ["create", "read", "update", "patch"]],
  ])("that may %s can %j on the values of its own set, and nothing else", (access, operations) => {
    const acl = aclFor(workloadRules(access, set));
    const asked = (["create", "read", "update", "patch", "delete", "list"] as const).map((operation): Asked => [
      operation,
      set.data(),
    ]);
    expect(allowed(acl, asked)).toEqual(operations.map((operation) => [operation, set.data()]));
    expect(
      allowed(
        acl,
        ALL.filter(([, path]) => path !== set.data()),
      ),
    ).toEqual([]);
  });
});

test("a person's own password is the own user's, on that mount alone", () => {
  const [rule] = ownPasswordRules("people");
  expect(rule).toMatchObject({ path: "auth/people/users/{{identity.entity.name}}/password", capabilities: ["update"] });
});

test("a pipeline's token can look itself up and end itself, and not renew itself or make others", () => {
  const acl = aclFor(pipelineTokenRules());
  const asked: readonly Asked[] = [
    ["read", "auth/token/lookup-self"],
    ["update", "auth/token/revoke-self"],
    ["update", "auth/token/renew-self"],
    ["update", "auth/token/create"],
    ["update", "auth/token/lookup"],
  ];
  expect(allowed(acl, asked)).toEqual(asked.slice(0, 2));
});
