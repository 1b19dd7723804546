import type { PlatformConfig } from "../../model";
import { counted } from "../counted";
import { NO_OWNER } from "./config";
import type { Left } from "./left";
import { accessWords, type People, type Taken } from "./people";

/** A Vault as a config, and what no config says of it. */
export interface Adopted {
  readonly config: PlatformConfig;
  readonly people: People;
  readonly left: readonly Left[];
  /** Requests that were refused: what is there is unknown. */
  readonly refused: readonly string[];
  readonly requests: number;
}

/** What was written, what the first apply would change for whom, and what was left. */
export function reportText({ config, people, left, refused, requests }: Adopted, file: string): string {
  const apps = Object.entries(config.apps);
  const sets = apps.reduce((sum, [, { environments }]) => sum + Object.keys(environments!).length, 0);
  const counts = [
    counted(apps.length, "app"),
    counted(sets, "secret set"),
    counted(Object.keys(people.groups).length, "group"),
    counted(people.users.length, "user"),
  ];
  const more = people.users.filter((user) => user.more.length > 0);
  const less = people.users.filter((user) => user.less.length > 0);
  const ownerless = apps.filter(([, { owner }]) => owner === NO_OWNER).map(([name]) => name);
  return [
    `${file}: platform ${config.name}, ${counts.join(", ")} (${counted(requests, "request")}, no value read)`,
    ...section("say who answers for the values, as `owner` of", ownerless),
    ...section(
      "gains by the first apply, beside changing the own password",
      more.map((user) => line(user, accessWords(user.more))),
    ),
    ...section(
      "keeps by today's policies alone, until a person removes them",
      less.map((user) => line(user, accessWords(user.less))),
    ),
    ...section(
      "left as it is, and not in the config",
      left.map(({ what, why }) => `${what}: ${why}`),
    ),
    ...section(
      "unknown",
      refused.map((request) => `the token may not ${request}`),
    ),
    "",
    `next: PLATFORM=${file} npm start, then PLATFORM=${file} npm run diff -- ${config.name}-access-main`,
  ].join("\n");
}

function section(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${head}:`, ...lines.map((each) => `  ${each}`)];
}

function line({ holder: { name, policies } }: Taken, what: string): string {
  return `${name} (${policies.join(", ")}): ${what}`;
}
