import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Eta } from "eta";
import type { Access } from "../access";
import { groupBy, unique } from "../collections";
import { PROOF_WORDS, type Check } from "../proofs";
import {
  appsOf,
  appWords,
  cellWords,
  columnsOf,
  escalationLines,
  missingSafeguards,
  reasonsOf,
  rowsOf,
  sharedDestinations,
  type Reason,
} from "./rows";

/** Of a row of many apps, the details show this many: the rules are alike. */
const SHOWN_APPS = 3;

/**
 * The matrix as one page without any request to the network (a policy in it forbids them): filters by person, app and
 * environment; a cell opens to the rule, policy and resource that grants it. Without JavaScript everything is shown.
 * What is on it comes from `page.eta`, which escapes every text.
 */
export function htmlReport(access: Access, check: Check): string {
  const page = (name: string) => readFileSync(join(__dirname, name), "utf8");
  const [columns, apps, rows] = [columnsOf(access), appsOf(access), rowsOf(access)];
  const sets = new Map(access.sets.map((set) => [`${set.app} ${set.environment}`, set]));
  const eta = new Eta({ autoTrim: false });
  return eta.renderString(page("page.eta"), {
    access,
    check,
    style: page("page.css"),
    script: page("page.js"),
    proofWords: Object.values(PROOF_WORDS),
    filters: [
      { id: "who", label: "Who", options: unique(rows.map(({ identity }) => identity.name)) },
      { id: "app", label: "App", options: apps },
      { id: "environment", label: "Environment", options: columns.map(({ environment }) => environment) },
    ],
    columns,
    shown: SHOWN_APPS,
    rows: rows.map((row) => ({
      ...row,
      appWords: appWords(row, apps),
      cells: columns.map((column) => {
        const bits = row.cells.get(column.environment) ?? 0;
        const shown = row.apps.slice(0, SHOWN_APPS).flatMap((app) => sets.get(`${app} ${column.environment}`) ?? []);
        const details = shown.map((set) => ({ set, reasons: joined(reasonsOf(access, row.identity, set, bits)) }));
        return { column, words: cellWords(bits), details };
      }),
    })),
    escalations: escalationLines(access),
    destinations: sharedDestinations(access),
    safeguards: missingSafeguards(access),
  });
}

/** Reasons that differ only in the ability and its operation are read as one. */
function joined(reasons: readonly Reason[]) {
  const groups = groupBy(reasons, ({ path, rule, resources }) => [path, rule, resources.join()].join("|"));
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    abilities: group.map(({ ability }) => ability),
    operations: unique(group.map(({ operation }) => operation)),
  }));
}
