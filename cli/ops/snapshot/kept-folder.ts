import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/**
 * Makes a folder, says its name, and removes it as soon as its own standard input ends, which it does however the
 * program ends. It makes the folder itself, so that there is no moment at which nobody would remove it. Its word: the
 * folder to make it in.
 */
const GUARDIAN = `
trap '' PIPE
folder=$(mktemp -d "$1/throw-away-vault-XXXXXXXX") || exit
echo "$folder"
exec >/dev/null 2>&1
read -r _
rm -rf "$folder"`;

/** A folder that is there until it is removed, or this program has ended. */
export interface KeptFolder {
  readonly path: string;
  /** Resolves when the folder is gone. */
  remove(): Promise<void>;
}

/**
 * A new folder in `parent`, an absolute path, that this user alone can enter, removed when this program ends, by
 * SIGKILL too. Rejects with an Error that says why where none can be made there.
 */
export async function keptFolder(parent: string): Promise<KeptFolder> {
  // In a group of its own: Ctrl-C at the terminal ends this program, and with it the guardian's input.
  const guardian = spawn("/bin/sh", ["-c", GUARDIAN, "throw-away-folder", parent], {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  guardian.stdin.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => {
    for (const event of ["close", "error"] as const) guardian.once(event, () => resolve());
  });
  const [said, why] = await Promise.all([text(guardian.stdout), text(guardian.stderr)]);
  const path = said.trimEnd();
  if (path === "") throw new Error(why.trim().split(": ").at(-1));
  return {
    path,
    remove: () => {
      guardian.stdin.end();
      return ended;
    },
  };
}
