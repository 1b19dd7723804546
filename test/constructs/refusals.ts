import type { TerraformStack } from "cdktf";
import { synthConstructs } from "../helpers/synth";

/** What a synthesis refuses of what `build` makes, a line each; none where it refuses nothing. */
export function refusals(build: (stack: TerraformStack) => void): string[] {
  try {
    synthConstructs(build);
    return [];
  } catch (error) {
    return [...(error as Error).message.matchAll(/^ +(\[.*)$/gm)].map(([, line]) => line!);
  }
}
