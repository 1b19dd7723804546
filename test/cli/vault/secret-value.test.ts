import { format, inspect } from "node:util";
import { SecretValue, withoutTokens } from "../../../cli/vault";
import { toRequestBody } from "../../../cli/vault/secret-value";

const CANARY = "canary-0123456789abcdef";
const secret = new SecretValue(CANARY);

test.each<[string, () => string]>([
  ["a template", () => `${secret}`],
  ["String()", () => String(secret)],
  ["concatenation", () => "a" + secret],
  ["JSON", () => JSON.stringify({ secret })],
  ["inspect, hidden fields too", () => inspect({ secret }, { showHidden: true, depth: 9, getters: true })],
  ["console's format", () => format("%s %o %O %j", secret, secret, secret, secret)],
  ["its keys", () => JSON.stringify(Object.entries(secret)) + JSON.stringify({ ...secret })],
  ["an error around it", () => inspect(new Error("no", { cause: secret }))],
])("%s does not show a secret value", (_, print) => {
  expect(print()).not.toContain(CANARY);
});

test("a request body holds it, and undefined and null as JSON has them", () => {
  expect(toRequestBody({ a: secret, b: [secret], c: undefined, d: null })).toBe(
    `{"a":"${CANARY}","b":["${CANARY}"],"d":null}`,
  );
  expect(toRequestBody(new SecretValue({ a: 1 }))).toBe('{"a":1}');
});

test.each([
  ["given hvs.CAESI-D_x.y: no", "given [token]: no"],
  ["hvb.AAAA hvr.BBBB", "[token] [token]"],
  ["old s.abcdefghijklmnopqrstuvwx", "old [token]"],
  ["path s.short/kvs.data", "path s.short/kvs.data"],
])("%j without tokens", (text, expected) => {
  expect(withoutTokens(text)).toBe(expected);
});
