// Security keys: [data-security-key] holds a hidden button; begin and finish are the two addresses, mode is create or get.
// Without this script, or without WebAuthn, the button stays hidden and the number is typed as before.
(function () {
  "use strict";

  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (sign) { return sign.charCodeAt(0); });
  }

  function text(buffer) {
    const plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  async function ask(url, token, body) {
    const answer = await fetch(url, {
      method: "POST", credentials: "same-origin", body: JSON.stringify(body || {}),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    });
    const data = await answer.json();
    if (!answer.ok) throw new Error(data.error || "");
    return data;
  }

  function withIds(list) {
    return (list || []).map(function (one) { return Object.assign({}, one, { id: bytes(one.id) }); });
  }

  async function create(options) {
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = withIds(options.excludeCredentials);
    const made = await navigator.credentials.create({ publicKey: options });
    return {
      id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {},
      response: {
        attestationObject: text(made.response.attestationObject),
        clientDataJSON: text(made.response.clientDataJSON),
        transports: made.response.getTransports ? made.response.getTransports() : [],
      },
    };
  }

  async function get(options) {
    options.challenge = bytes(options.challenge);
    options.allowCredentials = withIds(options.allowCredentials);
    const made = await navigator.credentials.get({ publicKey: options });
    return {
      id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {},
      response: {
        authenticatorData: text(made.response.authenticatorData),
        clientDataJSON: text(made.response.clientDataJSON),
        signature: text(made.response.signature),
        userHandle: made.response.userHandle ? text(made.response.userHandle) : null,
      },
    };
  }

  async function press(place) {
    const state = place.querySelector("[data-state]");
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    state.textContent = place.dataset.waiting;
    try {
      const options = await ask(place.dataset.begin, token);
      const answer = place.dataset.mode === "create" ? await create(options) : await get(options);
      const done = await ask(place.dataset.finish, token, answer);
      window.location.assign(done.next);
    } catch (problem) {
      state.textContent = problem.name === "Error" && problem.message ? problem.message : place.dataset.failed;
    }
  }

  document.querySelectorAll("[data-security-key]").forEach(function (place) {
    if (!window.PublicKeyCredential) return;
    place.hidden = false;
    place.querySelector("button").addEventListener("click", function () { press(place); });
  });
})();
