import type { Access } from "../access";
import { PROOF_WORDS, type Check } from "../proofs";
import type { SecretSet } from "../secret-sets";
import { SCRIPT, STYLE } from "./html-page";
import {
  appsOf,
  appWords,
  cellWords,
  columnsOf,
  escalationLines,
  reasonsOf,
  rowsOf,
  sharedDestinations,
  type Column,
  type Reason,
  type Row,
} from "./rows";

/** A text inside HTML, also in attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const e = escapeHtml;

/** Of a row of many apps, the details show this many: the rules are alike. */
const SHOWN_APPS = 3;

/**
 * The matrix as one page without any request to the network (a policy in it forbids them): filters by person, app and
 * environment; a cell opens to the rule, policy and resource that grants it. Without JavaScript everything is shown.
 */
export function htmlReport(access: Access, check: Check): string {
  const columns = columnsOf(access);
  const apps = appsOf(access);
  const rows = rowsOf(access);
  const sets = new Map(access.sets.map((set) => [`${set.app} ${set.environment}`, set]));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<title>Access: ${e(access.platform)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Who can do what with the secrets of ${e(access.platform)}</h1>
<p>Computed from the synthesized stacks: what will be applied. ${access.sets.length} secret sets, ${access.identities.length} identities. An empty cell: nothing.</p>
${verdict(check)}
</header>
<main>
<form class="filters" aria-label="Filters">
${select("who", "Who", [...new Set(rows.map(({ identity }) => identity.name))])}
${select("app", "App", apps)}
${select(
  "environment",
  "Environment",
  columns.map(({ environment }) => environment),
)}
<button type="reset">Show all</button>
<button type="button" id="open">Open or close every cell</button>
<p class="count" role="status" aria-live="polite"></p>
</form>
<table role="table" id="matrix">
<caption>What each identity can do with each app's secrets, by environment. Open a cell to see what grants it.</caption>
<colgroup><col class="who"><col class="app">${columns.map(() => "<col>").join("")}</colgroup>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Who</th><th role="columnheader" scope="col">App</th>${columns.map(header).join("")}</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => tableRow(access, row, columns, apps, sets)).join("\n")}
</tbody>
</table>
${escalations(access)}
${destinations(access)}
${proofs(check)}
<section><h2>Words</h2><dl>
<dt>escalate</dt><dd>give others, or oneself, access to it</dd><dt>destroy</dt><dd>end versions for good</dd><dt>delete</dt><dd>soft delete, which can be taken back</dd>
<dt>update</dt><dd>write new values</dd><dt>read</dt><dd>read the values</dd><dt>create</dt><dd>write the first version, only where nothing is</dd>
<dt>settings</dt><dd>change its owner, and how many versions are kept</dd><dt>see</dt><dd>see that it exists: its name, its keys' names or its versions</dd>
</dl></section>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function select(id: string, label: string, options: readonly string[]): string {
  return (
    `<label for="${id}">${label} <select id="${id}"><option ` +
    `value="">all</option>${options.map((each) => `<option>${e(each)}</option>`).join("")}</select></label>`
  );
}

function header({ environment, vault, protected: isProtected }: Column): string {
  const badge = isProtected ? ' <strong class="badge">protected</strong>' : "";
  return (
    `<th role="columnheader" scope="col" ` +
    `data-environment="${e(environment)}"${isProtected ? ' class="protected"' : ""}>${e(environment)}${badge} ` +
    `<small>Vault ${e(vault)}</small></th>`
  );
}

function tableRow(
  access: Access,
  row: Row,
  columns: readonly Column[],
  apps: readonly string[],
  sets: ReadonlyMap<string, SecretSet>,
): string {
  const { identity } = row;
  const groups = identity.groups.length > 0 ? `<small>in ${e(identity.groups.join(", "))}</small>` : "";
  const cells = columns.map((column) => {
    const bits = row.cells.get(column.environment) ?? 0;
    const attributes =
      `role="cell" data-environment="${e(column.environment)}" ` +
      `data-label="${e(column.environment)}${column.protected ? " (protected)" : ""}"`;
    const words = cellWords(bits);
    const classes = [column.protected && "protected", words.length === 0 ? "empty" : `has-${words[0]}`]
      .filter(Boolean)
      .join(" ");
    return (
      `<td ${attributes} ` +
      `class="${classes}">${words.length === 0 ? '<span class="none">nothing</span>' : details(access, row, column, words.join(", "), sets)}</td>`
    );
  });
  return (
    `<tr role="row" data-who="${e(identity.name)}" data-apps="${e(row.apps.join(" "))}"><th ` +
    `role="rowheader" scope="row"><span class="kind">${identity.kind}</span> ${e(identity.short)} ` +
    `${groups}</th><td role="cell" data-label="app">${e(appWords(row, apps))}</td>${cells.join("")}</tr>`
  );
}

