import type { AppEnvironmentConfig } from "../config/app";
import type { Pinned } from "../pinned";
import type { Environment } from "../platform";
import type { Report } from "../problems";
import { step } from "../schema";

/**
 * The version that a set is held to in an environment, if any. Reports one where nothing is delivered, and that there
 * is none where the environment requires it.
 * @param at where the settings stand
 */
export function resolvePinned(
  { pinnedVersion: version, secretSet }: AppEnvironmentConfig,
  at: string,
  { name, cluster, pinnedVersions }: Environment,
  report: Report,
): Pinned | undefined {
  const leaves = secretSet === "retired";
  if (version === undefined) {
    if (pinnedVersions === "required" && !leaves)
      report(
        at,
        name,
        `with its pinnedVersion: ${step("environments", name, "pinnedVersions")} is "required"`,
        `Write ${name}: { pinnedVersion: 1 } in its environments, with the version that pods are to get; a map of ` +
          `environments names each that it is in.`,
      );
    return undefined;
  }
  const where = step(at, "pinnedVersion");
  if (leaves) report(where, version, "only where the set is delivered", "One that is retired is delivered nowhere.");
  else if (cluster === undefined)
    report(where, version, "only where the set is delivered", `${step("environments", name)} has no cluster.`);
  return { version, at: where };
}
