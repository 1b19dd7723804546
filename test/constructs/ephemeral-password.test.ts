import { EphemeralPassword } from "../../constructs";
import { addresses, synthConstructs } from "../helpers/synth";

const password = (length?: number) =>
  synthConstructs(
    (stack) => void new EphemeralPassword(stack, "password", length === undefined ? undefined : { length }),
  ).ephemeral!.random_password!;

test.each([
  [undefined, 32],
  [22, 22],
  [23, 23],
  [128, 128],
])("of length %p is made while Terraform runs, of %i letters and digits", (given, length) => {
  expect(Object.values(password(given)).map(({ "//": _metadata, ...block }) => block)).toEqual([
    { length, special: false },
  ]);
});

test.each([21, 1, 0, -22, 22.5, NaN, Infinity, "32" as unknown as number])(
  "of length %p is refused: below 128 bits, or no length",
  (length) => {
    expect(() => password(length)).toThrow(
      new RangeError(
        `the length of password password: given ${length}; accepted: a whole number of at least 22 (128 bits).`,
      ),
    );
  },
);

test("is a block that neither plan nor state holds, and no resource", () => {
  const json = synthConstructs((stack) => void new EphemeralPassword(stack, "password"));
  expect(addresses(json)).toEqual([]);
});

test("is named by an expression of the very block that makes it", () => {
  let result = "";
  const json = synthConstructs((stack) => {
    result = new EphemeralPassword(stack, "password").result;
  });
  expect(result).toBe(`\${ephemeral.random_password.${Object.keys(json.ephemeral!.random_password!)[0]}.result}`);
});
