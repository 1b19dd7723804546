import {
  code,
  csvReport,
  diffComment,
  htmlReport,
  inWords,
  jsonReport,
  linesOf,
  markdownReport,
  type Access,
  type AccessChange,
  type Check,
  type Filter,
  type Finding,
} from "../../access";
import { aroundText, checkText, matrixText } from "../access/terminal";
import { counted } from "../counted";
import type { Difference } from "./compare";

/** A Vault as it is now, beside its stacks. */
export interface LiveResult {
  readonly vault: string;
  readonly address: string;
  /** The folder of the stacks. */
  readonly dir: string;
  readonly access: Access;
  /** Of the stacks alone. */
  readonly before: Check;
  /** Of what is in Vault. */
  readonly after: Check;
  /** What fails now, and not by the stacks. */
  readonly broken: readonly Finding[];
  readonly changes: readonly AccessChange[];
  readonly differences: readonly Difference[];
  /** Requests that were refused. */
  readonly unread: readonly string[];
  readonly requests: number;
  readonly madeByLogins: number;
}

/** Whether there is anything that a person must look at. */
export function hasFindings({ broken, changes, differences }: LiveResult): boolean {
  return broken.length + changes.length + differences.length > 0;
}

/** Reports, by format. Those of a table alone leave the differences to {@link differencesText}. */
export const LIVE_REPORTS: {
  readonly [format: string]: (result: LiveResult, filter: Filter) => string;
} = {
  terminal: (result, filter) => {
    const { access, after } = result;
    const parts = [matrixText(access, filter), aroundText(access, filter), checkText(after), differencesText(result)];
    return parts.filter(Boolean).join("\n\n");
  },
  markdown: (result, filter) => {
    const { access, changes, before, after } = result;
    const listed = differencesText(result)
      .replace(/^(?=[^ ])/gm, "- ")
      .replace(/^ {2}(?=[^ ])/gm, "  - ");
    const parts = [markdownReport(access, after, filter), diffComment(access.platform, changes, before, after), listed];
    return `${parts.map((part) => part.trim()).join("\n\n")}\n`;
  },
  json: (result, filter) => {
    const { access, after, before: _, ...live } = result;
    const report = JSON.parse(jsonReport(access, after, filter)) as object;
    return `${JSON.stringify({ ...report, live: { ...live, changes: linesOf(live.changes) } }, null, 2)}\n`;
  },
  csv: ({ access }, filter) => csvReport(access, filter),
  html: ({ access, after }) => htmlReport(access, after),
};

/** How a Vault differs from its stacks, what that gives to whom, and what could not be read. */
export function differencesText(result: LiveResult): string {
  const { vault, address, dir, broken, changes, differences, unread, requests, madeByLogins } = result;
  const size = `${counted(requests, "request")}; ${counted(madeByLogins, "entity", "entities")} made by logins`;
  const head = `Vault ${vault} at ${address}, beside the stacks in ${dir} (${size}):`;
  if (!hasFindings(result)) return `${head} no difference`;
  const words = [
    counted(differences.length, "difference"),
    counted(linesOf(changes).length, "change of access", "changes of access"),
    counted(broken.length, "new finding of the proofs", "new findings of the proofs"),
  ];
  return [
    `${head} ${words.join(", ")}`,
    ...linesOf(changes).map((line) => `  ${inWords(line)}`),
    ...differences.flatMap(differenceLines),
    ...unread.map((request) => `unknown: the token may not ${request}; the stacks' word stands there`),
  ].join("\n");
}

/** So many bytes of an argument are shown. */
const SHOWN = 200;

function differenceLines({ state, where, differs, remarks }: Difference): string[] {
  const shown = (value: unknown) => (value === undefined ? "nothing" : code(JSON.stringify(value), SHOWN));
  const one = {
    "only in Vault": ({ name, vault }: Difference["differs"][number]) => `  ${name}: ${shown(vault)}`,
    "not in Vault": ({ name, stacks }: Difference["differs"][number]) => `  ${name}: ${shown(stacks)} by the stacks`,
    "otherwise in Vault": ({ name, stacks, vault }: Difference["differs"][number]) =>
      `  ${name}: ${shown(vault)} in Vault, ${shown(stacks)} by the stacks`,
  }[state];
  return [
    `${state}: ${code(where, SHOWN)}`,
    ...remarks.map(([severity, says, why]) => `  ${severity}: ${code(says, SHOWN)}. ${why}`.trimEnd()),
    ...differs.map(one),
  ];
}
