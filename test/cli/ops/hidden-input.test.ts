import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { ROOT } from "../../helpers/source";

const BEGIN = "\u001b[200~";
const END = "\u001b[201~";
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** A program that asks, and says of the answer only its digest. */
const ASK = `
const { askHidden } = require("./cli/ops/hidden-input.ts");
askHidden("Value", process.stdin, process.stderr).then(
  (text) => console.log("got " + require("node:crypto").createHash("sha256").update(text).digest("hex")),
  (error) => { console.log(error.name + ": " + error.message); process.exitCode = 1; },
);`;

interface Seen {
  readonly output: string;
  readonly code: number | null;
  readonly signal: number | null;
  /** Whether the terminal is as it was before. */
  readonly restored: boolean;
  /** Bytes that the next program would read. */
  readonly left: number;
}

function onTerminal(send: string, signal?: number): Seen {
  const command = [process.execPath, "--require", "tsx/cjs", "--eval", ASK];
  const given = { command, wait: "[input is not shown]", send: Buffer.from(send).toString("base64"), signal };
  const out = execFileSync("python3", ["test/helpers/on-terminal.py"], { cwd: ROOT, input: JSON.stringify(given) });
  return JSON.parse(out.toString()) as Seen;
}

const python = spawnSync("python3", ["-c", "import pty, termios"]).status === 0;
const describeTerminal = python ? describe : describe.skip;

/** Lines as a private key has them. */
const lines = (bytes: number) => randomBytes(bytes).toString("base64").replace(/.{64}/g, "$&\n").slice(0, bytes);

describeTerminal("what is asked for without being shown, on a terminal", () => {
  test.each([200, 8_192, 65_536])("a paste of %i bytes in lines is taken whole, and not seen", (bytes) => {
    const value = lines(bytes).replace(/\n$/, "x");
    for (const last of ["", "\n"]) {
      const seen = onTerminal(`${BEGIN}${(value + last).replaceAll("\n", "\r")}${END}\r`);
      expect(seen).toMatchObject({ code: 0, restored: true, left: 0 });
      expect(seen.output).toContain(`got ${digest(value)}`);
      expect(seen.output).not.toContain(value.split("\n")[1]!.slice(0, 20));
    }
  });

  test.each([200, 8_192])("a paste of %i bytes from a terminal that marks none: nothing is kept or left", (bytes) => {
    const seen = onTerminal(lines(bytes).replaceAll("\n", "\r"));
    expect(seen).toMatchObject({ code: 1, restored: true, left: 0 });
    expect(seen.output).toContain("what was pasted has line breaks");
    expect(seen.output).not.toContain("got ");
  });

  test("what is typed can be mended: backspace, Ctrl-U, arrows", () => {
    const seen = onTerminal("wrong\u0015seec\u007fret\u001b[D\u001b[3~\r");
    expect(seen.output).toContain(`got ${digest("seeret")}`);
    expect(seen).toMatchObject({ code: 0, restored: true });
  });

  test("Ctrl-C leaves it, and the terminal as it was", () => {
    const seen = onTerminal("half\u0003");
    expect(seen).toMatchObject({ code: 1, restored: true, left: 0 });
    expect(seen.output).toContain("ExitPromptError");
  });

  test("so does SIGTERM", () => {
    const seen = onTerminal("", 15);
    expect(seen).toMatchObject({ signal: 15, restored: true });
    expect(seen.output).toContain("\u001b[?2004l");
  });
});
