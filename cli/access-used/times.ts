/** `2026-06-30`, UTC, of milliseconds since 1970. */
export function dayText(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** `2026-06-30 12:00 UTC`, of milliseconds since 1970. */
export function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
