import type { ChartValues } from "./config/cluster";
import { isRecord } from "./record";

/**
 * `theirs` laid over `ours`, objects key by key; a list, a text or a `null` (Helm: take the chart's default away)
 * replaces what was there.
 */
export function mergeValues(ours: ChartValues, theirs: ChartValues = {}): ChartValues {
  const merged: { [key: string]: unknown } = { ...ours };
  for (const [key, value] of Object.entries(theirs)) {
    const own = Object.hasOwn(merged, key) ? merged[key] : undefined;
    merged[key] = isRecord(value) ? mergeValues(isRecord(own) ? own : {}, value) : value;
  }
  return merged;
}
