import type { Output } from "../../cli/run-program";

/** What came of a program. */
export interface Captured {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program, and keeps what it says. Its exit code is 0 where it sets none, as a process's is. */
export async function captured(run: (io: Output) => Promise<void>): Promise<Captured> {
  const said = { code: 0, out: "", err: "" };
  await run({
    out: (text) => void (said.out += `${text}\n`),
    err: (text) => void (said.err += `${text}\n`),
    exit: (code) => void (said.code = code),
  });
  return said;
}
