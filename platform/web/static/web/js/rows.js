// Tables with data-rows: ↑ ↓ move the row focus, Enter opens the row's link, N goes to the next unfinished row.
// Density: a button with data-density-switch="<table id>" is remembered on this terminal.
(function () {
  "use strict";
  const DENSITY = "table-density";

  function rowsOf(table) { return Array.from(table.querySelectorAll("tbody tr[data-row]")); }

  function typing(target) { return target.closest("input, textarea, select, [contenteditable]"); }

  function focusRow(row) {
    row.tabIndex = 0;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function move(table, from, step) {
    const rows = rowsOf(table);
    const next = rows[Math.min(Math.max(rows.indexOf(from) + step, 0), rows.length - 1)];
    if (!next) return;
    if (from && from !== next) from.tabIndex = -1;
    focusRow(next);
  }

  function nextUnfinished(table, from) {
    const rows = rowsOf(table);
    const start = rows.indexOf(from) + 1;
    const order = rows.slice(start).concat(rows.slice(0, start));
    const found = order.find(function (row) { return row.dataset.unfinished !== undefined; });
    if (found) focusRow(found);
  }

  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    const table = event.target.closest("table[data-rows]") || document.querySelector("table[data-rows]");
    if (!table) return;
    const row = event.target.closest("tr[data-row]");
    if (row && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      move(table, row, event.key === "ArrowDown" ? 1 : -1);
    } else if (row && event.key === "Enter" && event.target === row) {
      const link = row.querySelector("a[href]");
      if (link) link.click();
    } else if (event.key === "n" || event.key === "N") {
      event.preventDefault();
      nextUnfinished(table, row);
    }
  });

  function showDensity(table, dense) { table.classList.toggle("table-dense", dense); }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-density-switch]");
    if (!button) return;
    const table = document.getElementById(button.dataset.densitySwitch);
    const dense = !table.classList.contains("table-dense");
    showDensity(table, dense);
    button.setAttribute("aria-pressed", String(dense));
    try { localStorage.setItem(DENSITY, dense ? "dense" : "wide"); } catch (refused) { /* private window: only this page */ }
  });

  document.addEventListener("DOMContentLoaded", function () {
    let dense = false;
    try { dense = localStorage.getItem(DENSITY) === "dense"; } catch (refused) { dense = false; }
    document.querySelectorAll("[data-density-switch]").forEach(function (button) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(dense));
      showDensity(document.getElementById(button.dataset.densitySwitch), dense);
    });
    document.querySelectorAll("table[data-rows]").forEach(function (table) {
      rowsOf(table).forEach(function (row, index) { row.tabIndex = index === 0 ? 0 : -1; });
    });
  });
})();
