import type { ReadStream, WriteStream } from "node:tty";
import { OpsError } from "./errors";

/** Bracketed paste: the terminal says where a paste begins and ends. Source: xterm's control sequences, "mode 2004". */
const PASTE = { on: "\u001b[?2004h", off: "\u001b[?2004l", begin: "\u001b[200~", end: "\u001b[201~" } as const;

/** What follows Enter within this many milliseconds was not typed: it is the rest of a paste. */
const PASTE_REST_MS = 150;

/** As @inquirer/prompts throws where a person leaves a question. */
class ExitPromptError extends Error {
  override readonly name = "ExitPromptError";
}

/**
 * Asks on a terminal for a text that is not shown. A paste is taken whole, its line breaks too, but for one at its end.
 * Where the terminal does not say where a paste ends, what follows its first line is taken off the terminal, so that no
 * shell reads it, and nothing is kept. The terminal is left as it was, however this ends.
 * @throws OpsError for a paste of several lines on such a terminal; an ExitPromptError after Ctrl-C or Ctrl-D
 */
export async function askHidden(question: string, input: ReadStream, output: WriteStream): Promise<string> {
  const restore = (): void => {
    output.write(`${PASTE.off}\r\n`);
    input.setRawMode(false);
    input.pause();
  };
  const ended = (): void => {
    restore();
    process.kill(process.pid, "SIGTERM");
  };
  process.once("SIGTERM", ended);
  input.setRawMode(true);
  output.write(`${PASTE.on}? ${question} [input is not shown] `);
  try {
    const { text, rest } = await readLine(input);
    if (rest + (await silence(input)) !== "")
      throw new OpsError(
        "what was pasted has line breaks, and this terminal does not say where a paste ends; nothing was sent. " +
          "Give it by --stdin where the command has that, e.g. from a file: … --stdin < FILE.",
      );
    return text;
  } finally {
    process.removeListener("SIGTERM", ended);
    restore();
  }
}

/** Reads up to Enter outside of a paste; `rest` is what came with it behind that. */
function readLine(input: ReadStream): Promise<{ readonly text: string; readonly rest: string }> {
  input.setEncoding("utf8");
  return new Promise((resolve, reject) => {
    let [text, pending, pasting] = ["", "", false];
    const stop = (end: () => void): void => {
      input.removeListener("data", onData);
      end();
    };
    const onData = (chunk: string): void => {
      pending += chunk;
      while (pending !== "") {
        if (pasting) {
          const end = pending.indexOf(PASTE.end);
          // The mark may come in two pieces.
          const upTo = end >= 0 ? end : pending.length - PASTE.end.length + 1;
          if (upTo > 0) {
            text += pending.slice(0, upTo);
            pending = pending.slice(upTo);
          }
          if (end < 0) return;
          pending = pending.slice(PASTE.end.length);
          // Terminals send a line break as Enter.
          text = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
          pasting = false;
          continue;
        }
        if (pending.startsWith(PASTE.begin)) {
          pasting = true;
          pending = pending.slice(PASTE.begin.length);
          continue;
        }
        if (PASTE.begin.startsWith(pending)) return;
        // Arrows and other keys of several characters mean nothing here.
        const key = /^\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)?|^./su.exec(pending)![0];
        pending = pending.slice(key.length);
        if (key === "\r" || key === "\n") return stop(() => resolve({ text, rest: pending }));
        if (key === "\u0003" || (key === "\u0004" && text === ""))
          return stop(() => reject(new ExitPromptError("left by Ctrl-C")));
        if (key === "\u007f" || key === "\b") text = [...text].slice(0, -1).join("");
        else if (key === "\u0015") text = "";
        else if (key >= " " && !key.startsWith("\u001b")) text += key;
      }
    };
    input.on("data", onData);
    input.resume();
  });
}

/** What still comes, until nothing has for {@link PASTE_REST_MS}. */
function silence(input: ReadStream): Promise<string> {
  return new Promise((resolve) => {
    let more = "";
    const done = (): void => {
      input.removeListener("data", onData);
      resolve(more);
    };
    let timer = setTimeout(done, PASTE_REST_MS);
    const onData = (chunk: string): void => {
      more += chunk;
      clearTimeout(timer);
      timer = setTimeout(done, PASTE_REST_MS);
    };
    input.on("data", onData);
  });
}
