/** One entry of Vault's storage, as a snapshot has it: its key is plain, its value is encrypted but for a few. */
export interface StorageEntry {
  readonly key: string;
  readonly value: Buffer;
  /** The entry as it stands in the snapshot, its length in front. */
  readonly raw: Buffer;
}

/** Nothing that Vault stores comes near this; a length beyond it is no length. Bytes. */
const LONGEST = 64 * 1024 * 1024;

/**
 * The entries of a snapshot's `state.bin`: protobuf messages (`StorageEntry`: 1 is the key, 2 the value), each behind
 * its length as a varint. Source: Vault's physical/raft/types.proto and its `WriteSnapshotToTemp`.
 * @throws RangeError where the bytes are none
 */
export async function* storageEntries(chunks: AsyncIterable<Buffer>): AsyncGenerator<StorageEntry> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    for (;;) {
      const length = varint(rest, at);
      if (!length || length.end + length.value > rest.length) break;
      const end = length.end + length.value;
      yield { ...fields(rest.subarray(length.end, end)), raw: rest.subarray(at, end) };
      at = end;
    }
    rest = rest.subarray(at);
  }
  if (rest.length > 0) throw new RangeError("it ends in the middle of an entry");
}

function fields(message: Buffer): { key: string; value: Buffer } {
  const found = new Map<number, Buffer>();
  for (let at = 0; at < message.length;) {
    const tag = varint(message, at);
    const body = tag && varint(message, tag.end);
    if (!tag || !body) throw new RangeError("an entry has no end");
    const lengthDelimited = (tag.value & 7) === 2;
    at = body.end + (lengthDelimited ? body.value : 0);
    if (lengthDelimited) found.set(tag.value >> 3, message.subarray(body.end, at));
  }
  return { key: found.get(1)?.toString("utf8") ?? "", value: found.get(2) ?? Buffer.alloc(0) };
}

/** A varint and where it ends; undefined where the bytes end before it does. */
function varint(bytes: Buffer, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let at = start; at < bytes.length; at++) {
    value += (bytes[at]! & 0x7f) * 2 ** (7 * (at - start));
    if (value > LONGEST) throw new RangeError("a length is none");
    if (bytes[at]! < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}
