import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bringUp } from "../../cli/up/bring-up";
import { loadPlatform } from "../../cli/platform-file";
import { scriptedIo } from "../cli/up/scripted-io";

// Run by up.test.ts as a process of its own: `up` with a script in the place of a person, ended by SIGKILL after the
// step that KILL_AFTER names. Standard input holds what the person knows, as JSON: the password, and whether it has
// been set.
const { password, known } = JSON.parse(readFileSync(0, "utf8")) as { password: string; known: boolean };
const shares = process.env.SHARES_DIR ?? "";

const io = scriptedIo({
  env: process.env,
  secret: (question) => {
    const share = /share (\d)/.exec(question)?.[1];
    if (share) return readFileSync(join(shares, `key-share-${Number(share) + 2}`), "utf8").trim();
    return /^Password of/.test(question) && !known ? "" : password;
  },
});

bringUp(io, loadPlatform(), {
  environments: [],
  shares: 5,
  threshold: 3,
  outDir: shares,
  syncTimeoutMs: 0,
  afterStep: (title) => {
    if (title === process.env.KILL_AFTER) process.kill(process.pid, "SIGKILL");
  },
}).then(
  () => console.log(JSON.stringify({ questions: io.questions, err: io.errLines, out: io.outLines })),
  (error: unknown) => {
    console.log(JSON.stringify({ questions: io.questions, err: [...io.errLines, String(error)], out: io.outLines }));
    process.exitCode = 1;
  },
);
