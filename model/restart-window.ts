import type { RestartWindow, Weekday } from "./config/environment";

const DAYS: readonly Weekday[] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** When a window opens and closes, in milliseconds, from the day before a time to a week after it. */
function openings({ days = DAYS, from, to }: RestartWindow, at: Date): { opens: number; closes: number }[] {
  const [begin, end] = [from, to].map((text) => {
    const [hours = 0, minutes = 0] = text.split(":").map(Number);
    return (hours * 60 + minutes) * MINUTE_MS;
  }) as [number, number];
  const today = Math.floor(at.getTime() / DAY_MS) * DAY_MS;
  return Array.from({ length: 9 }, (_, day) => today + (day - 1) * DAY_MS)
    .filter((day) => days.includes(DAYS[new Date(day).getUTCDay()]!))
    .map((day) => ({ opens: day + begin, closes: day + end + (end > begin ? 0 : DAY_MS) }));
}

/** Whether one of the windows is open at a time. */
export function isOpen(windows: readonly RestartWindow[], at: Date): boolean {
  const now = at.getTime();
  return windows.some((window) => openings(window, at).some(({ opens, closes }) => opens <= now && now < closes));
}

/** When one of the windows, of which there is at least one, opens next after a time. */
export function nextOpening(windows: readonly RestartWindow[], at: Date): Date {
  const all = windows.flatMap((window) => openings(window, at).map(({ opens }) => opens));
  return new Date(Math.min(...all.filter((opens) => opens > at.getTime())));
}
