import { emitKeypressEvents, type Key } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import { OpsError } from "./errors";

/** Bracketed paste: the terminal says where a paste begins and ends. Source: xterm's control sequences, "mode 2004". */
const PASTE = { on: "\u001b[?2004h", off: "\u001b[?2004l" } as const;

/** What follows Enter within this many milliseconds was not typed: it is the rest of a paste. */
const PASTE_REST_MS = 150;

/** As @inquirer/prompts throws where a person leaves a question. */
class ExitPromptError extends Error {
  override readonly name = "ExitPromptError";
}

/**
 * Asks on a terminal for a text that is not shown. A paste is taken whole, its line breaks too, but for one at its end:
 * @inquirer/prompts takes the first line, and leaves the others to whatever reads next. Where the terminal does not say
 * where a paste ends, what follows its first line is taken off the terminal all the same, and nothing is kept. The
 * terminal is left as it was, however this ends.
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
    return await readLine(input);
  } finally {
    process.removeListener("SIGTERM", ended);
    restore();
  }
}

/** What is typed and pasted up to Enter, once nothing follows. */
function readLine(input: ReadStream): Promise<string> {
  emitKeypressEvents(input);
  return new Promise((resolve, reject) => {
    let [text, pasting, cut] = ["", false, false];
    let silence: NodeJS.Timeout | undefined;
    const stop = (end: () => void): void => {
      input.removeListener("keypress", onKey);
      end();
    };
    const settle = (): void =>
      stop(() =>
        cut
          ? reject(
              new OpsError(
                "what was pasted has line breaks, and this terminal does not say where a paste ends; nothing was " +
                  "sent. Give it by --stdin where the command has that, e.g. from a file: … --stdin < FILE.",
              ),
            )
          : resolve(text),
      );
    const onKey = (typed: string | undefined, { name, ctrl, sequence = "" }: Key): void => {
      const enter = name === "return" || name === "enter";
      if (silence || (enter && !pasting)) {
        cut = silence !== undefined;
        clearTimeout(silence);
        silence = setTimeout(settle, PASTE_REST_MS);
      } else if (name === "paste-start") pasting = true;
      else if (name === "paste-end") {
        pasting = false;
        // Terminals send a line break as Enter.
        text = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
      } else if (pasting) text += sequence;
      else if (ctrl && (name === "c" || (name === "d" && text === "")))
        stop(() => reject(new ExitPromptError("left by Ctrl-C")));
      else if (ctrl && name === "u") text = "";
      else if (name === "backspace") text = [...text].slice(0, -1).join("");
      // Arrows and the like stand for no character.
      else if (!ctrl && typed !== undefined && typed >= " ") text += typed;
    };
    input.on("keypress", onKey);
    input.resume();
  });
}
