import fc from "fast-check";
import { resourceType } from "../../../resource-types";
import { foundIn } from "./found";
import { ACCESS, DEV, LOCAL, OPERATOR, SERVER } from "./mutation";
import { READERS, RESOURCES } from "./provider-types";

/** Runs are the same on every machine: a failure can be met again. */
const runs = { seed: 20261128, numRuns: 60 };

/** Arguments of resources, likely ones and any. */
const values = fc.dictionary(
  fc.oneof(
    fc.constantFrom("path", "name", "type", "backend", "mount", "role_name", "username", "metadata", "manifest"),
    fc.constantFrom("policies", "token_policies", "policy", "spec", "rule", "subject", "role_ref", "chart", "values"),
    fc.stringMatching(/^[a-z][a-z_]{0,9}$/),
  ),
  fc.oneof(
    fc.constantFrom("userpass", "platform-admin", "sample", "kv", "${var.x}", "${vault_mount.kv.path}", "*"),
    fc.jsonValue({ maxDepth: 2 }),
  ),
  { maxKeys: 6 },
);

/** Where a type is added, and whether what grants access there is overlooked to this day. */
interface Place {
  readonly what: string;
  readonly block: "resource" | "data" | "ephemeral";
  readonly types: readonly string[];
  readonly stacks: readonly string[];
  /** Whoever writes the rule takes this away. */
  readonly todo?: true;
}

const VAULT_STACKS = [ACCESS, DEV, LOCAL, SERVER];
const EVERY_STACK = [...VAULT_STACKS, OPERATOR];

const PLACES: readonly Place[] = [
  { what: "resources of Vault", block: "resource", types: RESOURCES.vault!, stacks: VAULT_STACKS },
  {
    what: "resources of Vault in an operator's stack",
    block: "resource",
    types: RESOURCES.vault!,
    stacks: [OPERATOR],
  },
  ...["kubernetes", "random", "others"].map((provider): Place => ({
    what: `resources of ${provider}`,
    block: "resource",
    types: RESOURCES[provider]!,
    stacks: EVERY_STACK,
  })),
  { what: "data sources", block: "data", types: READERS.data!, stacks: EVERY_STACK },
  { what: "ephemeral resources", block: "ephemeral", types: READERS.ephemeral!, stacks: EVERY_STACK },
];

/** A type is one that a record describes, or adding one of it is a finding. */
function understoodOrFound({ block, types, stacks }: Place) {
  return fc.property(fc.constantFrom(...types), fc.constantFrom(...stacks), values, (type, stack, given) => {
    const found = foundIn({
      name: `${block} ${type}`,
      config: "sample",
      change: (s) => {
        s[stack][block] = { ...s[stack][block], [type]: { ...s[stack][block]?.[type], extra: given } };
      },
    });
    if (block !== "resource" || !resourceType(type)) expect(found).not.toEqual([]);
  });
}

describe("one more, of any type and with any arguments, is never silently understood", () => {
  test.each(
    PLACES.map((place): [string, Place] => [
      place.todo ? `${place.what}: not yet (take the \`todo\` away once it is)` : place.what,
      place,
    ]),
  )("%s", (_, place) => {
    if (place.todo) expect(fc.check(understoodOrFound(place), { ...runs, endOnFailure: true }).failed).toBe(true);
    else fc.assert(understoodOrFound(place), runs);
  });
});
