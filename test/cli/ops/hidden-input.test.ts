import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { ROOT } from "../../helpers/source";
import { hasTerminal } from "../../helpers/terminal";

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

/** Runs it as a shell would; says how the terminal is after it, and how much of what was sent the shell would read. */
const SHELL = `before=$(stty -g)
"$NODE" --require tsx/cjs --eval "$ASK"
echo "ended $?"
[ "$(stty -g)" = "$before" ] && echo restored
stty -icanon -echo min 0 time 3
echo "left $(wc -c)"`;

/** What a terminal showed on which this was sent as an answer. */
function onTerminal(send: string, ask = ASK): Promise<string> {
  const env = { ...process.env, NODE: process.execPath, ASK: ask, SHELL: "/bin/sh" };
  const child = spawn("script", ["-qfec", SHELL, "/dev/null"], { cwd: ROOT, env });
  let [output, sent] = ["", false];
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    if (!sent && output.includes("[input is not shown]")) {
      sent = true;
      child.stdin.write(send);
    }
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve(output));
  });
}

/** Lines as a private key has them; the last one ends without a line break. */
const lines = (bytes: number) =>
  randomBytes(bytes)
    .toString("base64")
    .replace(/.{64}/g, "$&\n")
    .slice(0, bytes - 1)
    .concat("=");

(hasTerminal() ? describe : describe.skip)("what is asked for without being shown, on a terminal", () => {
  test.each([
    [200, ""],
    [200, "\n"],
    [8_192, ""],
    [8_192, "\n"],
    [65_536, ""],
    [65_536, "\n"],
  ])("a paste of %i bytes in lines is taken whole, and not seen (at its end %j)", async (bytes, last) => {
    const value = lines(bytes);
    const seen = await onTerminal(`${BEGIN}${(value + last).replaceAll("\n", "\r")}${END}\r`);
    expect(seen).toContain(`got ${digest(value)}`);
    expect(seen).toMatch(/ended 0\s+restored\s+left 0\s/);
    expect(seen).not.toContain(value.split("\n")[1]!.slice(0, 20));
  });

  test.each([200, 8_192, 65_536])("a paste of %i bytes that nobody marks: nothing is kept or left", async (bytes) => {
    const seen = await onTerminal(`${lines(bytes).replaceAll("\n", "\r")}\r`);
    expect(seen).toContain("OpsError: what was pasted has line breaks");
    expect(seen).toMatch(/ended 1\s+restored\s+left 0\s/);
    expect(seen).not.toContain("got ");
  });

  test("what is typed can be mended: backspace, Ctrl-U; arrows and Delete are no characters", async () => {
    const seen = await onTerminal("wrong\u0015seec\u007fret é😀\u001b[D\u001b[3~\r");
    expect(seen).toContain(`got ${digest("seeret é😀")}`);
    expect(seen).toMatch(/ended 0\s+restored\s+left 0\s/);
  });

  test("Ctrl-C leaves it, and the terminal as it was", async () => {
    const seen = await onTerminal("half\u0003");
    expect(seen).toContain("ExitPromptError");
    expect(seen).toMatch(/ended 1\s+restored\s+left 0\s/);
  });

  test("so does SIGTERM", async () => {
    const seen = await onTerminal("", `${ASK} setTimeout(() => process.kill(process.pid, "SIGTERM"), 300);`);
    expect(seen).toContain("\u001b[?2004l");
    expect(seen).toMatch(/ended 143\s+restored\s+left 0\s/);
  });
});
