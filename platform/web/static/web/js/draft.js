// Forms with data-draft-url keep a draft on the server: a few seconds after the last key the form is posted there.
// The form's element [data-draft-state] shows data-saving / data-saved / data-failed texts (words live in the template).
(function () {
  "use strict";
  const PAUSE = 3000;

  function show(form, state) {
    const place = form.querySelector("[data-draft-state]");
    if (place) place.textContent = place.dataset[state] || "";
  }

  async function send(form) {
    show(form, "saving");
    const body = new FormData(form);
    for (const input of form.querySelectorAll("input[type=file]")) body.delete(input.name); // only with the button
    try {
      const answer = await fetch(form.dataset.draftUrl, {
        method: "POST", body: body, credentials: "same-origin", redirect: "error",
      });
      show(form, answer.ok ? "saved" : "failed");
      if (answer.ok) document.dispatchEvent(new CustomEvent("person:seen"));
    } catch (unreachable) {
      show(form, "failed");
    }
  }

  document.addEventListener("input", function (event) {
    const form = event.target.form;
    if (!form || !form.dataset.draftUrl || event.isComposing) return;
    clearTimeout(form.draftTimer);
    form.draftTimer = setTimeout(function () { send(form); }, PAUSE);
  });

  document.addEventListener("submit", function (event) { clearTimeout(event.target.draftTimer); });
})();
