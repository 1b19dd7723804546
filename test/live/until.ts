import { pause } from "./servers";

/** Waits until something is so; an error means that it is not yet. Throws after 30 s. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadline) throw new Error("not after 30 s");
    await pause(50);
  }
}
