import type { Access } from "../access";
import { placeOf, trustDifferences, type TrustDifference } from "../trust";
import type { Claim } from "./finding";

/** Every login, connection, chart and audit device is the one that the config names, and none is missing. */
export function trust({ stacks }: Access): Claim[] {
  return stacks.flatMap((stack) => trustDifferences(stack).map((difference) => claim(stack.name, difference)));
}

function claim(stack: string, { trusted, subject, fact, is, says }: TrustDifference): Claim {
  const [found, meant] = [is ?? "nothing", says ?? "nothing of it"];
  return {
    subject: trusted?.resource ? placeOf(trusted) : `stack ${stack}`,
    object: `${subject}: ${fact}`,
    says: trusted
      ? `${fact} of ${subject} is ${found}, and the config says ${meant}`
      : `the config names ${subject}, and stack ${stack} has none`,
    path: [trusted ? placeOf(trusted) : `stack ${stack}`, fact],
    hint: "Say it in the config, from which the stack's metadata is made, or take it out of the stack.",
  };
}
