import { InvalidArgumentError, Option } from "commander";
import { Duration } from "../../model";

type DurationText = Parameters<typeof Duration.of>[0];

/** An option that takes a duration, such as `--ttl <duration>`; `longest` is e.g. `3d`. */
export function durationOption(
  flags: string,
  description: string,
  preset: DurationText,
  longest: DurationText = "36500d",
): Option {
  return new Option(flags, description).default(Duration.of(preset), preset).argParser((text) => {
    const given = Duration.parse(text);
    if (given && given.seconds <= Duration.of(longest).seconds) return given;
    throw new InvalidArgumentError(`accepted: ${Duration.ACCEPTED.replace("36500d", longest)}.`);
  });
}
