import { spawn } from "node:child_process";

/** Removes the folder as soon as its own standard input ends, which it does however this program ends. */
const GUARDIAN = `{ read -r _; rm -rf "$1"; } >/dev/null 2>&1`;

/**
 * Has a folder removed when this program ends, by SIGKILL too: what is written there before a server of its own keeps
 * it. Returns how to remove it now; resolves when it is gone.
 */
export function removedAtTheEnd(folder: string): () => Promise<void> {
  // In a group of its own: Ctrl-C at the terminal ends this program, and with it the guardian's input.
  const guardian = spawn("/bin/sh", ["-c", GUARDIAN, "throw-away-folder", folder], {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guardian.stdin.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => {
    for (const event of ["close", "error"] as const) guardian.once(event, () => resolve());
  });
  return () => {
    guardian.stdin.end();
    return ended;
  };
}
