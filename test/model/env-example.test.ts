import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { envExample } from "../../config/env-example";
import { keysOfEnvExample, type EnvExampleOptions } from "../../model";

const FILE = "../billing/.env.example";
const ACCEPTED =
  "NAME=… on one line, or a comment; as a name: an environment variable's name (letters, digits and underscores, no " +
  "digit first), at most 128 characters, not _raw, __proto__";

const NONE = "Each of its names, if any, is in except.";

describe("the keys of an .env.example", () => {
  test.each<[string, string, EnvExampleOptions | undefined, readonly string[]]>([
    ["are its names, in its order", "B=1\nA=2\n", undefined, ["B", "A"]],
    ["have nothing to do with comments and empty lines", "# A=1\n\n  # x\nB=\n", undefined, ["B"]],
    ["are the same with any line break and a byte order mark", "\ufeffA=1\r\nB=2\rC=3", undefined, ["A", "B", "C"]],
    ["may be exported, spaced and quoted", "export A = 'x=y # z'\n\tB=\"1\" # why\n", undefined, ["A", "B"]],
    [
      "may hold the quotes that they begin with, and others",
      'A="x\\"y" # it\'s\nB=\'"\'\nC=it\'s\nD=`\'`\nE=""\n',
      undefined,
      ["A", "B", "C", "D", "E"],
    ],
    ["leave out what is no secret", "PORT=1\nA=\n", { except: ["PORT"] }, ["A"]],
    [
      "are those that the config declares, in whatever order",
      "A=\nPORT=\nB=\n",
      { except: ["PORT"], keys: ["B", "A"] },
      ["A", "B"],
    ],
  ])("%s", (_, text, options, keys) => expect(keysOfEnvExample(text, FILE, options)).toEqual(keys));

  test.each<[string, string | undefined, EnvExampleOptions | undefined, readonly string[]]>([
    [
      "no file",
      undefined,
      undefined,
      [`${FILE}: given nothing; accepted: a file such as .env.example. Its path is relative to the config's folder.`],
    ],
    [
      "nothing in it",
      "# none\n",
      undefined,
      [`${FILE}: given an empty list; accepted: at least one name that is a key. ${NONE}`],
    ],
    [
      "only what is no secret",
      "PORT=1\n",
      { except: ["PORT"] },
      [`${FILE}: given a list of 1; accepted: at least one name that is a key. ${NONE}`],
    ],
    [
      "a line without a name, and a bad name",
      "A=1\nhunter2\n2B=1\nC-D=1\n",
      undefined,
      [2, 3, 4].map((line) => `${FILE}:${line}: given a text; accepted: ${ACCEPTED}.`),
    ],
    ["a name of JavaScript's own", "__proto__=1\nA=\n", undefined, [`${FILE}:1: given a text; accepted: ${ACCEPTED}.`]],
    [
      "a value over several lines",
      'B=\nA="1\nhunter2=\nC=\n"\n',
      undefined,
      [`${FILE}:2: given a text; accepted: a value whose quote ends on its line. The lines after it were not read.`],
    ],
    [
      "a name twice",
      "A=1\nB=\nA=2\n",
      undefined,
      [`${FILE}:3: given "A"; accepted: each name once. "A" is in line 1 already.`],
    ],
    [
      "a name in except that is not there",
      "A=\n",
      { except: ["PROT"] },
      [`${FILE}, except: given "PROT"; accepted: names that the file has. Take it out of except.`],
    ],
    [
      "other keys than the config's, on either side",
      "PORT=\nA=\nNEW=\n",
      { except: ["PORT"], keys: ["A", "OLD"] },
      [
        `${FILE}:3: given "NEW"; accepted: a name in keys, or in except. The config does not declare it.`,
        `${FILE}, keys: given "OLD"; accepted: names that the file has. The app does not ask for it: ` +
          "add it there, or drop it.",
      ],
    ],
  ])("refused: %s", (_, text, options, lines) => {
    const refused = () => keysOfEnvExample(text, FILE, options);
    expect(refused).toThrow(
      [
        `the config has ${lines.length} mistake${lines.length > 1 ? "s" : ""}:`,
        ...lines.map((line) => `  ${line}`),
      ].join("\n"),
    );
    expect(refused).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/hunter2/) as string }));
  });
});

describe("a file beside the config", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "env-example-"));
    writeFileSync(join(folder, ".env.example"), "DB_PASSWORD=hunter2\nPORT=1\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is found from the config's folder, whatever the current one", () =>
    expect(envExample(join(folder, "config"), "../.env.example", { except: ["PORT"] })).toEqual(["DB_PASSWORD"]));
  test("is called in messages as the config calls it: the same on every machine", () =>
    expect(() => envExample(folder, "app/.env.example")).toThrow(
      "  app/.env.example: given nothing; accepted: a file",
    ));
});