function details(
  access: Access,
  row: Row,
  { environment }: Column,
  words: string,
  sets: ReadonlyMap<string, SecretSet>,
): string {
  const shown = row.apps.slice(0, SHOWN_APPS).flatMap((app) => sets.get(`${app} ${environment}`) ?? []);
  const more = row.apps.length > SHOWN_APPS ? `<p>The same for ${row.apps.length - SHOWN_APPS} more apps.</p>` : "";
  const blocks = shown.map((set) => {
    const reasons = joined(reasonsOf(access, row.identity, set, row.cells.get(environment) ?? 0)).map(
      ({ abilities, operations, path, rule, policies, resources, escalation }) =>
        `<li><b>${abilities.join(", ")}</b>${escalation ? ` (by ${e(escalation)})` : ""}: ` +
        `${operations.join(", ")} <code>${e(path)}</code><br>rule <code>${e(rule)}</code> of policy ` +
        `<code>${e(policies.join(", "))}</code><br>${resources.map((each) => `<code>${e(each)}</code>`).join(" → ")}</li>`,
    );
    return `<p><code>${e(set.name)}</code></p><ul>${reasons.join("")}</ul>`;
  });
  return `<details><summary>${words}</summary><div class="why">${blocks.join("")}${more}</div></details>`;
}

/** Reasons that differ only in the ability and its operation are read as one. */
function joined(
  reasons: readonly Reason[],
): (Reason & { readonly abilities: readonly string[]; readonly operations: readonly string[] })[] {
  const groups = new Map<string, Reason[]>();
  for (const reason of reasons) {
    const key = [reason.path, reason.rule, reason.resources.join()].join("|");
    groups.set(key, [...(groups.get(key) ?? []), reason]);
  }
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    abilities: group.map(({ ability }) => ability),
    operations: [...new Set(group.map(({ operation }) => operation))],
  }));
}

function verdict({ failures, waived }: Check): string {
  if (failures.length > 0)
    return (
      `<p class="verdict fails"><strong>${failures.length} findings:</strong> see <a ` +
      `href="#proofs">the proofs</a>.</p>`
    );
  return (
    `<p class="verdict holds"><strong>Every proof ` +
    `holds</strong>${waived.length > 0 ? `, with ${waived.length} waivers` : ""}: ` +
    `${Object.values(PROOF_WORDS).map(e).join("; ")}.</p>`
  );
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "" : `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;
}

function escalations(access: Access): string {
  const lines = escalationLines(access).map(
    ({ identity, vault, escalations: held }) =>
      `<b>${e(identity.name)}</b> in Vault ${e(vault)} can ${e(held.join("; "))}.`,
  );
  return (
    `<section><h2>Who can change who may read ` +
    `what</h2>${list(lines) || "<p>Nobody by these stacks.</p>"}</section>`
  );
}

function destinations(access: Access): string {
  const lines = sharedDestinations(access).map(
    ({ set, where, who }) =>
      `<code>${e(set.name)}</code> lands in the Secret <code>${e(where)}</code>, which ` +
      `${e(who.join(", "))} can read too.`,
  );
  return lines.length > 0 ? `<section><h2>Who else can read it in Kubernetes</h2>${list(lines)}</section>` : "";
}

function proofs({ failures, waived, unused }: Check): string {
  const failed = failures.map(
    ({ proof, says, path, hint }) =>
      `<b>${proof}</b>: ${e(says)}<br>${path.map((step) => `<code>${e(step)}</code>`).join(" → ")}<br>${e(hint)}`,
  );
  const meant = waived.map(
    ({ finding, waiver }) => `<b>${finding.proof}</b>: ${e(finding.says)}<br>Reason: ${e(waiver.reason)}`,
  );
  const idle = unused.map(({ proof, subject, reason }) => `<b>${proof}</b>: ${e(subject)}<br>Reason: ${e(reason)}`);
  const holding = failures.length === 0 ? "<p>All hold.</p>" : "";
  const section = (title: string, items: readonly string[]) =>
    items.length > 0 ? `<h3>${title}</h3>${list(items)}` : "";
  return `<section id="proofs"><h2>Proofs</h2>${holding}${list(failed)}${section("Waivers", meant)}${section("Waivers that waive nothing", idle)}</section>`;
}
