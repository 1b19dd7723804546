import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { readLogs, type LogReading } from "../../../cli/audit-log";
import { line } from "./lines";

const folder = mkdtempSync(join(tmpdir(), "audit-log-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(content: string | Buffer): string {
  const path = join(folder, `audit-${files++}.log`);
  writeFileSync(path, content);
  return path;
}

const SET = (i: number) => `sample/app-${i}/app-${i}-dev`;
const QUESTION = {
  mount: "kvv2",
  paths: new Set(Array.from({ length: 20 }, (_, i) => SET(i))),
  now: Date.parse("2026-06-30T00:00:00Z"),
};
const read = (...paths: string[]) => readLogs(paths, QUESTION);

/** Both lines of a request, each request with an id of its own. */
function request(i: number): string[] {
  const facts = {
    id: `id-${i}`,
    time: new Date(Date.UTC(2026, 5, 1) + i * 61_000).toISOString(),
    display: `userpass-user-${i % 7}`,
    path: `kvv2/data/${SET(i % 31)}`,
    address: `10.0.0.${i % 13}`,
  };
  return [line({ ...facts, type: "request" }), line(facts)];
}
const requests = (count: number) => Array.from({ length: count }, (_, i) => request(i)).flat();
const text = (lines: readonly string[]) => lines.map((each) => `${each}\n`).join("");

/** What is known, in one order. */
function facts({ facts: { deeds, hours, first, last, full } }: LogReading): unknown {
  const sorted = [...deeds].map(([key, { byPath }]) => [
    key,
    [...byPath].map(([path, uses]) => [path, [...uses].sort()]).sort(),
  ]);
  return { deeds: sorted.sort(), hours: [...hours].sort((a, b) => a - b), first, last, full };
}

describe("nothing counts twice, whatever is given twice and in whatever order", () => {
  const lines = requests(60);
  let whole: unknown;
  beforeAll(async () => void (whole = facts(await read(file(text(lines))))));

  test("two devices, and files that overlap", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(119), fc.nat(119), fc.boolean()), { maxLength: 5 }), async (pieces) => {
        const overlapping = pieces.map(([from, to, packed]) => {
          const piece = text(lines.slice(Math.min(from, to), Math.max(from, to)));
          return file(packed ? gzipSync(piece) : piece);
        });
        const halves = [file(text(lines.slice(50))), file(gzipSync(text(lines.slice(0, 50))))];
        const reading = await read(...overlapping, ...halves);
        expect(facts(reading)).toEqual(whole);
        expect(reading.damages).toEqual([]);
      }),
      { numRuns: 40 },
    ));

  test("lines that are mixed", async () => expect(facts(await read(file(text([...lines].reverse()))))).toEqual(whole));
});

test("threads say what one alone says, with the line of the first damage", async () => {
  const lines = requests(12_000);
  lines.splice(20_000, 0, lines[5]!.slice(0, 100));
  lines.splice(21_000, 0, "{}");
  const large = text(lines);
  expect(large.length).toBeGreaterThan(20 * 2 ** 20);
  const [reading, ...parts] = [
    await read(file(large)),
    await read(file(text(lines.slice(0, 12_000)))),
    await read(file(text(lines.slice(12_000)))),
  ];
  const [alone, other] = parts as [LogReading, LogReading];
  alone.facts.merge(other.facts);
  expect(facts(reading!)).toEqual(facts(alone));
  expect(reading!.lines).toBe(24_002);
  expect(reading!.damages).toEqual([
    expect.stringMatching(/: a line is no whole JSON; the first is line 20001\.$/),
    expect.stringMatching(/: a line is no entry of an audit device; the first is line 21001\.$/),
  ]);
});

