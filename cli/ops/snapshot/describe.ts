import { ageText, minuteText } from "../secrets/status";
import type { Snapshot } from "./archive";

/** A snapshot's age in whole seconds; 0 where its server's clock is ahead of this one. */
export function ageOf({ takenAt }: Snapshot, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - takenAt.getTime()) / 1000));
}

/** A snapshot in one line, for people. */
export function describeSnapshot(snapshot: Snapshot, now: Date): string {
  const { file, takenAt, index, entries, bytes, version, seal } = snapshot;
  const opened = seal.type === "shamir" ? `any ${seal.threshold} of ${seal.shares} key shares` : `seal ${seal.type}`;
  return (
    `${file}: taken ${minuteText(takenAt.toISOString())} UTC, ${ageText(ageOf(snapshot, now))} ago; raft index ` +
    `${index}, ${entries} entries, ${Math.ceil(bytes / 1024)} KiB, Vault ${version}, ${opened}`
  );
}
