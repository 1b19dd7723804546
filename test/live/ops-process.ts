import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { temporaryFolder } from "./servers";

const ROOT = join(__dirname, "..", "..");
const TSX = pathToFileURL(require.resolve("tsx")).href;

/** Looks at the process list in a second. */
const LOOKS = 10;

/** What a real process of the operations program left behind. */
export interface ProcessRun {
  readonly code: number | null;
  /** Standard output and standard error; in a terminal, all that it showed, echoes too. */
  readonly output: string;
  readonly stdout: string;
}

/** Runs `npm run ops` as real processes, in folders of their own, and looks at the process list meanwhile. */
export class OpsProcesses {
  /** HOME, TMPDIR and the current folder of every run are below this one. */
  readonly folder = temporaryFolder("ops");
  /** Every command line that was seen on this machine during the runs. */
  readonly commandLines = new Set<string>();
  /** How often each process, by its id, was looked at. */
  private looks: ReadonlyMap<string, number> = new Map();

  constructor(private readonly env: Readonly<Record<string, string>>) {}

  /** Runs a command with this standard input, without a terminal. */
  run(words: readonly string[], stdin = "", env: Readonly<Record<string, string>> = {}): Promise<ProcessRun> {
    const [command, ...rest] = this.commandLine(words);
    return this.start(command, rest, env, (child) => child.stdin.end(stdin));
  }

  /**
   * Runs a command in a terminal and types each answer when its question stands there; a function is called instead,
   * with the terminal's process id.
   */
  type(
    words: readonly string[],
    answers: readonly (readonly [question: string, answer: string | ((pid: number) => void)])[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ProcessRun> {
    const command = this.commandLine(words)
      .map((word) => `'${word}'`)
      .join(" ");
    const left = [...answers];
    let read = 0;
    return this.start("script", ["-qfec", command, "/dev/null"], env, (child, output) => {
      child.stdout.on("data", () => {
        const next = left[0];
        const found = next && asShown(next[0]).exec(output().slice(read));
        if (!found) return;
        read += found.index + found[0].length;
        left.shift();
        const answer = next[1];
        if (typeof answer === "function") return answer(child.pid!);
        // The question stands there before the terminal is told not to echo.
        setTimeout(() => child.stdin.write(`${answer}\r`), 150);
      });
    });
  }

  /** The program, and its words. */
  protected commandLine(words: readonly string[]): readonly [string, ...string[]] {
    return [process.execPath, "--import", TSX, join(ROOT, "cli", "ops.ts"), ...words];
  }

  private start(
    command: string,
    words: readonly string[],
    env: Readonly<Record<string, string>>,
    use: (child: ReturnType<typeof spawnPiped>, output: () => string) => void,
  ): Promise<ProcessRun> {
    const child = spawnPiped(command, words, this.folder, { ...this.env, ...env });
    let output = "";
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    use(child, () => output);
    const timer = setInterval(() => this.look(), 1_000 / LOOKS);
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        clearInterval(timer);
        resolve({ code, output, stdout });
      });
    });
  }

  /**
   * Takes down the command lines of all processes, as `ps` reads them, without a process of its own ten times a second.
   * Those of a process are read ten times a second in its first second, in which a program takes the place of the one
   * that started it, and once a second after it.
   */
  private look(): void {
    const there = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const looks = new Map(there.map((pid) => [pid, (this.looks.get(pid) ?? 0) + 1]));
    this.looks = looks;
    for (const pid of there)
      if (looks.get(pid)! <= LOOKS || looks.get(pid)! % LOOKS === 0)
        try {
          this.commandLines.add(readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim());
        } catch {
          // It ended meanwhile.
        }
  }
}

/** A question is broken between words where the terminal's line ends; what is bold ends and begins again there. */
function asShown(question: string): RegExp {
  const words = question.split(" ").map((word) => word.replace(/[^\w\s-]/g, "\\$&"));
  return new RegExp(words.join(String.raw`(?:\s|\u001b\[[0-9;]*m)+`));
}

function spawnPiped(command: string, words: readonly string[], folder: string, env: Readonly<Record<string, string>>) {
  const own = {
    PATH: process.env.PATH ?? "",
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "tmp"),
    PLATFORM: join(ROOT, "config", "sample.ts"),
    TERM: "xterm",
  };
  for (const each of [own.HOME, own.TMPDIR, join(folder, "cwd")]) mkdirSync(each, { recursive: true });
  return spawn(command, [...words], {
    cwd: join(folder, "cwd"),
    env: { ...own, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
}
