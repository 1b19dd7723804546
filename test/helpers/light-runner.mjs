/**
 * Loaded once by each thread that runs unit tests (docs/decisions/0011-unit-tests-in-plain-node.md). They are
 * TypeScript that Node loads by tsx, as it does the program; and what hangs is ended and named, which that runner
 * leaves out.
 */
import "../../cli/tsx.cjs";
import { addEventHandler } from "jest-circus";
import { register } from "tsx/esm/api";

register();

/**
 * Milliseconds a test or a hook may take that names no limit of its own: many times what the longest takes on a busy
 * machine.
 */
const LIMIT = 60_000;

addEventHandler(({ name }, { currentDescribeBlock }) => {
  const added =
    name === "add_test"
      ? currentDescribeBlock.children.at(-1)
      : name === "add_hook"
        ? currentDescribeBlock.hooks.at(-1)
        : undefined;
  if (!added?.fn) return;
  const { fn, timeout = LIMIT } = added;
  added.fn = async () => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done after ${timeout} ms`)), timeout);
    });
    try {
      await Promise.race([fn(), late]);
    } finally {
      clearTimeout(timer);
    }
  };
});
