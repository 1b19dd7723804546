// The filters: rows and columns that do not fit are hidden, the count is said aloud, and the choice stands in the
// address.
(function () {
  "use strict";
  var fields = ["who", "app", "environment"].map(function (id) {
    return document.getElementById(id);
  });
  var rows = Array.prototype.slice.call(document.querySelectorAll("#matrix tbody tr"));
  var cells = Array.prototype.slice.call(document.querySelectorAll("#matrix [data-environment]"));
  var form = document.querySelector(".filters");
  var count = document.querySelector(".count");
  function apply() {
    var who = fields[0].value,
      app = fields[1].value,
      environment = fields[2].value,
      shown = 0;
    cells.forEach(function (cell) {
      cell.hidden = environment !== "" && cell.dataset.environment !== environment;
    });
    rows.forEach(function (row) {
      var fits =
        (who === "" || row.dataset.who === who) && (app === "" || row.dataset.apps.split(" ").indexOf(app) >= 0);
      if (fits && environment !== "") {
        fits = Array.prototype.some.call(row.cells, function (cell) {
          return cell.dataset.environment === environment && !cell.classList.contains("empty");
        });
      }
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    count.textContent = shown + " of " + rows.length + " rows";
    var chosen = fields
      .filter(function (field) {
        return field.value !== "";
      })
      .map(function (field) {
        return field.id + "=" + encodeURIComponent(field.value);
      })
      .join("&");
    history.replaceState(null, "", chosen ? "#" + chosen : location.pathname + location.search);
  }
  location.hash
    .slice(1)
    .split("&")
    .forEach(function (part) {
      var field = fields.filter(function (each) {
        return each.id === part.split("=")[0];
      })[0];
      if (field) field.value = decodeURIComponent(part.split("=")[1] || "");
    });
  document.getElementById("open").addEventListener("click", function () {
    var details = Array.prototype.slice.call(document.querySelectorAll("#matrix tr:not([hidden]) details"));
    var open = details.some(function (each) {
      return !each.open;
    });
    details.forEach(function (each) {
      each.open = open;
    });
  });
  form.addEventListener("change", apply);
  form.addEventListener("submit", function (event) {
    event.preventDefault();
  });
  form.addEventListener("reset", function () {
    setTimeout(apply, 0);
  });
  apply();
})();
