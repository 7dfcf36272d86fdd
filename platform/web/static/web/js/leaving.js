// The end of a session: says two minutes before that it comes, lets the person stay with one press, and keeps on the server what
// was typed and not sent (never in the browser). At the end the page's content leaves the screen. #leaving holds words, seconds
// and the address; without this script a form that is sent too late is kept all the same.
(function () {
  "use strict";
  const place = document.getElementById("leaving");
  if (!place) return;
  const WARN = 120 * 1000, PAUSE = 5000, LOOK = 5000;
  const given = place.dataset, limit = Number(given.limit) * 1000;
  const words = place.querySelector("[data-words]"), stay = place.querySelector("[data-stay]");
  const again = place.querySelector("[data-again]");
  const others = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
  const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  const main = document.getElementById("main"), title = document.title;
  const blank = document.createElement("main");
  blank.id = "main";
  blank.className = "main";
  blank.tabIndex = -1;
  blank.appendChild(document.createElement("h1")).className = "question";
  blank.firstChild.textContent = given.overTitle;
  let ends = Date.now() + Number(given.idle) * 1000, last = Date.now() + Number(given.absolute) * 1000;
  let over = false, changed = null, timer = 0, running = null;

  function tellOthers() {
    if (others) others.postMessage({ ends: ends, last: last });
  }

  function seen() {
    ends = Date.now() + limit;
    tellOthers();
    look();
  }

  function say(kind) {
    const text = kind ? given[kind] : "";
    if (words.textContent === text) return;
    words.textContent = text;
    stay.hidden = kind !== "idleWords";
    again.hidden = kind !== "overWords";
    place.hidden = !kind;
  }

  // Behind the notice nothing of a person stays readable. Kept off the page, for a session that goes on in another tab.
  function cover(isOver) {
    if (!main || isOver === blank.isConnected) return;
    (isOver ? main : blank).replaceWith(isOver ? blank : main);
    document.title = isOver ? given.overTitle : title;
    if (isOver) again.focus();
  }

  function look() {
    const left = ends - Date.now(), most = last - Date.now(), soonest = Math.min(left, most);
    const isOver = over || soonest <= 0;
    say(isOver ? "overWords" : soonest > WARN ? "" : most < left ? "absoluteWords" : "idleWords");
    cover(isOver);
  }

  function differs(control) {
    if (!control.name || control.type === "hidden" || control.type === "file" || "noDraft" in control.dataset) return false;
    if ("refilled" in control.dataset) return true;
    if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
    if (control.tagName !== "SELECT") return control.value !== control.defaultValue;
    const options = Array.from(control.options);
    if (!control.multiple && !options.some(function (one) { return one.defaultSelected; })) return control.selectedIndex > 0;
    return options.some(function (one) { return one.selected !== one.defaultSelected; });
  }

  // What web/refill.py calls each control that differs from what the page showed, by name; of the answer to a form nobody knows.
  function changes(form) {
    const turns = new Map(), found = new Map();
    for (const control of form.elements) {
      if (!["INPUT", "SELECT", "TEXTAREA"].includes(control.tagName)) continue;
      const turn = turns.get(control.name) || 0;
      turns.set(control.name, turn + 1);
      if (!differs(control)) continue;
      const place = control.type === "checkbox" ? "=" + control.value : control.type === "radio" ? "=" : "#" + turn;
      found.set(control.name, (found.get(control.name) || []).concat(control.name + place));
    }
    return found;
  }

  function tell(body, found) {
    body.delete("draft:changed");
    body.append("draft:changed", "");
    for (const places of found.values()) for (const place of places) body.append("draft:changed", place);
  }

  function typed(form) {
    const body = new FormData(form);
    for (const control of form.elements) {
      const secret = control.type === "password" || control.autocomplete === "one-time-code" || "noDraft" in control.dataset;
      if (secret || control.type === "file") body.delete(control.name);
    }
    if (!("answer" in given)) {
      const found = changes(form);
      for (const control of form.elements) {
        if (control.type !== "hidden" && !found.has(control.name)) body.delete(control.name);
      }
      tell(body, found);
    }
    body.delete("csrfmiddlewaretoken");
    body.append("draft:page", location.pathname + location.search);
    body.append("draft:action", new URL(form.getAttribute("action") || location.href, location.href).href);
    return body;
  }

  async function send(form, alive) {
    clearTimeout(timer);
    changed = null;
    const body = form ? typed(form) : new FormData();
    if (alive) body.append("draft:alive", "1");
    running = new AbortController();
    try {
      const answer = await fetch(given.url, {
        method: "POST", body: body, credentials: "same-origin", redirect: "manual", signal: running.signal,
        headers: { "X-CSRFToken": token },
      });
      over = answer.type === "opaqueredirect";
      if (answer.ok && alive) seen();
    } catch (problem) {
      if (problem.name !== "AbortError") changed = changed || form;
    }
    look();
  }

  function keeps(form) {
    if (!form || !("keeps" in given) || (form.getAttribute("method") || "").toLowerCase() !== "post") return false;
    return !form.dataset.draftUrl && form.getAttribute("role") !== "search" && !form.querySelector("input[type=password]");
  }

  document.addEventListener("input", function (event) {
    const form = event.target.form;
    if (!keeps(form) || event.isComposing) return;
    changed = form;
    clearTimeout(timer);
    timer = setTimeout(function () { send(form, true); }, PAUSE);
  });

  document.addEventListener("submit", function () {
    clearTimeout(timer);
    changed = null;
    if (running) running.abort();
  });

  // A form sent after the end is kept instead of taken: it says which controls were changed, so that no other one is put back.
  document.addEventListener("formdata", function (event) {
    const isLate = over || Math.min(ends, last) <= Date.now();
    if (isLate && keeps(event.target) && !("answer" in given)) tell(event.formData, changes(event.target));
  });

  document.addEventListener("person:seen", seen);
  document.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.successful && !event.detail.elt.id.startsWith("job-")) seen();
  });
  stay.addEventListener("click", function () { send(changed, true); });
  // The button is far away for whoever goes by Tab; one key does.
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !event.isComposing && !place.hidden && !stay.hidden) send(changed, true);
  });
  if (others) {
    others.addEventListener("message", function (event) {
      over = false;
      ends = Math.max(ends, event.data.ends);
      last = Math.max(last, event.data.last);
      look();
    });
    tellOthers();
  }
  setInterval(function () {
    if (changed && Math.min(ends, last) - Date.now() <= WARN) send(changed, false);
    look();
  }, LOOK);
})();
