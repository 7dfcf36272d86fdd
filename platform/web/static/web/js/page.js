// Focus and announcements: the first error after a refused form, the changed part after a swap.
(function () {
  "use strict";

  function focusFirstError() {
    const summary = document.querySelector("[data-focus-first]");
    if (summary) summary.focus();
  }

  function announce(text) {
    const region = document.getElementById("announce");
    if (region) region.textContent = text;
  }

  // An expired session answers a background request with the log-in page: go there instead of swapping it into a corner.
  document.addEventListener("htmx:beforeSwap", function (event) {
    const answered = new URL(event.detail.xhr.responseURL || location.href);
    const asked = new URL(event.detail.pathInfo.requestPath, location.href);
    if (answered.pathname !== asked.pathname) {
      event.detail.shouldSwap = false;
      location.assign(answered);
    }
  });

  document.addEventListener("htmx:afterSettle", function (event) {
    focusFirstError();
    const spoken = event.detail.elt.querySelector("[data-announce]");
    if (spoken) announce(spoken.dataset.announce);
  });

  function tellTrouble(kind) {
    const place = document.getElementById("trouble");
    if (!place) return;
    place.hidden = false;
    place.textContent = place.dataset[kind];
  }

  document.addEventListener("htmx:sendError", function () { tellTrouble("offline"); });
  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.status >= 500) tellTrouble("failed");
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    const place = document.getElementById("trouble");
    if (place && event.detail.successful) place.hidden = true;
  });

  // A second press of a slow button must not send twice.
  document.addEventListener("submit", function (event) {
    const button = event.submitter;
    if (event.defaultPrevented || !button || button.form.method !== "post") return;
    if (button.dataset.sent) { event.preventDefault(); return; }
    button.dataset.sent = "yes";
    window.addEventListener("pageshow", function () { delete button.dataset.sent; }, { once: true });
    setTimeout(function () { delete button.dataset.sent; }, 10000);
  });

  document.addEventListener("DOMContentLoaded", focusFirstError);
})();
