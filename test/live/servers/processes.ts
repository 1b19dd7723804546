import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What to start. */
export interface ProcessOptions {
  /** What it is called in messages and in its log's file name, e.g. `vault`. */
  readonly name: string;
  /** The program's absolute path. */
  readonly command: string;
  /** Its arguments. Never a token or a key: other users of the machine read them. */
  readonly args: readonly string[];
  /** Where it runs and logs. */
  readonly folder: string;
  /**
   * Its whole environment beside PATH and HOME; @default nothing, so that no VAULT_ or KUBE variable of yours reaches
   * it.
   */
  readonly env?: Readonly<Record<string, string>>;
}

const live = new Set<ServerProcess>();
const folders = new Set<string>();
let reaper: ChildProcess | undefined;

// jest gives each test file its own copy of `process`, on which an `exit` or SIGINT hook never fires; and no hook sees
// a SIGKILL. So the watching is done from outside, by a process that notices when this one is gone.
function tellReaper(line: string): void {
  if (!reaper) {
    reaper = spawn(process.execPath, [join(__dirname, "reaper.mjs")], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    reaper.unref();
    (reaper.stdin as unknown as { unref(): void }).unref();
    reaper.stdin?.on("error", () => undefined);
  }
  reaper.stdin?.write(`${line}\n`);
}

/**
 * A server that this test process started. It is stopped by its process id: by `stop`, after the file's tests, or when
 * this process is gone.
 */
export class ServerProcess {
  /** Where its output goes, both streams. */
  readonly logFile: string;
  /** Settles when it has ended. */
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private readonly logStart: number;
  private hasEnded = false;

  /** Starts it. It is not ready yet: see `waitUntil`. */
  constructor(private readonly options: ProcessOptions) {
    this.logFile = join(options.folder, `${options.name}.log`);
    const log = openSync(this.logFile, "a", 0o600);
    this.logStart = fstatSync(log).size;
    // A process group of its own: an interrupt typed at the terminal ends the tests, which then stop the servers in
    // order.
    this.child = spawn(options.command, options.args, {
      cwd: options.folder,
      env: { PATH: process.env.PATH, HOME: options.folder, ...options.env },
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.hasEnded = true;
        live.delete(this);
        if (this.child.pid) tellReaper(`gone ${this.child.pid}`);
        resolve();
      };
      this.child.once("exit", end).once("error", end);
    });
    if (this.child.pid) {
      tellReaper(`pid ${this.child.pid}`);
      live.add(this);
    }
  }

  /** Its name in messages. */
  get name(): string {
    return this.options.name;
  }

  /** Its process id; -1 if it could not be started. */
  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Whether it still runs (a paused one does). */
  get running(): boolean {
    return !this.hasEnded;
  }

  /** All that it has printed so far, without what an earlier process left in the same file. */
  logs(): string {
    return readFileSync(this.logFile).subarray(this.logStart).toString("utf8");
  }

  /** Sends a signal, if it still runs. */
  signal(name: "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    if (this.running) this.child.kill(name);
  }

  /**
   * Ends it and waits until it is gone: SIGTERM first, SIGKILL after `graceMs` milliseconds (@default 5000; 0 is
   * SIGKILL at once).
   */
  async stop(graceMs = 5000): Promise<void> {
    if (graceMs > 0) {
      this.signal("SIGCONT"); // a paused process does not see SIGTERM
      this.signal("SIGTERM");
    } else {
      this.signal("SIGKILL");
    }
    const timer = setTimeout(() => this.signal("SIGKILL"), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  /**
   * Waits until `ready` says true, asking every 20 ms; a waiver from it counts as "not yet".
   * Throws with the end of the log if the process ends before that, or after `timeoutMs` milliseconds (@default 30000).
   */
  async waitUntil(ready: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await ready().catch(() => false))) {
      const problem = !this.running
        ? "ended before it was ready"
        : Date.now() > deadline
          ? `is not ready after ${timeoutMs} ms`
          : "";
      if (problem)
        throw new Error(
          `${this.name} ${problem}; the end of ` +
            `${this.logFile}:\n${this.logs().trimEnd().split("\n").slice(-15).join("\n")}`,
        );
      await pause(20);
    }
  }
}

/** A promise that settles after `ms` milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * A new folder that only this user can read, removed with the servers (KEEP_LIVE=1 keeps it and prints where it is).
 */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `live-${name}-`));
  tellReaper(`folder ${folder}`);
  folders.add(folder);
  if (keepsFolders()) process.stderr.write(`live tests: KEEP_LIVE=1 keeps ${folder}\n`);
  return folder;
}

/** Removes a folder of `temporaryFolder`, unless KEEP_LIVE=1. */
export function removeFolder(folder: string): void {
  if (keepsFolders() || !folders.delete(folder)) return;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  tellReaper(`kept ${folder}`);
}

/**
 * Stops every server that this process still runs, the newest first, and removes the temporary folders. Runs by itself
 * after a test file.
 */
export async function stopEverything(): Promise<void> {
  for (const server of [...live].reverse()) await server.stop(0);
  for (const folder of [...folders]) removeFolder(folder);
  const watcher = reaper;
  reaper = undefined;
  watcher?.stdin?.end();
}

function keepsFolders(): boolean {
  return process.env.KEEP_LIVE === "1";
}

// Outside jest (a benchmark, a script) there is no afterAll: the reaper alone does it.
if (typeof afterAll === "function") afterAll(stopEverything, 30_000);
