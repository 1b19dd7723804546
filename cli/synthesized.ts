import { AccessInputError, parseStack, stackTexts } from "../access";
import type { StackMetadata } from "../model";

/** A stack of a synthesis that another commit's code may have made. */
export interface SynthesizedStack {
  readonly text: string;
  /** Absent where it says nothing of itself that this code reads. */
  readonly metadata?: StackMetadata;
}

/** The stacks of a synthesis by name, sorted by it; none where there is no folder. */
export function synthesizedStacks(outdir: string): ReadonlyMap<string, SynthesizedStack> {
  return new Map([...stackTexts(outdir)].map(([name, text]) => [name, { text, metadata: metadataIn(name, text) }]));
}

function metadataIn(name: string, text: string): StackMetadata | undefined {
  try {
    return parseStack(name, text).metadata;
  } catch (error) {
    if (error instanceof AccessInputError) return undefined;
    throw error;
  }
}
