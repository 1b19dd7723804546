import { sayableLines } from "../../../cli/up/log-lines";

const SHARE = "3pcUXmYJ7W1Yz6xk0tq8v2LbN5dQe4Rf9aHsGjKlMn8=";

test.each([
  ["a token", "token is hvs.CAESIJ0123456789abcdef", "token is [token]"],
  [
    "what stands behind a secret's name",
    'password=hunter2 "client_secret": "s 3"',
    'password=[…] "client_secret": […]',
  ],
  ["credentials in a URL", "dial postgres://app:pw@db:5432/x", "dial postgres://[…]@db:5432/x"],
  ["a key share", `Unseal ${SHARE} given`, "Unseal […] given"],
  ["a key in hexadecimal", `key ${"0123456789abcdef".repeat(4)}`, "key […]"],
  ["colours and control characters", "\u001b[31mError\u001b[0m: \u0007boom", "Error: boom"],
])("%s is not said", (_, line, said) => expect(sayableLines(line, 5)).toEqual([said]));

test.each([
  "error loading configuration from /vault/config/extraconfig-from-values.hcl: 12:3 expected }",
  "open /tmp/storageconfig.hcl: permission denied",
  "dial tcp 10.96.0.1:443: connect: connection refused",
])("what helps is: %s", (line) => expect(sayableLines(line, 5)).toEqual([line]));

test("the last lines alone, none of them empty, each cut", () =>
  expect(sayableLines(`1\n2\n\n3\r\n${"x ".repeat(200)}\n\n`, 2)).toEqual(["3", "x ".repeat(100)]));
