import { runOps } from "../../cli/ops";
import { scriptedIo, type Script, type ScriptedIo } from "../cli/up/scripted-io";
import type { VaultServer } from "./servers";

/** Runs a command of the operations program against a server, with a script in the place of a person. */
export async function ops(server: VaultServer, words: readonly string[], script: Script = {}): Promise<ScriptedIo> {
  const io = scriptedIo({ ...script, env: { VAULT_ADDR: server.address, HOME: server.folder, ...script.env } });
  await runOps(words, io);
  return io;
}

/** Answers questions with a list, one after the other. Throws when a question comes after the last. */
export function inTurn(answers: readonly string[]): (question: string) => string {
  const rest = [...answers];
  return (question) => {
    const next = rest.shift();
    if (next === undefined) throw new Error(`no answer is left for: ${question}`);
    return next;
  };
}