describe("nothing is lost silently", () => {
  const whole = text(requests(3));
  const damaged = async (...contents: (string | Buffer)[]) => (await read(...contents.map(file))).damages.join("\n");

  test.each<[string, string | Buffer, RegExp]>([
    ["cut at its end", whole.slice(0, -20), /: a line is no whole JSON; the first is line 6\./],
    ["cut at its beginning", whole.slice(20), /: a line is no whole JSON; the first is line 1\./],
    ["a hole", whole.slice(0, 400) + whole.slice(3000), /no whole JSON; the first is line 1\./],
    ["zeros, as after a crash", `${whole}${"\0".repeat(512)}{\n${whole}`, /no whole JSON; the first is line 7\./],
    [
      "a packed file that is cut",
      gzipSync(whole).subarray(0, -30),
      /could not be read to its end \(unexpected end of file\)/,
    ],
    [
      "a packed file with other bytes",
      Buffer.concat([gzipSync(whole).subarray(0, 100), Buffer.alloc(200, 7)]),
      /could not be read to its end/,
    ],
    [
      "a line that is too long",
      `${whole}{"a":"${"x".repeat(17 * 2 ** 20)}"}\n${whole}{`,
      /: a line is longer than 16 MiB; the first is line 7\.\n.*: a line is no whole JSON; the first is line 14\./,
    ],
    [
      "too long, and the end",
      `{"a":"${"x".repeat(17 * 2 ** 20)}`,
      /: a line is longer than 16 MiB; the first is line 1\./,
    ],
  ])("%s", async (_, content, said) => expect(await damaged(content)).toMatch(said));

  test("what stands around it counts all the same", async () => {
    const lines = requests(3);
    const cut = [...lines.slice(0, 3), lines[3]!.slice(0, 400), ...lines.slice(4)];
    const [reading, without] = [await read(file(text(cut))), await read(file(text(lines.filter((_, i) => i !== 3))))];
    expect(facts(reading)).toEqual(facts(without));
    expect([reading.lines, reading.damages.length]).toEqual([6, 1]);
  });

  test("a whole file without a break at its end, blank lines and breaks of Windows are no damage", async () =>
    expect(await damaged(whole.trimEnd(), whole.replace(/\n/g, "\r\n\r\n"), "", gzipSync(""))).toBe(""));

  test("lines of Vault's own log are counted apart", async () => {
    const { others, damages } = await read(file(`2026-06-01T12:00:00.000Z [INFO]  core: unsealed\n${whole}`));
    expect([others, damages]).toEqual([1, []]);
  });

  test("packed parts one after the other are one", async () =>
    expect(facts(await read(file(Buffer.concat([gzipSync(whole), gzipSync(text(requests(9)))]))))).toEqual(
      facts(await read(file(text(requests(9))))),
    ));
});

test("a hole in time is one of whole hours, and the end is one up to now", async () => {
  const at = (time: string) => line({ time });
  const { facts: found } = await read(
    file(text(["2026-06-01T00:59:00Z", "2026-06-03T02:00:00Z", "2026-06-03T01:00:00Z"].map(at))),
  );
  const gaps = (hours: number, now: string) =>
    found
      .gaps(hours * 3_600_000, Date.parse(now))
      .map(({ from, to }) => [from, to].map((each) => new Date(each).toISOString()));
  expect(gaps(24, "2026-06-03T03:00:00Z")).toEqual([["2026-06-01T01:00:00.000Z", "2026-06-03T01:00:00.000Z"]]);
  expect(gaps(48, "2026-06-03T03:00:00Z")).toEqual([]);
  expect(gaps(48, "2026-06-06T03:00:00Z")).toEqual([["2026-06-03T02:00:00.000Z", "2026-06-06T03:00:00.000Z"]]);
});

test.each([
  ["/nowhere/audit.log", /given "\/nowhere\/audit\.log"; accepted: a readable file of an audit device/],
  [folder, /it is none, or a folder/],
])("%s is refused before anything is read", async (path, said) => expect(read(file("{"), path)).rejects.toThrow(said));

test("more than is kept is said", async () => {
  const { facts: found } = await read(file(""));
  for (let i = 0; i < 200_001; i++)
    found.add({ time: 1e12, actor: { entity: `${i}`, display: "a", login: "a" } }, QUESTION.paths);
  expect([found.deeds.size, found.full]).toEqual([200_000, true]);
  const { facts: taking } = await read(file(""));
  taking.merge(found);
  expect([taking.deeds.size, taking.full]).toEqual([200_000, true]);
});
