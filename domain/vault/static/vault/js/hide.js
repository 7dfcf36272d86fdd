// A shown number leaves the page after data-hide-after seconds, when the page is left, and when the browser brings it back.
(function () {
  "use strict";
  const place = document.querySelector("[data-hide-after]");
  if (!place) return;

  function hide() {
    place.textContent = place.dataset.hidden;
  }

  setTimeout(hide, Number(place.dataset.hideAfter) * 1000);
  window.addEventListener("pagehide", hide);
  document.addEventListener("visibilitychange", function () { if (document.hidden) hide(); });
})();
