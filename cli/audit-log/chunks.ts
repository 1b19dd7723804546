import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** The longest line that is read, in bytes; Vault's largest request makes a longer one. */
const LONGEST_LINE = 16 * 2 ** 20;

/** About as much is handed over at once. */
const CHUNK = 2 ** 21;

const BREAK = 10;

/** Lines with memory of their own; a line that is too long to be kept; why there is no more. */
export type Chunk = Buffer | "too long" | Error;

/** A stream, unpacked where it is gzip, in chunks of whole lines. Throws nothing: what the stream throws comes last. */
export async function* chunksOf(stream: Readable): AsyncGenerator<Chunk> {
  let pieces: Buffer[] = [];
  let size = 0;
  let tooLong = false;
  const taken = (...more: readonly Buffer[]): Buffer => {
    const all = [...pieces, ...more];
    const chunk = Buffer.from(new ArrayBuffer(all.reduce((sum, { length }) => sum + length, 0)));
    let at = 0;
    for (const piece of all) at += piece.copy(chunk, at);
    [pieces, size] = [[], 0];
    return chunk;
  };
  let failure: Error | undefined;
  try {
    for await (let piece of unpacked(stream)) {
      if (tooLong) {
        const end = piece.indexOf(BREAK);
        if (end < 0) continue;
        yield "too long";
        [tooLong, piece] = [false, piece.subarray(end + 1)];
      }
      const end = size + piece.length < CHUNK ? -1 : piece.lastIndexOf(BREAK);
      if (end >= 0) {
        yield taken(piece.subarray(0, end + 1));
        piece = piece.subarray(end + 1);
      }
      pieces.push(piece);
      size += piece.length;
      if (size <= LONGEST_LINE) continue;
      // Whole lines may stand before it.
      const all = taken();
      const last = all.lastIndexOf(BREAK);
      if (last >= 0) yield Buffer.from(new Uint8Array(all.subarray(0, last + 1)).buffer);
      tooLong = true;
    }
  } catch (error) {
    failure = error as Error;
  }
  if (tooLong) yield "too long";
  if (size > 0) yield taken();
  if (failure) yield failure;
}

/** Gzip is known by its first two bytes: a rotated file may have any name. Source: RFC 1952. */
async function* unpacked(stream: Readable): AsyncGenerator<Buffer> {
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const { value, done } = await pieces.next();
    if (done) break;
    head = Buffer.concat([head, value as Buffer]);
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield head;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
  };
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* whole();
  const { pipeline } = await import("node:stream/promises");
  const gunzip = createGunzip();
  // Its failure is the iteration's too.
  pipeline(whole, gunzip).catch(() => undefined);
  yield* gunzip as AsyncIterable<Buffer>;
}
