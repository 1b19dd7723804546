/**
 * The page's style: light and dark, a card for each row on a phone, in print what is open is open. No colour says what
 * words do not.
 */
export const STYLE = `
:root { --paper: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --head: #f6f8fa; --guard: #fff4e5; --guard-line: #9a4a00; --grant: #a40e26; --write: #8a4600; --read: #0550ae; --fine: #116329; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #0d1117; --ink: #e6edf3; --soft: #9aa4af; --line: #30363d; --head: #161b22; --guard: #2b1d0a; --guard-line: #e09b4a; --grant: #ff8182; --write: #f0b072; --read: #79b8ff; --fine: #7ee787; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem 1.25rem 3rem; max-width: 90rem; background: var(--paper); color: var(--ink); font: 16px/1.45 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.4rem; margin: 0.5rem 0; } h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; } h3 { font-size: 1rem; }
small, .kind, .count, caption { color: var(--soft); font-weight: normal; } small { display: block; font-size: 0.8rem; }
code { font: 0.85em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.verdict { border-left: 0.3rem solid; padding: 0.4rem 0.8rem; } .holds { border-color: var(--fine); } .fails { border-color: var(--grant); }
.filters { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: end; margin: 1rem 0; padding: 0.75rem; background: var(--head); border: 1px solid var(--line); border-radius: 0.4rem; }
.filters label { display: grid; gap: 0.2rem; font-size: 0.85rem; } .filters .count { margin: 0; padding-bottom: 0.45rem; }
select, button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 0.3rem; padding: 0.35rem 0.5rem; max-width: 22rem; min-height: 2.4rem; }
:focus-visible { outline: 3px solid var(--read); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; } col.who { width: 20%; } col.app { width: 11%; } td { overflow-wrap: anywhere; } caption { text-align: left; padding: 0.3rem 0; }
th, td { border: 1px solid var(--line); padding: 0.4rem 0.6rem; text-align: left; vertical-align: top; }
thead th { background: var(--head); position: sticky; top: 0; z-index: 1; } tbody th { font-weight: 600; overflow-wrap: anywhere; }
.protected { background: var(--guard); border-left: 3px solid var(--guard-line); border-right: 3px solid var(--guard-line); } thead .protected { background: var(--guard); border-top: 3px solid var(--guard-line); }
.has-see summary, .has-settings summary, .has-create summary { color: var(--fine); } .badge { display: inline-block; font-size: 0.75rem; color: var(--guard-line); border: 1px solid; border-radius: 0.25rem; padding: 0 0.3rem; }
summary { cursor: pointer; font-weight: 600; min-height: 1.5rem; } .why { font-weight: normal; margin-top: 0.3rem; } .why ul { padding-left: 1.1rem; margin: 0.3rem 0; } .why p { margin: 0.3rem 0; }
.has-escalate summary, .has-destroy summary { color: var(--grant); } .has-delete summary, .has-update summary { color: var(--write); } .has-read summary { color: var(--read); }
.none { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; } dt { font-weight: 600; } dd { margin: 0; }
[hidden] { display: none !important; }
@media (max-width: 48rem) {
  table, tbody, tbody tr, tbody th, tbody td { display: block; width: 100%; } caption { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { border: 1px solid var(--line); border-radius: 0.4rem; margin: 0.75rem 0; overflow: hidden; } tbody th, tbody td { border: 0; border-bottom: 1px solid var(--line); }
  tbody th { background: var(--head); } tbody td.empty { display: none; } tbody td.protected { border-left: 4px solid var(--guard-line); }
  tbody td::before { content: attr(data-label); display: block; font-size: 0.8rem; color: var(--soft); } select { width: 100%; max-width: 100%; }
  .filters label { width: 100%; min-width: 0; grid-template-columns: minmax(0, 1fr); } colgroup { display: none; }
}
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #444; --line: #999; --head: #eee; --guard: #fff; --guard-line: #000; --grant: #000; --write: #000; --read: #000; --fine: #000; }
  body { font-size: 9pt; padding: 0; max-width: none; } .filters { display: none; } thead th { position: static; } tr, li { break-inside: avoid; }
  thead { display: table-header-group; }
  @page { size: A4 landscape; margin: 12mm; }
}
`;

/**
 * The filters: rows and columns that do not fit are hidden, the count is said aloud, and the choice stands in the
 * address.
 */
export const SCRIPT = `
(function () {
  "use strict";
  var fields = ["who", "app", "environment"].map(function (id) { return document.getElementById(id); });
  var rows = Array.prototype.slice.call(document.querySelectorAll("#matrix tbody tr"));
  var cells = Array.prototype.slice.call(document.querySelectorAll("#matrix [data-environment]"));
  var form = document.querySelector(".filters");
  var count = document.querySelector(".count");
  function apply() {
    var who = fields[0].value, app = fields[1].value, environment = fields[2].value, shown = 0;
    cells.forEach(function (cell) { cell.hidden = environment !== "" && cell.dataset.environment !== environment; });
    rows.forEach(function (row) {
      var fits = (who === "" || row.dataset.who === who) && (app === "" || row.dataset.apps.split(" ").indexOf(app) >= 0);
      if (fits && environment !== "") {
        fits = Array.prototype.some.call(row.cells, function (cell) { return cell.dataset.environment === environment && !cell.classList.contains("empty"); });
      }
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    count.textContent = shown + " of " + rows.length + " rows";
    var chosen = fields.filter(function (field) { return field.value !== ""; }).map(function (field) { return field.id + "=" + encodeURIComponent(field.value); }).join("&");
    history.replaceState(null, "", chosen ? "#" + chosen : location.pathname + location.search);
  }
  location.hash.slice(1).split("&").forEach(function (part) {
    var field = fields.filter(function (each) { return each.id === part.split("=")[0]; })[0];
    if (field) field.value = decodeURIComponent(part.split("=")[1] || "");
  });
  document.getElementById("open").addEventListener("click", function () {
    var details = Array.prototype.slice.call(document.querySelectorAll("#matrix tr:not([hidden]) details"));
    var open = details.some(function (each) { return !each.open; });
    details.forEach(function (each) { each.open = open; });
  });
  form.addEventListener("change", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  apply();
})();
`;
