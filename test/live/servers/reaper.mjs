// Watches over the servers of one test process, from outside it. Its standard input is a pipe that only that process
// holds: when the process ends, however it ends (a crash, an interrupt, SIGKILL), the pipe closes, and what is still on
// the list goes. Lines it takes: `pid N` (a server started), `gone N` (it ended), `folder PATH` (to remove), `kept
// PATH` (already removed).
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";

const pids = new Set();
const folders = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, ...rest] = line.split(" ");
  const value = rest.join(" ");
  if (verb === "pid") pids.add(Number(value));
  else if (verb === "gone") pids.delete(Number(value));
  else if (verb === "folder") folders.add(value);
  else if (verb === "kept") folders.delete(value);
}

for (const pid of [...pids].reverse()) {
  try {
    process.kill(pid, "SIGKILL"); // also ends a server that was paused with SIGSTOP
  } catch {
    // it has ended by itself
  }
}
if (process.env.KEEP_LIVE !== "1")
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
