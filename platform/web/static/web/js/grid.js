// Entry grids (table[data-grid]): Enter next cell, Shift+Enter back, ↑ ↓ between rows, Esc restores, Ctrl+Enter saves.
// Digits may be typed wide or narrow; while the IME composes every key is left alone.
(function () {
  "use strict";

  function cellsOf(grid) { return Array.from(grid.querySelectorAll("tbody input:not([type=hidden]):not(:disabled)")); }

  function go(cell) {
    if (!cell) return;
    cell.focus();
    cell.select();
  }

  function beside(grid, cell, step) {
    const cells = cellsOf(grid);
    go(cells[cells.indexOf(cell) + step]);
  }

  function above(grid, cell, step) {
    const column = cell.closest("td").cellIndex;
    let row = cell.closest("tr");
    do { row = step > 0 ? row.nextElementSibling : row.previousElementSibling; } while (row && !row.cells[column].querySelector("input"));
    if (row) go(row.cells[column].querySelector("input"));
  }

  function atEdge(cell, key) {
    if (cell.selectionStart === 0 && cell.selectionEnd === cell.value.length) return true;
    return key === "ArrowLeft" ? cell.selectionEnd === 0 : cell.selectionStart === cell.value.length;
  }

  function narrow(text) {
    return text.replace(/[０-９，．－]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) - 0xfee0); }).replace(/[\s円¥￥]/g, "");
  }

  function showFigure(cell) {
    const figure = narrow(cell.value).replace(/,/g, "");
    if (/^-?[0-9]+$/.test(figure)) cell.value = figure.replace(/\B(?=([0-9]{3})+$)/g, ",");
  }

  document.addEventListener("keydown", function (event) {
    const cell = event.target;
    const grid = cell.closest && cell.closest("table[data-grid]");
    if (!grid || cell.tagName !== "INPUT" || event.isComposing || event.keyCode === 229) return;
    const key = event.key;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (cell.form) cell.form.requestSubmit();
    } else if (key === "Enter") {
      event.preventDefault();
      beside(grid, cell, event.shiftKey ? -1 : 1);
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      above(grid, cell, key === "ArrowDown" ? 1 : -1);
    } else if ((key === "ArrowLeft" || key === "ArrowRight") && atEdge(cell, key)) {
      event.preventDefault();
      beside(grid, cell, key === "ArrowRight" ? 1 : -1);
    } else if (key === "Escape") {
      cell.value = cell.dataset.before === undefined ? cell.defaultValue : cell.dataset.before;
      cell.select();
    }
  });

  // A click into a cell selects it as a whole, like the keyboard does; a second click sets the cursor.
  document.addEventListener("mousedown", function (event) {
    const cell = event.target;
    if (cell.tagName !== "INPUT" || !cell.closest("table[data-grid]") || cell === document.activeElement) return;
    event.preventDefault();
    go(cell);
  });

  document.addEventListener("focusin", function (event) {
    if (event.target.closest("table[data-grid]") && event.target.tagName === "INPUT") event.target.dataset.before = event.target.value;
  });

  document.addEventListener("change", function (event) {
    const cell = event.target;
    if (cell.closest("table[data-grid]") && cell.inputMode === "numeric") showFigure(cell);
  });

  // A block copied from a worksheet fills the cells from here on, row by row; nothing is saved until the person saves.
  document.addEventListener("paste", function (event) {
    const cell = event.target;
    const grid = cell.closest && cell.closest("table[data-grid]");
    const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    if (!grid || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    let row = cell.closest("tr");
    const first = cell.closest("td").cellIndex;
    text.trimEnd().split(/\r?\n/).forEach(function (line) {
      if (!row) return;
      line.split("\t").forEach(function (value, offset) {
        const target = row.cells[first + offset] && row.cells[first + offset].querySelector("input:not(:disabled)");
        if (!target) return;
        const before = target.value;
        target.value = value.trim();
        if (target.inputMode === "numeric") showFigure(target);
        const kind = target.inputMode === "numeric" && target.value && !/^-?[0-9,]+$/.test(target.value) ? "cell-wrong"
          : target.value === before ? "cell-same" : before === "" ? "cell-new" : "cell-changed";
        target.closest("td").classList.remove("cell-wrong", "cell-same", "cell-new", "cell-changed");
        target.closest("td").classList.add(kind);
        target.dispatchEvent(new Event("input", { bubbles: true }));
      });
      row = row.nextElementSibling;
    });
  });
})();
