import { parentPort, workerData } from "node:worker_threads";
import { Digest } from "./digest";
import type { Question } from "./facts";

// A thread that reads parts of logs: one answer for each part, and in the end what all of them say.
const digest = new Digest(workerData as Question);
parentPort!.on("message", (bytes: Uint8Array | "end") => {
  if (bytes !== "end")
    return parentPort!.postMessage(digest.take(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  const { deeds, hours, first, last, full } = digest.facts;
  parentPort!.postMessage({ deeds, hours, first, last, full });
  parentPort!.close();
});
