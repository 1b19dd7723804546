import type { ITerraformDependable } from "cdktf";

/** What a resource waits for, of what its own stack may make; undefined where it makes nothing of it. */
export function waitFor(...made: (ITerraformDependable | undefined | false)[]): ITerraformDependable[] | undefined {
  const there = made.filter((each) => each !== undefined && each !== false);
  return there.length > 0 ? there : undefined;
}
