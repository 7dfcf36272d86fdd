// Fields that only some items have: shown for the chosen item alone. Without this script they all stand there, with their items' names.
(function () {
  "use strict";

  function show() {
    const item = document.getElementById("id_item");
    if (!item) return;
    for (const part of document.querySelectorAll("fieldset[data-items]")) {
      const wanted = part.dataset.items.split(" ").includes(item.value);
      part.hidden = part.disabled = !wanted;
    }
  }

  document.addEventListener("change", function (event) { if (event.target.id === "id_item") show(); });
  document.addEventListener("DOMContentLoaded", show);
})();
